import type { WorkerConfig } from './config.generated.ts';
import { type FailureReason, PreviewFailure } from './failures.ts';
import type { RedisClient } from './redis.ts';

export type InterruptionCause = 'shutdown' | 'renderer' | 'newer';

interface Bound {
  readonly most: number;
  readonly reason: FailureReason;
  readonly message: string;
}

/** How often a job may be interrupted without an attempt being counted. */
const BOUNDS: Readonly<Record<InterruptionCause, Bound>> = {
  shutdown: { most: 5, reason: 'ShutdownTooShort', message: 'more than 5 shutdowns interrupted this job' },
  renderer: { most: 5, reason: 'RendererCrashed', message: 'more than 5 renderers ended as a whole during this job' },
  newer: { most: 20, reason: 'InvalidPayload', message: 'no worker that knows it came in 20 tries' },
};

/** Of a job's hash: why it was put off or given back last, for whoever waits. */
export const WHY_FIELD = 'preview:why';

// The count lies in the job's own hash, so that it goes with the job; a job that is gone must not come back as a fragment.
const COUNT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)`;

/** Fields of a job's hash that a fresh start does without. */
export const INTERRUPTION_FIELDS: readonly string[] = [...Object.keys(BOUNDS).map(fieldOf), WHY_FIELD];

export class Interruptions {
  readonly #redis: RedisClient;
  readonly #keyOf: (job: string) => string;

  constructor(redis: RedisClient, { prefix, name }: WorkerConfig['queue']) {
    this.#redis = redis;
    this.#keyOf = (job) => `${prefix}:${name}:${job}`;
  }

  /** Counts one more; the failure to end the job with when that is one too many. */
  async tooMany(job: string, cause: InterruptionCause, why: string): Promise<PreviewFailure | undefined> {
    // A Redis that can not count (out of memory) must not keep a job from going back.
    const count = Number(
      await this.#redis.eval(COUNT, 1, this.#keyOf(job), fieldOf(cause), WHY_FIELD, why).catch(() => 0),
    );
    const { most, reason, message } = BOUNDS[cause];
    return count > most ? new PreviewFailure(reason, message) : undefined;
  }
}

function fieldOf(cause: string): string {
  return `preview:${cause}`;
}
