/** A Grafana dashboard as a ConfigMap: the usual sidecar loads it by its label. */
import { labels, names } from '../pool/names.ts';
import { matchersOf } from './alert-scope.ts';
import { type Builder, child } from './child.ts';
import { dashboardUid } from './dashboard-uid.ts';
import { grafana } from './grafana.ts';
import { poolPanels } from './pool-panels.ts';

export const dashboard: Builder = (pool) => {
  const wanted = pool.spec.monitoring?.dashboard;
  if (!wanted?.enabled) return undefined;
  const { namespace = 'default', name } = pool.metadata;
  const json = grafana({
    uid: dashboardUid(pool),
    title: `Preview workers: ${namespace}/${name}`,
    panels: poolPanels(matchersOf(pool)),
  });
  return child(
    pool,
    'v1',
    'ConfigMap',
    names.dashboard(pool),
    { data: { [`${names.dashboard(pool)}.json`]: JSON.stringify(json, null, 1) } },
    { labels: { ...wanted.labels, ...labels(pool) } },
  );
};
