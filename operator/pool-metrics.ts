/** What Prometheus is told of each pool: its state, and what it was promised, by which one set of alerts can serve all pools. */
import type { Registry } from 'prom-client';
import type { Pool } from './pool/pool.ts';
import { waitTargets } from './pool/wait-targets.ts';
import { exportFamilies, type Family, type Value } from './series.ts';

type Alerts = NonNullable<NonNullable<Pool['spec']['monitoring']>['alerts']>;

const conditions =
  (value: (condition: NonNullable<NonNullable<Pool['status']>['conditions']>[number]) => number) =>
  ({ status }: Pool): Value[] =>
    (status?.conditions ?? []).map((condition) => [value(condition), { condition: condition.type }]);

const one =
  (value: (pool: Pool) => number | undefined) =>
  (pool: Pool): Value[] => [[value(pool)]];

const wantedAlerts = ({ spec }: Pool): Alerts | undefined =>
  spec.monitoring?.alerts?.enabled ? spec.monitoring.alerts : undefined;

/** Of pools that want alerts. */
const threshold = (value: (thresholds: Alerts['thresholds']) => number) =>
  one((pool) => {
    const alerts = wantedAlerts(pool);
    return alerts && value(alerts.thresholds);
  });

const POOL_FAMILIES: readonly Family<Pool>[] = [
  {
    name: 'preview_pool_condition',
    labels: ['condition'],
    type: 'gauge',
    help: 'Conditions of a pool: 1 True, 0 False, -1 Unknown',
    values: conditions(({ status }) => ({ True: 1, False: 0, Unknown: -1 })[status]),
  },
  {
    name: 'preview_pool_condition_since_timestamp_seconds',
    labels: ['condition'],
    type: 'gauge',
    help: 'Since when a condition of a pool is as it is',
    values: conditions(({ lastTransitionTime }) => Date.parse(lastTransitionTime) / 1000),
  },
  {
    name: 'preview_pool_workers',
    type: 'gauge',
    help: 'Workers of a pool that there are',
    values: one(({ status }) => status?.replicas ?? 0),
  },
  {
    name: 'preview_pool_ready_workers',
    type: 'gauge',
    help: 'Workers of a pool that are ready',
    values: one(({ status }) => status?.readyReplicas ?? 0),
  },
  {
    name: 'preview_pool_max_workers',
    type: 'gauge',
    help: 'Workers that a pool may have at most, by maxReplicas; absent outside mode Auto',
    values: one(({ spec: { scaling } }) => (scaling.mode === 'Auto' ? scaling.auto?.maxReplicas : undefined)),
  },
  {
    name: 'preview_pool_target_wait_seconds',
    labels: ['lane'],
    type: 'gauge',
    help: 'Within what time jobs of a lane are to start; absent where workers do not follow the waiting time',
    values: (pool) => Object.entries(waitTargets(pool) ?? {}).map(([lane, seconds]): Value => [seconds, { lane }]),
  },
  {
    name: 'preview_pool_rolled_back',
    type: 'gauge',
    help: '1 while the image before serves because the one that is asked for failed, else 0',
    values: one(({ status }) => Number(status?.failedImage !== undefined)),
  },
  {
    name: 'preview_pool_alerts_enabled',
    type: 'gauge',
    help: '1 for a pool that wants alerts (spec.monitoring.alerts), else 0',
    values: one((pool) => Number(wantedAlerts(pool) !== undefined)),
  },
  {
    name: 'preview_pool_alert_not_ready_seconds',
    type: 'gauge',
    help: 'For how long a pool that wants alerts may be not ready, by notReadyMinutes',
    values: threshold(({ notReadyMinutes }) => notReadyMinutes * 60),
  },
  {
    name: 'preview_pool_alert_queue_never_seen_seconds',
    type: 'gauge',
    help: 'For how long a pool that wants alerts may wait for its queue, by queueNeverSeenMinutes',
    values: threshold(({ queueNeverSeenMinutes }) => queueNeverSeenMinutes * 60),
  },
  {
    name: 'preview_pool_alert_failure_ratio',
    type: 'gauge',
    help: 'What share of jobs may fail for one reason, by failureRatio',
    values: threshold(({ failureRatio }) => failureRatio),
  },
  {
    name: 'preview_pool_alert_failures_minimum',
    type: 'gauge',
    help: 'Failures of a quarter of an hour below which the ratio does not count, by failureMinEvents',
    values: threshold(({ failureMinEvents }) => failureMinEvents),
  },
  {
    name: 'preview_pool_alert_quarantine_per_hour',
    type: 'gauge',
    help: 'Contents that may go into quarantine in an hour for one reason, by quarantinePerHour',
    values: threshold(({ quarantinePerHour }) => quarantinePerHour),
  },
  {
    name: 'preview_pool_alert_slot_restarts_per_hour',
    type: 'gauge',
    help: 'Render slots that may be replaced in an hour for one cause, by slotRestartsPerHour',
    values: threshold(({ slotRestartsPerHour }) => slotRestartsPerHour),
  },
];

export const exportPools = (registry: Registry, pools: () => readonly Pool[]): void =>
  exportFamilies(registry, POOL_FAMILIES, {
    labelNames: POOL_LABELS,
    subjects: () => pools().map((pool) => ({ of: pool, labels: poolLabels(pool) })),
  });

export const POOL_LABELS = ['namespace', 'pool'];

export const poolLabels = ({ metadata: { namespace = 'default', name } }: Pool) => ({ namespace, pool: name });
