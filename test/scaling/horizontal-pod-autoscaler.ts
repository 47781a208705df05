/** The part of Kubernetes' HorizontalPodAutoscaler that is the same for every metric. */
export const SYNC_SECONDS = 15;

export interface Steps {
  /** The next number of pods; the live one when what is asked for is not known, and at 0. */
  replicas(now: number, live: number, asked: number | undefined): number;
}

interface Behaviour {
  readonly min: number;
  readonly max: number;
  /** A ratio this near to 1 changes nothing. */
  readonly tolerance: number;
  /** At most so many pods are added in 15 s, or as many as there are, whichever is more. */
  readonly podsUp: number;
  /** The most that was recommended in so long is kept. */
  readonly downWindowSeconds: number;
}

export class HorizontalPodAutoscaler implements Steps {
  readonly #behaviour: Behaviour;
  #recommended: { readonly at: number; readonly replicas: number }[] = [];
  #added: { readonly at: number; readonly pods: number }[] = [];

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  /** What becomes of `asked`, which need not be whole; the live number when there is no metric (undefined), as when it is off at 0. */
  replicas(now: number, live: number, asked: number | undefined): number {
    if (asked === undefined || live === 0) return live;
    const { min, max, tolerance, podsUp, downWindowSeconds } = this.#behaviour;
    const wanted = Math.abs(asked / live - 1) <= tolerance ? live : Math.ceil(asked);
    this.#recommended = this.#recommended.filter(({ at }) => at > now - downWindowSeconds);
    this.#recommended.push({ at: now, replicas: wanted });
    const kept = Math.max(...this.#recommended.map(({ replicas }) => replicas));
    this.#added = this.#added.filter(({ at }) => at > now - SYNC_SECONDS);
    const before = live - this.#added.reduce((sum, { pods }) => sum + pods, 0);
    const mostUp = Math.max(live, before + podsUp, 2 * before);
    const stabilized = wanted > live ? Math.min(wanted, mostUp) : Math.min(live, kept);
    const next = Math.max(Math.max(1, min), Math.min(max, stabilized));
    if (next > live) this.#added.push({ at: now, pods: next - live });
    return next;
  }
}
