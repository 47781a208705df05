import type { Job, Queue } from 'bullmq';
import type { FailureReason } from '../failures.ts';
import { INTERRUPTION_FIELDS } from '../interruptions.ts';
import type { PreviewJob } from '../job.generated.ts';
import type { RedisClient } from '../redis.ts';

export interface RetryOptions {
  readonly queue: Queue;
  /** The queue's. */
  readonly redis: RedisClient;
  readonly reasons: ReadonlySet<FailureReason>;
  /** Also what is in quarantine: rendered, not answered from there. */
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly onJob: (id: string, failedReason: string) => void;
}

const PAGE = 500;

/** Gives failed jobs of these reasons back to the queue, as new ones: no attempt and no interruption is counted; how many. */
export async function retryFailed(options: RetryOptions): Promise<number> {
  const { queue, redis, dryRun, onJob } = options;
  const found: Job[] = [];
  // All are looked for before the first goes back: pages shift when jobs leave.
  for (let start = 0; ; start += PAGE) {
    const jobs = await queue.getFailed(start, start + PAGE - 1);
    found.push(...jobs.filter((job) => job !== undefined && isMeant(job, options)));
    if (jobs.length < PAGE) break;
  }
  for (const job of found) {
    onJob(job.id ?? '', job.failedReason);
    if (dryRun) continue;
    await redis.hdel(queue.toKey(job.id ?? ''), ...INTERRUPTION_FIELDS);
    if (options.force) await job.updateData({ ...(job.data as PreviewJob), force: true });
    await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
  }
  return found.length;
}

function isMeant({ failedReason }: Job, { reasons }: RetryOptions): boolean {
  const [reason = ''] = /^\w+(?=: )/.exec(failedReason ?? '') ?? [];
  return (reasons as ReadonlySet<string>).has(reason);
}
