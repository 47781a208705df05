/** How often one user may ask: a bucket of requests that fills again, so that a loop of theirs is no load on a queue. */

export interface ThrottleOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** Monotonic seconds. */
  readonly clock?: () => number;
}

const MOST_USERS = 1_000;

export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #clock: () => number;
  readonly #left = new Map<string, { readonly requests: number; readonly at: number }>();

  constructor(options: ThrottleOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now() / 1000);
  }

  /** Takes one request; else the whole seconds until there is one. */
  take(user: string): number | undefined {
    const [at, requests] = [this.#clock(), this.#requestsOf(user)];
    const wait = this.#until(requests);
    this.#left.delete(user);
    this.#left.set(user, { requests: wait === undefined ? requests - 1 : requests, at });
    // Whoever has not asked for longest has a full bucket, or there are more users than anybody counts.
    const [oldest] = this.#left.keys();
    if (this.#left.size > MOST_USERS && oldest !== undefined) this.#left.delete(oldest);
    return wait;
  }

  /** The whole seconds until there is one; undefined: there is. Takes none. */
  wait(user: string): number | undefined {
    return this.#until(this.#requestsOf(user));
  }

  #requestsOf(user: string): number {
    const { perSecond, burst } = this.#options;
    const known = this.#left.get(user);
    return known === undefined ? burst : Math.min(burst, known.requests + (this.#clock() - known.at) * perSecond);
  }

  #until(requests: number): number | undefined {
    return requests >= 1 ? undefined : Math.ceil((1 - requests) / this.#options.perSecond);
  }
}
