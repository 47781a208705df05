/** Grafana's dashboards that are no pool's: one that shows any pool, and one of the operator. */
import { FLEET_DASHBOARD } from '../../operator/desired/dashboard-uid.ts';
import { type Dashboard, grafana, type Panel, quantiles } from '../../operator/desired/grafana.ts';
import { poolPanels } from '../../operator/desired/pool-panels.ts';

export const OPERATOR_DASHBOARD = 'preview-operator';

const pools: Dashboard = {
  uid: FLEET_DASHBOARD,
  title: 'Preview workers: pools',
  variables: [
    { name: 'namespace', label: 'Namespace', query: 'label_values(preview_pool_ready_workers, namespace)' },
    { name: 'pool', label: 'Pool', query: 'label_values(preview_pool_ready_workers{namespace=~"$namespace"}, pool)' },
  ],
  panels: poolPanels('namespace=~"$namespace",pool=~"$pool"'),
};

/** Names of others are told apart by what is ours, and what every process exports by being an operator's. */
const CONTROLLER = 'controller="previewworkerpool"';
const NAMED = 'name="previewworkerpool"';
const ours = (series: string): string => `${series} and on (namespace, instance) preview_operator_info`;
const rate = (selector: string, by: string): string => `sum by (${by}) (rate(${selector}[$__rate_interval]))`;

const operatorPanels: readonly Panel[] = [
  {
    title: 'Operators, and who leads',
    unit: 'short',
    queries: [
      ['count by (version) (preview_operator_info)', 'version {{version}}'],
      [`max by (instance) (${ours('leader_election_master_status')})`, 'leads: {{instance}}'],
    ],
  },
  {
    title: 'Reconciliations by result',
    unit: 'ops',
    queries: [[rate(`controller_runtime_reconcile_total{${CONTROLLER}}`, 'result'), '{{result}}']],
  },
  {
    title: 'What a reconciliation takes',
    unit: 's',
    queries: quantiles(rate(`controller_runtime_reconcile_time_seconds_bucket{${CONTROLLER}}`, 'le')),
  },
  {
    title: 'Pools that wait to be reconciled',
    unit: 'short',
    queries: [[`max by (instance) (workqueue_depth{${NAMED}})`, '{{instance}}']],
  },
  {
    title: 'The reconciliation that runs for longest',
    unit: 's',
    queries: [[`max by (instance) (workqueue_longest_running_processor_seconds{${NAMED}})`, '{{instance}}']],
  },
  {
    title: 'Requests to the API server by code',
    unit: 'ops',
    queries: [
      [
        `sum by (code) (rate(rest_client_requests_total[$__rate_interval]) and on (namespace, instance) preview_operator_info)`,
        '{{code}}',
      ],
    ],
  },
  {
    title: 'Silence of the watches',
    unit: 's',
    queries: [['max by (instance) (preview_operator_watch_silence_seconds)', '{{instance}}']],
  },
  {
    title: 'Lists and watches that broke',
    unit: 'ops',
    queries: [[rate('preview_operator_watch_problems_total', 'reason'), '{{reason}}']],
  },
  {
    title: 'Pools by condition that is True',
    unit: 'short',
    queries: [
      ['sum by (condition) (max by (namespace, pool, condition) (preview_pool_condition) == bool 1)', '{{condition}}'],
    ],
  },
  {
    title: 'Pools, and queues that can be read',
    unit: 'short',
    queries: [
      ['count(max by (namespace, pool) (preview_pool_workers))', 'pools'],
      ['sum(max by (namespace, pool) (preview_queue_observed))', 'queues'],
      ['sum(max by (namespace, pool) (preview_pool_rolled_back))', 'rolled back'],
    ],
  },
  {
    title: 'Lag of the event loop, p99',
    unit: 's',
    queries: [[`max by (instance) (${ours('nodejs_eventloop_lag_p99_seconds')})`, '{{instance}}']],
  },
  {
    title: 'Memory of the operators',
    unit: 'bytes',
    queries: [[`max by (instance) (${ours('process_resident_memory_bytes')})`, '{{instance}}']],
  },
];

export const DASHBOARDS: readonly Dashboard[] = [
  pools,
  { uid: OPERATOR_DASHBOARD, title: 'Preview workers: operator', panels: operatorPanels },
];

/** JSON by the name of its file. */
export const dashboardFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    DASHBOARDS.map((dashboard) => [`${dashboard.uid}.json`, `${JSON.stringify(grafana(dashboard), null, 1)}\n`]),
  );
