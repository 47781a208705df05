/** How jobs are added, whoever adds them. */
import type { Queue } from 'bullmq';
import { fairNumber } from './fairness.ts';
import { priorityOf, type SubmitLane } from './lanes.ts';
import type { RedisClient } from './redis.ts';

/** Transient failures are tried again after about 2, 4, 8 and 16 s. */
const ATTEMPTS = 5;
const BACKOFF = { type: 'exponential', delay: 2_000, jitter: 0.5 };

export const JOB_NAME = 'preview';

export interface Addition {
  readonly id: string;
  readonly job: { readonly tenant?: unknown };
  readonly lane: SubmitLane;
}

/** Does nothing where the queue holds a job of that id. `redis` is the queue's. */
export async function addJob(
  { queue, redis }: { readonly queue: Queue; readonly redis: RedisClient },
  { id, job, lane }: Addition,
): Promise<void> {
  const tenant = typeof job.tenant === 'string' ? job.tenant : '';
  const priority =
    lane === 'interactive' ? await fairNumber({ redis, base: queue.toKey(''), id, tenant }) : priorityOf(lane);
  const urgency = priority === 0 ? {} : { priority };
  await queue.add(JOB_NAME, job, { jobId: id, attempts: ATTEMPTS, backoff: BACKOFF, ...urgency });
}
