import type { PoolSpec } from '../pool/spec.generated.ts';
import type { Estimates } from './estimates.ts';
import type { Observed } from './law.ts';
import type { Load } from './load.ts';

/** The share of the slots that is to be busy at steady load. */
const RHO = 0.8;

/** All that the law knows of a pool, from where each part of it comes. */
export function observedOf(
  { worker, scaling: { auto } }: Pick<PoolSpec, 'worker' | 'scaling'>,
  load: Load,
  { lambda, serviceSeconds }: Pick<Estimates, 'lambda' | 'serviceSeconds'>,
  workers: { readonly live: number; readonly ready: number; readonly startupSeconds: number },
): Observed {
  const { interactive, backfill } = load.lanes;
  return {
    // Without workers nothing is kept up with: what waits is all there is.
    lambda: lambda ?? (workers.live === 0 ? 0 : undefined),
    serviceSeconds,
    waiting: [interactive.waiting, backfill.waiting],
    active: interactive.active + backfill.active,
    oldestSeconds: load.oldestSeconds,
    startupSeconds: workers.startupSeconds,
    replicas: workers.live,
    ready: workers.ready,
    paused: load.paused,
    globalConcurrency: load.globalConcurrency,
    ...rateLimitOf(load.rateLimit, Math.max((auto?.targetWaitSeconds ?? 0) / 2, workers.startupSeconds)),
    slots: worker.slots,
    targetSeconds: auto && [auto.targetWaitSeconds, auto.backfillTargetWaitSeconds],
    rho: RHO,
    min: auto?.minReplicas,
    max: auto?.maxReplicas,
  };
}

/**
 * Nothing is fed while the limit is used up for longer than the backlog is to be cleared in, as after `queue.rateLimit(ms)`:
 * workers that are asked for only then are there when it ends.
 */
function rateLimitOf(limit: Load['rateLimit'], clearSeconds: number): Pick<Observed, 'rateLimitPerSecond'> {
  if (limit === undefined) return {};
  if (limit.isHit && limit.untilSeconds > clearSeconds) return { rateLimitPerSecond: 0 };
  // BullMQ looks at the count before a job: of 0 it gives one. A count that lasts for no time limits nothing.
  return limit.seconds > 0 ? { rateLimitPerSecond: Math.max(1, limit.max) / limit.seconds } : {};
}
