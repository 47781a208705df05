/** What a pool's queue asks of it and what it does for it, in one row for people. Pure. */
import { GROUP, type Pool } from '../pool/pool.ts';
import type { PoolLoad } from '../scaling/loads.ts';

/** As JSON; what is not known is null. */
export interface PoolLoadView {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly queue: string;
  readonly suspended: boolean;
  readonly workers: number;
  readonly ready: number;
  /** Jobs that each worker takes at once. */
  readonly slots: number;
  readonly load: {
    readonly waiting: number;
    readonly backfill: number;
    readonly active: number;
    readonly delayed: number;
    readonly oldestSeconds: number;
    readonly paused: boolean;
    readonly arrivalsPerSecond: number | null;
    readonly donePerSecond: number | null;
  } | null;
}

export const QUEUES_GROUP = `queues.${GROUP}`;

export function poolLoadView({ metadata, spec, status }: Pool, known: PoolLoad | undefined): PoolLoadView {
  const { load, perSecond } = known ?? {};
  return {
    metadata: { name: metadata.name, namespace: metadata.namespace ?? '' },
    queue: spec.queue.name,
    suspended: spec.suspend,
    workers: status?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    slots: spec.worker.slots,
    load: load
      ? {
          waiting: load.lanes.interactive.waiting,
          backfill: load.lanes.backfill.waiting,
          active: load.lanes.interactive.active + load.lanes.backfill.active,
          delayed: load.delayed,
          oldestSeconds: load.oldestSeconds,
          paused: load.paused,
          arrivalsPerSecond: perSecond?.arrivals ?? null,
          donePerSecond: perSecond?.done ?? null,
        }
      : null,
  };
}
