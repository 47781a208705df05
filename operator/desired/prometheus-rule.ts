import { labels, names } from '../pool/names.ts';
import { alertsOf } from './alerts.ts';
import { type Builder, child } from './child.ts';

export const prometheusRule: Builder = (pool) => {
  const alerts = pool.spec.monitoring?.alerts;
  if (!alerts?.enabled) return undefined;
  return child(
    pool,
    'monitoring.coreos.com/v1',
    'PrometheusRule',
    names.prometheusRule(pool),
    {
      spec: {
        groups: [
          { name: `preview-workers.${pool.metadata.namespace}.${pool.metadata.name}`, rules: alertsOf(pool, alerts) },
        ],
      },
    },
    { labels: { ...alerts.labels, ...labels(pool) } },
  );
};
