import type { Queue } from 'bullmq';
import { eventually } from '../cluster/eventually.ts';

const PATIENCE_SECONDS = 600;

/** Adds the jobs and waits until all are completed; rejects when one failed. */
export async function completed(queue: Queue, jobs: readonly object[]): Promise<void> {
  await queue.addBulk(jobs.map((data) => ({ name: 'bench', data, opts: { removeOnComplete: true } })));
  const end = await eventually(
    `${jobs.length} jobs of ${queue.name} are done`,
    async () => {
      const counts = await queue.getJobCounts('failed', 'wait', 'active', 'prioritized', 'delayed');
      const { failed = 0, ...open } = counts;
      return failed > 0 || Object.values(open).every((count) => count === 0) ? { failed } : undefined;
    },
    { seconds: PATIENCE_SECONDS, every: 20 },
  );
  if (end.failed === 0) return;
  const [first] = await queue.getFailed(0, 0);
  throw new Error(`a job of ${queue.name} failed: ${first?.failedReason}`);
}
