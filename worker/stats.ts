/** Monotone counts in Redis that scaling is computed from: BullMQ's own sets stop growing once finished jobs are removed. */
import type { WorkerConfig } from './config.generated.ts';
import type { JobEnd, JobStart } from './consumer.ts';
import type { Lane } from './lanes.ts';
import type { RedisClient } from './redis.ts';

/** A queue's hash of counts, and of the builds that passed their full self-test. */
export const statsKey = ({ prefix, name }: WorkerConfig['queue']) => `${prefix}:${name}:preview-stats`;

/** Fields of that hash, each followed by `:<lane>`. */
type Field = 'started' | 'finished' | 'failed' | 'busyMs';

/** A call to Redis costs as much CPU as BullMQ's own end of a job: many short jobs share one. */
const TOGETHER_MILLISECONDS = 50;

export class Stats {
  readonly #redis: RedisClient;
  readonly #key: string;
  readonly #onProblem: (error: Error) => void;
  readonly #running: Record<Lane, number> = { interactive: 0, backfill: 0 };
  /** By field, what Redis has not been told yet. */
  readonly #counts = new Map<string, number>();
  #countedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  /** Told once: a Redis that refuses does so many times a second. */
  #refused = false;

  constructor(redis: RedisClient, queue: WorkerConfig['queue'], onProblem: (error: Error) => void) {
    this.#redis = redis;
    this.#key = statsKey(queue);
    this.#onProblem = onProblem;
  }

  started({ lane }: JobStart): void {
    this.#add({ [`started:${lane}`]: 1, ...this.#busy() });
    this.#running[lane] += 1;
  }

  /** A job that runs again later is neither finished nor failed. */
  ended({ lane, outcome }: JobEnd): void {
    const busy = this.#busy();
    this.#running[lane] -= 1;
    const field: Field | undefined =
      outcome === 'failed' ? 'failed' : outcome === 'completed' || outcome === 'dry_run' ? 'finished' : undefined;
    this.#add({ ...busy, ...(field === undefined ? {} : { [`${field}:${lane}`]: 1 }) });
  }

  /** Called with each heartbeat, so that long jobs count while they run. */
  beat(): void {
    this.#add(this.#busy());
  }

  /** Writes what was counted last. */
  async stop(): Promise<void> {
    if (this.#redis.status === 'ready') await this.#write();
    else clearTimeout(this.#timer);
  }

  /** Slot-milliseconds since the last call. */
  #busy(): Record<string, number> {
    const elapsed = performance.now() - this.#countedAt;
    this.#countedAt += elapsed;
    return Object.fromEntries(
      Object.entries(this.#running).flatMap(([lane, jobs]) => {
        const milliseconds = Math.round(jobs * elapsed);
        return milliseconds > 0 ? [[`busyMs:${lane}`, milliseconds]] : [];
      }),
    );
  }

  #add(counts: Readonly<Record<string, number>>): void {
    for (const [field, by] of Object.entries(counts)) this.#counts.set(field, (this.#counts.get(field) ?? 0) + by);
    if (this.#counts.size > 0) this.#timer ??= setTimeout(() => void this.#write(), TOGETHER_MILLISECONDS);
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pipeline = this.#redis.pipeline();
    const counts = [...this.#counts];
    for (const [field, by] of counts) pipeline.hincrby(this.#key, field, by);
    this.#counts.clear();
    const answers = await pipeline.exec().catch(this.#onProblem);
    let refusal: Error | undefined;
    for (const [at, [field, by]] of counts.entries()) {
      const error = answers?.[at]?.[0];
      if (!error) continue;
      refusal = error;
      // Written with the next counts, at the latest with a beat: at once it would be refused again.
      this.#counts.set(field, (this.#counts.get(field) ?? 0) + by);
    }
    if (refusal !== undefined && !this.#refused) this.#onProblem(refusal);
    this.#refused = refusal !== undefined;
  }
}
