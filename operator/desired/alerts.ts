/**
 * The alerts of one pool. A rule names its pool in every selector, so that pools never alert for one another; docs/alerts.md
 * has a page for each.
 */
import type { Pool } from '../pool/pool.ts';

type Settings = NonNullable<NonNullable<Pool['spec']['monitoring']>['alerts']>;

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'critical' | 'warning' };
  readonly annotations: Readonly<Record<string, string>>;
}

interface Alert {
  readonly name: string;
  readonly severity: 'critical' | 'warning';
  readonly minutes: number;
  readonly expr: string;
  /** Completes "POOL: …". */
  readonly summary: string;
  readonly description: string;
}

/** Matchers that single out one pool's series. */
export const matchersOf = ({ metadata: { namespace = 'default', name } }: Pool): string =>
  `namespace="${namespace}",pool="${name}"`;

export function alertsOf(pool: Pool, settings: Settings): AlertRule[] {
  const { namespace = 'default', name } = pool.metadata;
  return alerts(matchersOf(pool), settings.thresholds).map((alert) => ({
    alert: alert.name,
    expr: alert.expr,
    for: `${alert.minutes}m`,
    labels: { severity: alert.severity },
    annotations: {
      summary: `Preview pool ${namespace}/${name}: ${alert.summary}`,
      description: alert.description,
      ...(settings.runbookBaseURL ? { runbook_url: settings.runbookBaseURL + alert.name.toLowerCase() } : {}),
    },
  }));
}

const PER_POOL = 'by (namespace, pool)';

function alerts(mine: string, thresholds: Settings['thresholds']): Alert[] {
  const condition = (type: string, value: 0 | 1) =>
    `max ${PER_POOL} (preview_pool_condition{${mine},condition="${type}"}) == ${value}`;
  const increase = (labels: string, metric: string, matchers: string, window: string) =>
    `sum by (namespace, pool${labels}) (increase(${metric}{${mine}${matchers}}[${window}]))`;
  return [
    {
      name: 'PreviewPoolNotReady',
      severity: 'critical',
      minutes: thresholds.notReadyMinutes,
      expr: condition('Ready', 0),
      summary: `not ready for ${thresholds.notReadyMinutes} minutes`,
      description: 'The Ready condition of the pool says why, and what to do: kubectl get pwp -o wide.',
    },
    {
      name: 'PreviewPoolDegraded',
      severity: 'warning',
      minutes: 15,
      expr: condition('Degraded', 1),
      summary: 'degraded for 15 minutes',
      description: 'It works with less than it should have, or not at all; the Degraded condition says why.',
    },
    {
      name: 'PreviewPoolStalled',
      severity: 'critical',
      minutes: 5,
      expr: condition('Stalled', 1),
      summary: 'will not get further by itself',
      description:
        'A spec that can not work, a refused object or an image that was rolled back; the Stalled condition names it.',
    },
    {
      name: 'PreviewPoolRedisNotReady',
      severity: 'critical',
      minutes: 5,
      expr: condition('RedisReady', 0),
      summary: 'its Redis does not answer',
      description:
        'No job is taken while Redis is away. The RedisReady condition says what the operator got as an answer.',
    },
    {
      name: 'PreviewPoolSinkNotReady',
      severity: 'critical',
      minutes: 5,
      expr: condition('SinkReady', 0),
      summary: 'a worker can not write previews',
      description:
        'Jobs are tried again and fail in the end. The SinkReady condition says what the worker got as an answer.',
    },
    {
      name: 'PreviewPoolQueueNeverSeen',
      severity: 'warning',
      minutes: thresholds.queueNeverSeenMinutes,
      expr: condition('QueueSeen', 0),
      summary: 'Redis has never had its queue',
      description:
        'Producers use another name, prefix, database or Redis, or have not begun; QueueSeen names what is looked for.',
    },
    {
      name: 'PreviewPoolUnobserved',
      severity: 'warning',
      minutes: 15,
      expr: `absent(preview_pool_condition{${mine},condition="Ready"})`,
      summary: 'nobody exports its conditions',
      description: 'The operator is away or not scraped: alerts on conditions can not fire.',
    },
    {
      name: 'PreviewWorkersUnobserved',
      severity: 'warning',
      minutes: 15,
      expr: `absent(preview_slots{${mine}}) and on () (max(preview_pool_ready_workers{${mine}}) > 0)`,
      summary: 'workers run and none is scraped',
      description: 'Alerts on jobs can not fire. Look at the ServiceMonitor, its labels and the network policy.',
    },
    {
      name: 'PreviewJobsFailing',
      severity: 'warning',
      minutes: 5,
      expr: `(
  ${increase(', reason', 'preview_jobs_total', ',outcome="failed"', '15m')}
  > on (namespace, pool) group_left ()
  ${thresholds.failureRatio} * ${increase('', 'preview_jobs_total', ',outcome=~"completed|dry_run|failed"', '15m')}
) >= ${thresholds.failureMinEvents}`,
      summary: `more than ${percent(thresholds.failureRatio)} of its jobs fail with {{ $labels.reason }}`,
      description: 'docs/failures.md has each reason with its remedy.',
    },
    {
      name: 'PreviewQuarantineGrowing',
      severity: 'warning',
      minutes: 5,
      expr: `${increase(', reason', 'preview_quarantine_total', '', '1h')} > ${thresholds.quarantinePerHour}`,
      summary: `more than ${thresholds.quarantinePerHour} contents an hour go into quarantine`,
      description:
        'Files that kill renderers come in, or a renderer breaks on what it should take: {{ $labels.reason }}.',
    },
    {
      name: 'PreviewSlotRestarts',
      severity: 'warning',
      minutes: 5,
      expr: `${increase(', cause', 'preview_slot_restarts_total', '', '1h')} > ${thresholds.slotRestartsPerHour}`,
      summary: `more than ${thresholds.slotRestartsPerHour} render slots an hour are replaced`,
      description: 'Each costs a start of a process: {{ $labels.cause }}. Limits may be too tight for these files.',
    },
    {
      name: 'PreviewConsumptionStopped',
      severity: 'critical',
      minutes: 5,
      expr: `(time() - preview_last_fetch_timestamp_seconds{${mine}}) > 300 and ignoring (state) preview_slots{${mine},state="idle"} > 0`,
      summary: 'an idle worker has heard nothing of the queue for five minutes',
      description:
        'Worker {{ $labels.pod }} should have asked again within seconds. If its siblings work, delete the pod.',
    },
    {
      name: 'PreviewConsumptionHealing',
      severity: 'warning',
      minutes: 5,
      expr: `${increase(', connection', 'preview_consumption_heals_total', '', '1h')} > 3`,
      summary: 'connections to Redis are replaced again and again',
      description:
        'Workers heal it by themselves. A proxy or firewall between them and Redis may drop idle connections.',
    },
  ];
}

const percent = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;
