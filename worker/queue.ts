/** How jobs are added, whoever adds them. */
import type { JobsOptions, Queue } from 'bullmq';
import { priorityOf, type SubmitLane } from './lanes.ts';

/** Transient failures are tried again after about 2, 4, 8 and 16 s. */
const ATTEMPTS = 5;
const BACKOFF = { type: 'exponential', delay: 2_000, jitter: 0.5 };

export const JOB_NAME = 'preview';

export function jobOptions(jobId: string, lane: SubmitLane): JobsOptions {
  const priority = priorityOf(lane);
  return { jobId, attempts: ATTEMPTS, backoff: BACKOFF, ...(priority === 0 ? {} : { priority }) };
}

/** Does nothing where the queue holds a job of that id. */
export async function addJob(queue: Queue, id: string, job: unknown, lane: SubmitLane): Promise<void> {
  await queue.add(JOB_NAME, job, jobOptions(id, lane));
}
