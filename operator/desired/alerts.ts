/**
 * The alerts of pools: the same expressions for one pool, whose every selector names it, and for all pools at once. They compare
 * with what the operator exports of each pool's promises and thresholds. docs/alerts.md has a page for each.
 */
import type { Pool } from '../pool/pool.ts';
import { OF_ALL, ofPool, PER_POOL, type Scope, TO_POOL } from './alert-scope.ts';
import { dashboardUid, FLEET_DASHBOARD } from './dashboard-uid.ts';
import { type Addresses, type Alert, alertRule, type Rule } from './rule.ts';
import { waitAlerts, waitRecords } from './wait-alerts.ts';

type Settings = NonNullable<NonNullable<Pool['spec']['monitoring']>['alerts']>;

const ADDRESSED = 'Preview pool {{ $labels.namespace }}/{{ $labels.pool }}';

/** Of one pool, as it wants them. */
export function rulesOf(pool: Pool, { runbookBaseURL, dashboardBaseURL }: Settings): Rule[] {
  const { namespace, name } = pool.metadata;
  const dashboard = pool.spec.monitoring?.dashboard?.enabled
    ? dashboardUid(pool)
    : `${FLEET_DASHBOARD}?var-namespace=${namespace}&var-pool=${name}`;
  return rules(ofPool(pool), { runbookBaseURL, dashboardURL: dashboardBaseURL && dashboardBaseURL + dashboard });
}

/** Of all pools that want alerts, each by its own thresholds. */
export const sharedRules = (): Rule[] => rules(OF_ALL);

const rules = (scope: Scope, addresses: Addresses = {}): Rule[] => [
  ...waitRecords(scope),
  ...[...poolAlerts(scope), ...waitAlerts(scope), ...jobAlerts(scope)].map((alert) =>
    alertRule(alert, ADDRESSED, addresses),
  ),
];

/** On what the operator says of a pool. */
function poolAlerts({ isOnePool, select, threshold, ifWanted }: Scope): Alert[] {
  const condition = (type: string, value: 0 | 1) =>
    `max ${PER_POOL} (${select('preview_pool_condition', `condition="${type}"`)}) == ${value}`;
  const since = (type: string) =>
    `time() - max ${PER_POOL} (${select('preview_pool_condition_since_timestamp_seconds', `condition="${type}"`)})`;
  const rolledBack = `max ${PER_POOL} (${select('preview_pool_rolled_back')}) == 1`;
  return [
    {
      name: 'PreviewPoolNotReady',
      severity: 'critical',
      expr: `${since('Ready')} > ${threshold('notReadyMinutes')} and on (namespace, pool) ${condition('Ready', 0)}`,
      summary: 'not ready for {{ $value | humanizeDuration }}',
      description: 'The Ready condition of the pool says why, and what to do: kubectl get pwp -o wide.',
    },
    {
      name: 'PreviewPoolDegraded',
      severity: 'warning',
      minutes: 15,
      expr: ifWanted(condition('Degraded', 1)),
      summary: 'degraded for 15 minutes',
      description: 'It works with less than it should have, or not at all; the Degraded condition says why.',
    },
    {
      name: 'PreviewPoolStalled',
      severity: 'critical',
      minutes: 5,
      expr: ifWanted(`${condition('Stalled', 1)} unless on (namespace, pool) ${rolledBack}`),
      summary: 'will not get further by itself',
      description: 'A spec that can not work, or a refused object; the Stalled condition names it.',
    },
    {
      name: 'PreviewPoolRolledBack',
      severity: 'warning',
      minutes: 5,
      expr: ifWanted(rolledBack),
      summary: 'its image failed, the one before serves again',
      description: 'status.failedImage and failedBecause of the pool name the image and what its workers said.',
    },
    {
      name: 'PreviewPoolRedisNotReady',
      severity: 'critical',
      minutes: 5,
      expr: ifWanted(condition('RedisReady', 0)),
      summary: 'its Redis does not answer',
      description:
        'No job is taken while Redis is away. The RedisReady condition says what the operator got as an answer.',
    },
    {
      name: 'PreviewPoolSinkNotReady',
      severity: 'critical',
      minutes: 5,
      expr: ifWanted(condition('SinkReady', 0)),
      summary: 'a worker can not write previews',
      description:
        'Jobs are tried again and fail in the end. The SinkReady condition says what the worker got as an answer.',
    },
    {
      name: 'PreviewPoolQueueNeverSeen',
      severity: 'warning',
      expr: `${since('QueueSeen')} > ${threshold('queueNeverSeenMinutes')} and on (namespace, pool) ${condition('QueueSeen', 0)}`,
      summary: 'Redis has never had its queue',
      description:
        'Producers use another name, prefix, database or Redis, or have not begun; QueueSeen names what is looked for.',
    },
    ...(isOnePool
      ? [
          {
            name: 'PreviewPoolUnobserved',
            severity: 'warning',
            minutes: 15,
            expr: `absent(${select('preview_pool_condition', 'condition="Ready"')})`,
            summary: 'nobody exports its conditions',
            description: 'The operator is away or not scraped: alerts on conditions can not fire.',
          } as const,
        ]
      : []),
  ];
}

