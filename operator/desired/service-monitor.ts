import { labels, names, selectorLabels } from '../pool/names.ts';
import { type Builder, child } from './child.ts';

/** Prometheus finds each worker behind the pool's headless Service, and its series bear the pool's name. */
export const serviceMonitor: Builder = (pool) => {
  const monitor = pool.spec.monitoring?.serviceMonitor;
  if (!monitor?.enabled) return undefined;
  return child(
    pool,
    'monitoring.coreos.com/v1',
    'ServiceMonitor',
    names.serviceMonitor(pool),
    {
      spec: {
        jobLabel: 'app.kubernetes.io/name',
        selector: { matchLabels: selectorLabels(pool) },
        endpoints: [
          {
            port: 'http',
            path: '/metrics',
            interval: monitor.interval,
            relabelings: [{ action: 'replace', targetLabel: 'pool', replacement: pool.metadata.name }],
          },
        ],
      },
    },
    { labels: { ...monitor.labels, ...labels(pool) } },
  );
};
