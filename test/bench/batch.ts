import type { Queue } from 'bullmq';
import { eventually } from '../cluster/eventually.ts';

const PATIENCE_SECONDS = 600;

/** Adds the jobs and waits until all are completed; rejects when one failed. */
export async function completed(queue: Queue, jobs: readonly object[]): Promise<void> {
  await queue.addBulk(jobs.map((data) => ({ name: 'bench', data, opts: { removeOnComplete: true } })));
  await eventually(
    `${jobs.length} jobs of ${queue.name} are done`,
    async () => {
      const { failed = 0, ...open } = await queue.getJobCounts('failed', 'wait', 'active', 'prioritized', 'delayed');
      if (failed > 0)
        throw new Error(`a job of ${queue.name} failed: ${(await queue.getFailed(0, 0))[0]?.failedReason}`);
      return Object.values(open).every((count) => count === 0);
    },
    { seconds: PATIENCE_SECONDS, every: 20 },
  );
}
