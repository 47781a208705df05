/** Whose series a set of alerts is about, and where it has its thresholds from. */
import type { Pool } from '../pool/pool.ts';

export type Thresholds = NonNullable<NonNullable<Pool['spec']['monitoring']>['alerts']>['thresholds'];

/** In the operator's metrics, by the threshold. */
const EXPORTED = {
  notReadyMinutes: 'preview_pool_alert_not_ready_seconds',
  queueNeverSeenMinutes: 'preview_pool_alert_queue_never_seen_seconds',
  failureRatio: 'preview_pool_alert_failure_ratio',
  failureMinEvents: 'preview_pool_alert_failures_minimum',
  quarantinePerHour: 'preview_pool_alert_quarantine_per_hour',
  slotRestartsPerHour: 'preview_pool_alert_slot_restarts_per_hour',
} as const satisfies Record<keyof Thresholds, string>;

export interface Scope {
  /** One pool alone: it is missed when it is absent. */
  readonly isOnePool: boolean;
  /** Without an operator there are no series of its making. */
  readonly hasOperator: boolean;
  /** A selector of the scope's series. */
  readonly select: (metric: string, ...matchers: readonly string[]) => string;
  /** What `> ` of a left side with one series a pool, or several, is followed by. */
  readonly threshold: (name: keyof Thresholds) => string;
  /** An expression that holds for pools that want alerts. */
  readonly ifWanted: (expr: string) => string;
}

export const PER_POOL = 'by (namespace, pool)';
/** Between what may have more labels than the pool's, and what has just those. */
export const TO_POOL = 'on (namespace, pool) group_left ()';

const selecting =
  (own: string): Scope['select'] =>
  (metric, ...matchers) => {
    const all = [own, ...matchers].filter(Boolean).join(',');
    return all === '' ? metric : `${metric}{${all}}`;
  };

function ofSeries(own: string, isOnePool: boolean): Scope {
  const select = selecting(own);
  return {
    isOnePool,
    hasOperator: true,
    select,
    threshold: (name) => `${TO_POOL} max ${PER_POOL} (${select(EXPORTED[name])})`,
    // The rules of one pool are there only while it wants them.
    ifWanted: (expr) =>
      isOnePool ? expr : `(${expr}) and on (namespace, pool) max ${PER_POOL} (preview_pool_alerts_enabled) == 1`,
  };
}

/** Matchers that single out one pool's series. */
export const matchersOf = ({ metadata: { namespace = 'default', name } }: Pool): string =>
  `namespace="${namespace}",pool="${name}"`;

export const ofPool = (pool: Pool): Scope => ofSeries(matchersOf(pool), true);

/** One set for all pools that want alerts. */
export const OF_ALL: Scope = ofSeries('', false);

/** A worker without the operator: its thresholds stand in the rules, and its namespace is the series' own. */
export const withoutOperator = (pool: string, thresholds: Thresholds): Scope => ({
  isOnePool: true,
  hasOperator: false,
  select: selecting(`pool="${pool}"`),
  threshold: (name) => String(thresholds[name]),
  ifWanted: (expr) => expr,
});
