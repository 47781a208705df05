import type { Queue } from 'bullmq';
import { PreviewFailure } from '../failures.ts';
import { validateJob } from '../job.ts';
import { rendererId, requestKeyOf } from '../keys.ts';
import { addJob } from '../queue.ts';
import type { RedisClient } from '../redis.ts';
import type { RendererInfo } from '../renderer/protocol.ts';
import type { Catalogue } from '../storage/catalogue.ts';

export interface ReindexOptions {
  readonly catalogue: Catalogue;
  readonly queue: Queue;
  /** The queue's. */
  readonly redis: RedisClient;
  /** What renders now. */
  readonly renderers: readonly RendererInfo[];
  readonly dryRun: boolean;
  readonly onRequest: (requestKey: string, renderer: string) => void;
}

export interface Reindexed {
  /** Requests whose previews another version would make. */
  readonly stale: number;
  readonly fresh: number;
  /** Records that can not be submitted again. */
  readonly unreadable: number;
}

/** Submits, in the backfill lane, each request that another version of its renderer has answered. */
export async function reindexStale(options: ReindexOptions): Promise<Reindexed> {
  const { catalogue, queue, redis, renderers, dryRun, onRequest } = options;
  const current = new Set(renderers.map(rendererId));
  const known = new Set(renderers.map(({ name }) => name));
  const counts = { stale: 0, fresh: 0, unreadable: 0 };
  for await (const { request } of catalogue.requests()) {
    const [name = ''] = request.renderer.split('@');
    // A renderer that is not here would refuse the job: its previews stay as they are.
    if (current.has(request.renderer) || !known.has(name)) {
      counts.fresh += 1;
      continue;
    }
    try {
      const job = validateJob(request.job);
      const id = requestKeyOf(job);
      counts.stale += 1;
      onRequest(id, request.renderer);
      if (dryRun) continue;
      // A finished job of this id would keep the new one out.
      const old = await queue.getJob(id);
      if (old?.finishedOn !== undefined) await old.remove();
      await addJob({ queue, redis }, { id, job, lane: 'backfill' });
    } catch (error) {
      if (!(error instanceof PreviewFailure)) throw error;
      counts.unreadable += 1;
    }
  }
  return counts;
}
