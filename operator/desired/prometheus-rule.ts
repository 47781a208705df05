import { labels, names } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { rulesOf } from './alerts.ts';
import { type Builder, child } from './child.ts';
import type { Rule } from './rule.ts';

export const prometheusRule: Builder = (pool) => rulesAsChild(pool, (alerts) => rulesOf(pool, alerts));

type Alerts = NonNullable<NonNullable<Pool['spec']['monitoring']>['alerts']>;

/** `rules` of a pool that wants alerts. */
export function rulesAsChild(pool: Pool, rules: (alerts: Alerts) => readonly Rule[]) {
  const alerts = pool.spec.monitoring?.alerts;
  if (!alerts?.enabled) return undefined;
  const { namespace, name } = pool.metadata;
  return child(
    pool,
    'monitoring.coreos.com/v1',
    'PrometheusRule',
    names.prometheusRule(pool),
    { spec: { groups: [{ name: `preview-workers.${namespace}.${name}`, rules: rules(alerts) }] } },
    { labels: { ...alerts.labels, ...labels(pool) } },
  );
}
