/** What Prometheus and Grafana are told of the operator and of all pools, as plain data: two components of `config/`. */
import { dashboardFiles } from './dashboards.ts';
import { LABELS, type Manifest, namespaced, OPERATOR, SELECTOR } from './operator.ts';
import { RULE_GROUPS } from './operator-alerts.ts';

const rule = (name: string, groups: object): Manifest =>
  namespaced('monitoring.coreos.com/v1', 'PrometheusRule', name, { spec: { groups } });

const serviceMonitor = namespaced('monitoring.coreos.com/v1', 'ServiceMonitor', OPERATOR, {
  spec: {
    selector: { matchLabels: SELECTOR },
    // Series of a pool bear the pool's own namespace, which must not become that of the operator.
    endpoints: [{ port: 'http', path: '/metrics', interval: '30s', honorLabels: true }],
  },
});

const dashboards = Object.entries(dashboardFiles()).map(([file, json]): Manifest => {
  const name = file === 'preview-operator.json' ? OPERATOR : `${OPERATOR}-pools`;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: OPERATOR, labels: { ...LABELS, grafana_dashboard: '1' } },
    data: { [file]: json },
  };
});

/** By file name. */
export const monitoring = {
  'service-monitor.yaml': [serviceMonitor],
  'alert-rules.yaml': [rule(OPERATOR, RULE_GROUPS.operator)],
  'dashboards.yaml': dashboards,
};

export const sharedAlerts = { 'alert-rules.yaml': [rule(`${OPERATOR}-pools`, RULE_GROUPS.pools)] };

/** Has the operator make no rules of each pool. */
export const SHARED_ALERTING = {
  target: { kind: 'Deployment', name: OPERATOR },
  patch: `- op: add
  path: /spec/template/spec/containers/0/env/-
  value: {name: ALERTING, value: Shared}
`,
};
