/**
 * Has a scale-in take idle workers: before the number falls they get a lower cost. A scale-in is worth more than its choice, so
 * it waits for a write and its failure alike, and for neither longer than a few seconds.
 */
import { keyOf } from '../kube/object.ts';
import { type CostChange, costChanges, isMarked } from '../pool/deletion-cost.ts';
import type { Pool } from '../pool/pool.ts';
import type { WorkerPod } from '../pool/worker-pod.ts';

/** Between two writes for one pool while fewer workers are wanted and nobody has taken any away. */
const REWRITE_SECONDS = 10;
const DEADLINE_SECONDS = 3;
/** Who may not write gives the one who may so long: it looks each 5 s. */
const HELD_BACK_SECONDS = 15;

export interface IdleFirstOptions {
  readonly pods: (pool: Pool) => readonly WorkerPod[];
  /** Names of the workers that have jobs; undefined where that can not be told. */
  readonly busy: (pool: Pool) => Promise<ReadonlySet<string> | undefined>;
  readonly write: (pool: Pool, change: CostChange) => Promise<unknown>;
  /** Asked at each turn: only the one that leads writes. */
  readonly mayWrite: () => boolean;
  /** The scale-in goes on without a choice. Told once until it goes well again. */
  readonly onProblem: (error: Error) => void;
  /** Monotonic seconds. */
  readonly clock?: () => number;
}

export class IdleFirst {
  readonly #options: IdleFirstOptions;
  readonly #clock: () => number;
  readonly #running = new Map<string, Promise<void>>();
  /** By pool, the last write. */
  readonly #written = new Map<string, { readonly at: number; readonly leaving: number }>();
  /** Since when a number is held back, by pool. */
  readonly #heldSince = new Map<string, number>();
  #isTold = false;

  constructor(options: IdleFirstOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now() / 1000);
  }

  /** `leaving` workers are about to go. Resolves when the idle ones among all are marked, or that failed. */
  mark(pool: Pool, leaving: number): Promise<void> {
    if (leaving <= 0 || !this.#options.mayWrite()) return Promise.resolve();
    const key = keyOf(pool);
    const running =
      this.#running.get(key) ??
      within(DEADLINE_SECONDS, this.#write(pool, leaving))
        .catch((error: unknown) => this.#tell(error))
        .finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    return running;
  }

  /**
   * The same while another decides when they go, which may take minutes: unless more of them go than before, no sooner than a
   * while after the last write.
   */
  async keepMarked(pool: Pool, leaving: number): Promise<void> {
    const last = this.#written.get(keyOf(pool));
    if (last === undefined || leaving > last.leaving || this.#clock() - last.at >= REWRITE_SECONDS)
      await this.mark(pool, leaving);
  }

  /**
   * The number to answer who scales by it: it falls only when idle workers are marked, or that was tried. Who may not write looks
   * for the marks of the one that does, and waits no longer than that one takes when all goes well.
   */
  async answer(pool: Pool, { wanted, live }: { readonly wanted: number; readonly live: number }): Promise<number> {
    const key = keyOf(pool);
    const leaving = live - Math.max(1, wanted);
    if (leaving <= 0) {
      this.#heldSince.delete(key);
      return wanted;
    }
    if (this.#options.mayWrite()) {
      await this.keepMarked(pool, leaving);
      return wanted;
    }
    const at = this.#clock();
    const since = this.#heldSince.get(key) ?? at;
    this.#heldSince.set(key, since);
    const marked = this.#options.pods(pool).filter(isMarked).length;
    return marked >= leaving || at - since >= HELD_BACK_SECONDS ? wanted : live;
  }

  forget(key: string): void {
    this.#heldSince.delete(key);
    this.#written.delete(key);
  }

  async #write(pool: Pool, leaving: number): Promise<void> {
    const busy = await this.#options.busy(pool);
    if (busy === undefined) return;
    const changes = costChanges(this.#options.pods(pool), busy, leaving);
    if (changes.length === 0) return;
    this.#written.set(keyOf(pool), { at: this.#clock(), leaving });
    await Promise.all(changes.map((change) => this.#options.write(pool, change)));
    this.#isTold = false;
  }

  #tell(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#options.onProblem(error instanceof Error ? error : new Error(String(error)));
  }
}

async function within(seconds: number, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done within ${seconds} s`)), seconds * 1000);
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
