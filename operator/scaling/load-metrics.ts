/** What Prometheus is told of the pools' queues; series of a queue that can not be read end. */
import type { Registry } from 'prom-client';
import type { Pool } from '../pool/pool.ts';
import { POOL_LABELS, poolLabels } from '../pool-metrics.ts';
import { exportFamilies, type Family, type Value } from '../series.ts';
import { LANES, type Load } from './load.ts';
import type { PoolLoad } from './loads.ts';

const perLane =
  (value: (lane: Load['lanes'][keyof Load['lanes']]) => number) =>
  ({ load }: PoolLoad) =>
    load === undefined ? [] : LANES.map((lane): Value => [value(load.lanes[lane]), { lane }]);
/** Where workers keep no counts, 0 would say that nothing is done. */
const counted = (value: Parameters<typeof perLane>[0]) => (known: PoolLoad) =>
  known.load?.isCounted ? perLane(value)(known) : [];

const FAMILIES: readonly Family<PoolLoad>[] = [
  {
    name: 'preview_queue_observed',
    type: 'gauge',
    help: '1 while the queue of a pool can be read, else 0: then its other series are absent',
    values: ({ load }) => [[load === undefined ? 0 : 1]],
  },
  {
    name: 'preview_queue_jobs',
    labels: ['state', 'lane'],
    type: 'gauge',
    help: 'Jobs of a queue by state: waiting (runnable now, due ones too), active, delayed (not due; of no lane)',
    values: (known) => [
      ...perLane(({ waiting }) => waiting)(known).map(([value, lane]): Value => [value, { state: 'waiting', ...lane }]),
      ...perLane(({ active }) => active)(known).map(([value, lane]): Value => [value, { state: 'active', ...lane }]),
      [known.load?.delayed, { state: 'delayed' }],
    ],
  },
  {
    name: 'preview_queue_unprioritized_jobs',
    type: 'gauge',
    help: 'Jobs of priority 0 among those that wait: urgent ones, and those of producers that name no priority',
    values: ({ load }) => [[load?.unprioritized]],
  },
  {
    name: 'preview_queue_oldest_runnable_seconds',
    labels: ['lane'],
    type: 'gauge',
    help: 'For how long the oldest job has waited since it could run, by a sample of prioritized ones',
    values: perLane(({ oldestSeconds }) => oldestSeconds),
  },
  {
    name: 'preview_queue_next_due_seconds',
    type: 'gauge',
    help: 'Seconds until the next delayed job is due; absent when there is none',
    values: ({ load }) => [[load?.nextDueSeconds]],
  },
  {
    name: 'preview_queue_paused',
    type: 'gauge',
    help: '1 while the queue is paused, else 0',
    values: ({ load }) => [[load && Number(load.paused)]],
  },
  {
    name: 'preview_queue_rate_limited',
    type: 'gauge',
    help: '1 while the rate limit of the queue keeps jobs back, else 0; absent when it has none',
    values: ({ load }) => [[load?.rateLimit && Number(load.rateLimit.isHit)]],
  },
  {
    name: 'preview_queue_global_concurrency',
    type: 'gauge',
    help: 'Jobs that may run at once in the whole queue; absent when there is no limit',
    values: ({ load }) => [[load?.globalConcurrency ?? undefined]],
  },
  {
    name: 'preview_queue_arrivals_total',
    labels: ['lane'],
    type: 'counter',
    help: 'Jobs that came to be runnable since this process has looked; one that is tried again comes again',
    values: ({ load, arrivals }) => (load?.isCounted ? LANES.map((lane): Value => [arrivals[lane], { lane }]) : []),
  },
  {
    name: 'preview_queue_added_total',
    type: 'counter',
    help: 'Jobs that producers added, also those whose id was there already, by the count of BullMQ itself',
    values: ({ load }) => [[load?.added]],
  },
  {
    name: 'preview_queue_started_total',
    labels: ['lane'],
    type: 'counter',
    help: 'Jobs that workers started, again after each interruption, as counted in Redis',
    values: counted(({ started }) => started),
  },
  {
    name: 'preview_queue_completions_total',
    labels: ['lane', 'outcome'],
    type: 'counter',
    help: 'Jobs that ended for good, by outcome: completed or failed, as counted in Redis',
    values: (known) => [
      ...counted(({ finished }) => finished)(known).map(([n, lane]): Value => [n, { ...lane, outcome: 'completed' }]),
      ...counted(({ failed }) => failed)(known).map(([n, lane]): Value => [n, { ...lane, outcome: 'failed' }]),
    ],
  },
  {
    name: 'preview_queue_busy_seconds_total',
    labels: ['lane'],
    type: 'counter',
    help: 'Seconds for which slots were busy: its rate over that of completions is the time a job takes',
    values: counted(({ busyMs }) => busyMs / 1000),
  },
  {
    name: 'preview_pool_worker_seconds_total',
    type: 'counter',
    help: 'Workers times seconds, by the replicas in the status of a pool, since this process has looked: what it costs',
    values: ({ workerSeconds }) => [[workerSeconds]],
  },
];

export const exportLoads = (
  registry: Registry,
  { pools, loadOf }: { pools: () => readonly Pool[]; loadOf: (pool: string) => PoolLoad | undefined },
): void =>
  exportFamilies(registry, FAMILIES, {
    labelNames: POOL_LABELS,
    subjects: () =>
      pools().flatMap((pool) => {
        const labels = poolLabels(pool);
        const known = loadOf(`${labels.namespace}/${labels.pool}`);
        return known === undefined ? [] : [{ of: known, labels }];
      }),
  });
