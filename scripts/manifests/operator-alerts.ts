/** Alerts on the operator itself, and the rules that serve all pools, as Prometheus has them. */
import { sharedRules } from '../../operator/desired/alerts.ts';
import { type Alert, alertRule, type Rule } from '../../operator/desired/rule.ts';
import { QUEUE_API_SERVICE } from '../../operator/queue-api/api.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';

/** Names under which others export too, told apart by what is ours. */
const RECONCILES = 'controller_runtime_reconcile_total{controller="previewworkerpool"}';
const ERRORS = 'controller_runtime_reconcile_total{controller="previewworkerpool",result="error"}';
const EACH = 'by (namespace, instance)';

const APIS = [API_SERVICE, QUEUE_API_SERVICE].map((name) => name.replaceAll('.', '\\\\.')).join('|');

const ALERTS: readonly Alert[] = [
  {
    name: 'PreviewOperatorDown',
    severity: 'critical',
    minutes: 5,
    expr: 'absent(preview_operator_info)',
    summary: 'no operator is scraped',
    description: 'Workers go on; nobody repairs, rolls out or scales them, and alerts on pools can not fire.',
  },
  {
    name: 'PreviewOperatorNoLeader',
    severity: 'critical',
    minutes: 5,
    expr: 'max by (namespace, name) (leader_election_master_status and on (namespace, instance) preview_operator_info) == 0',
    summary: 'no operator holds the Lease {{ $labels.name }}',
    description:
      'Operators run and none acts. The Lease names who held it last; their logs say why they do not get it.',
  },
  {
    name: 'PreviewOperatorReconcileErrors',
    severity: 'warning',
    minutes: 15,
    expr: `sum by (namespace) (rate(${ERRORS}[30m])) / sum by (namespace) (rate(${RECONCILES}[30m])) > 0.1
and sum by (namespace) (increase(${ERRORS}[30m])) >= 5`,
    summary: '{{ $value | humanizePercentage }} of reconciliations fail',
    description: 'Lines "reconcile failed" of the operator’s log name pool and error; each is tried again.',
  },
  {
    name: 'PreviewOperatorReconcileStuck',
    severity: 'critical',
    minutes: 5,
    expr: `max ${EACH} (workqueue_longest_running_processor_seconds{name="previewworkerpool"}) > 300
or (
  min ${EACH} (min_over_time(workqueue_depth{name="previewworkerpool"}[10m])) > 0
  and on (namespace, instance) sum ${EACH} (increase(${RECONCILES}[10m])) == 0
  unless on (namespace, instance) max ${EACH} (leader_election_master_status) == 0
)`,
    summary: 'a pool is being reconciled for minutes, or many wait and none is',
    description:
      'A request that never ends, or a process that hangs: {{ $labels.instance }}. Another takes over when it ends.',
  },
  {
    name: 'PreviewOperatorWatchStale',
    severity: 'warning',
    minutes: 5,
    expr: `max ${EACH} (preview_operator_watch_silence_seconds) > 300`,
    summary: 'it has heard nothing of the API server for {{ $value | humanizeDuration }}',
    description: 'It goes by what it knew then. A proxy between it and the API server may hold back what a watch says.',
  },
  {
    name: 'PreviewOperatorAPIUnavailable',
    severity: 'critical',
    minutes: 5,
    expr: `max by (name) (aggregator_unavailable_apiservice{name=~"${APIS}"}) == 1`,
    summary: 'the API server does not reach {{ $labels.name }}',
    description:
      'While an aggregated API does not answer, no namespace of the cluster can be deleted, and autoscalers hold.',
  },
];

export const operatorRules = (): Rule[] => ALERTS.map((alert) => alertRule(alert, 'Preview operator'));

/** Groups of rules by the name of their part. */
export const RULE_GROUPS = {
  operator: [{ name: 'preview-operator', rules: operatorRules() }],
  pools: [{ name: 'preview-pools', rules: sharedRules() }],
} as const;
