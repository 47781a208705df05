/**
 * A keyed queue after client-go's: a key waits at most once, is never worked on twice at a time, and one that comes in
 * while it is being worked on is worked on again. Two lanes: what a user changed is taken before what is only checked.
 */
export type Lane = 'user' | 'resync';

/** Beyond it a timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class WorkQueue {
  readonly #waiting: Readonly<Record<Lane, Set<string>>> = { user: new Set(), resync: new Set() };
  /** With when each was taken. */
  readonly #processing = new Map<string, number>();
  /** Came in while being processed. */
  readonly #dirty = new Map<string, Lane>();
  readonly #timers = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: number }>();
  /** Not to be taken yet, with the lane of whoever asked most. */
  readonly #held = new Map<string, { readonly timer: NodeJS.Timeout; lane: Lane }>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  get depth(): number {
    return this.#waiting.user.size + this.#waiting.resync.size;
  }

  /** For how long the key that is worked on for longest has been; 0 while none is. */
  get longestSeconds(): number {
    const begun = Math.min(...this.#processing.values());
    return Number.isFinite(begun) ? (performance.now() - begun) / 1000 : 0;
  }

  add(key: string, lane: Lane = 'user'): void {
    if (this.#closed) return;
    if (this.#processing.has(key)) {
      if (this.#dirty.get(key) !== 'user') this.#dirty.set(key, lane);
      return;
    }
    const held = this.#held.get(key);
    if (held) {
      if (lane === 'user') held.lane = lane;
      return;
    }
    if (lane === 'user') this.#waiting.resync.delete(key);
    else if (this.#waiting.user.has(key)) return;
    this.#waiting[lane].add(key);
    this.#serve();
  }

  /** One timer a key: the earlier of two wishes counts. */
  addAfter(key: string, milliseconds: number, lane: Lane = 'resync'): void {
    if (this.#closed) return;
    const wait = Math.min(milliseconds, LONGEST_TIMER_MS);
    const at = performance.now() + wait;
    const planned = this.#timers.get(key);
    if (planned && planned.at <= at) return;
    clearTimeout(planned?.timer);
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key, lane);
    }, wait);
    this.#timers.set(key, { timer, at });
  }

  /** Takes `key` again after so long, and whatever asks for it meanwhile does not make it sooner. */
  hold(key: string, milliseconds: number): void {
    if (this.#closed || this.#held.has(key)) return;
    const timer = setTimeout(
      () => {
        const { lane = 'resync' } = this.#held.get(key) ?? {};
        this.#held.delete(key);
        this.add(key, lane);
      },
      Math.min(milliseconds, LONGEST_TIMER_MS),
    );
    this.#held.set(key, { timer, lane: 'resync' });
  }

  /** The next key, as soon as there is one; undefined once the queue is closed. Ends with `done`. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#serve();
    });
  }

  done(key: string): void {
    this.#processing.delete(key);
    const lane = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (lane) this.add(key, lane);
  }

  /** Nothing comes in or out any more; what is being worked on goes on. */
  close(): void {
    this.#closed = true;
    for (const { timer } of [...this.#timers.values(), ...this.#held.values()]) clearTimeout(timer);
    this.#timers.clear();
    this.#held.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #serve(): void {
    while (this.#takers.length > 0) {
      const lane = this.#waiting.user.size > 0 ? this.#waiting.user : this.#waiting.resync;
      const [key] = lane;
      if (key === undefined) return;
      lane.delete(key);
      this.#processing.set(key, performance.now());
      this.#takers.shift()?.(key);
    }
  }
}
