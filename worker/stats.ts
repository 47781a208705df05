/** Monotone counts in Redis that scaling is computed from: BullMQ's own sets stop growing once finished jobs are removed. */
import type { Redis } from 'ioredis';
import type { WorkerConfig } from './config.generated.ts';
import type { JobEnd, JobStart } from './consumer.ts';
import type { Lane } from './lanes.ts';

/** Fields of the hash `<prefix>:<queue>:preview-stats`, each followed by `:<lane>`. */
type Field = 'started' | 'finished' | 'failed' | 'busyMs';

export class Stats {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #onProblem: (error: Error) => void;
  readonly #running: Record<Lane, number> = { interactive: 0, backfill: 0 };
  #countedAt = performance.now();

  constructor(redis: Redis, { prefix, name }: WorkerConfig['queue'], onProblem: (error: Error) => void) {
    this.#redis = redis;
    this.#key = `${prefix}:${name}:preview-stats`;
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
    const entries = Object.entries(counts);
    if (entries.length === 0) return;
    const pipeline = this.#redis.pipeline();
    for (const [field, by] of entries) pipeline.hincrby(this.#key, field, by);
    pipeline.exec().catch(this.#onProblem);
  }
}