/** On what workers say of their jobs. */
export function jobAlerts({ hasOperator, select, threshold, ifWanted }: Scope): Alert[] {
  const increase = (labels: string, window: string, metric: string, ...matchers: string[]) =>
    `sum by (namespace, pool${labels}) (increase(${select(metric, ...matchers)}[${window}]))`;
  return [
    {
      name: 'PreviewWorkersUnobserved',
      severity: 'warning',
      minutes: 15,
      expr: hasOperator
        ? ifWanted(
            `max ${PER_POOL} (${select('preview_pool_ready_workers')}) > 0 unless on (namespace, pool) ${select('preview_slots')}`,
          )
        : `absent(${select('preview_slots')})`,
      summary: 'workers run and none is scraped',
      description: 'Alerts on jobs can not fire. Look at the ServiceMonitor, its labels and the network policy.',
    },
    {
      name: 'PreviewJobsFailing',
      severity: 'warning',
      minutes: 5,
      expr: `(
  ${increase(', reason', '15m', 'preview_jobs_total', 'outcome="failed"')}
    / ${TO_POOL} ${increase('', '15m', 'preview_jobs_total', 'outcome=~"completed|dry_run|failed"')}
  > ${threshold('failureRatio')}
)
and (${increase(', reason', '15m', 'preview_jobs_total', 'outcome="failed"')} >= ${threshold('failureMinEvents')})`,
      summary: '{{ $value | humanizePercentage }} of its jobs fail with {{ $labels.reason }}',
      description: 'docs/failures.md has each reason with its remedy.',
    },
    {
      name: 'PreviewQuarantineGrowing',
      severity: 'warning',
      minutes: 5,
      expr: `${increase(', reason', '1h', 'preview_quarantine_total')} > ${threshold('quarantinePerHour')}`,
      summary: '{{ $value | humanize }} contents went into quarantine within an hour',
      description:
        'Files that kill renderers come in, or a renderer breaks on what it should take: {{ $labels.reason }}.',
    },
    {
      name: 'PreviewSlotRestarts',
      severity: 'warning',
      minutes: 5,
      // A slot is also replaced after so many jobs, and with a job that was given up: that is as it should be.
      expr: `${increase(', cause', '1h', 'preview_slot_restarts_total', 'cause!~"recycle|cancel"')} > ${threshold('slotRestartsPerHour')}`,
      summary: '{{ $value | humanize }} render slots were replaced within an hour',
      description: 'Each costs a start of a process: {{ $labels.cause }}. Limits may be too tight for these files.',
    },
    {
      name: 'PreviewConsumptionStopped',
      severity: 'critical',
      minutes: 5,
      expr: ifWanted(
        // One that has not begun waits for its sink or renderer, which has alerts of its own.
        `time() - (${select('preview_last_fetch_timestamp_seconds')} > 0) > 300 and ignoring (state) ${select('preview_slots', 'state="idle"')} > 0`,
      ),
      summary: 'an idle worker has heard nothing of the queue for five minutes',
      description:
        'Worker {{ $labels.pod }} should have asked again within seconds. If its siblings work, delete the pod.',
    },
    {
      name: 'PreviewConsumptionHealing',
      severity: 'info',
      minutes: 5,
      expr: ifWanted(`${increase(', connection', '1h', 'preview_consumption_heals_total')} > 3`),
      summary: 'connections to Redis are replaced again and again',
      description:
        'Workers heal it by themselves. A proxy or firewall between them and Redis may drop idle connections.',
    },
  ];
}
