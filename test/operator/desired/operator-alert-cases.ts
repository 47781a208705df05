import type { AlertCase } from './alert-case.ts';

const reconciles = (result: string, instance = 'one') =>
  `controller_runtime_reconcile_total{controller="previewworkerpool",result="${result}",instance="${instance}"}`;
const leads = (instance: string) =>
  `leader_election_master_status{name="preview-worker-operator",instance="${instance}"}`;
const info = (instance: string) => `preview_operator_info{version="0.1.0",instance="${instance}"}`;
const silence = (instance: string) => `preview_operator_watch_silence_seconds{instance="${instance}"}`;
const depth = (instance: string) => `workqueue_depth{name="previewworkerpool",instance="${instance}"}`;
const longest = (instance: string) =>
  `workqueue_longest_running_processor_seconds{name="previewworkerpool",instance="${instance}"}`;
const unavailable = (name: string) => `aggregator_unavailable_apiservice{name="${name}"}`;

/** Two operators, of which the first leads; on the standby all pools wait, and another's operator is in trouble beside them. */
export const WELL_OPERATORS: Readonly<Record<string, string>> = {
  [info('one')]: '1x120',
  [info('other')]: '1x120',
  [leads('one')]: '1x120',
  [leads('other')]: '0x120',
  [reconciles('success')]: '0+10x120',
  [reconciles('error')]: '0x120',
  [reconciles('success', 'other')]: '0x120',
  [depth('one')]: '0x120',
  [depth('other')]: '50x120',
  [longest('one')]: '1x120',
  [longest('other')]: '0x120',
  [silence('one')]: '70x120',
  [silence('other')]: '70x120',
  [unavailable('v1beta1.external.metrics.k8s.io')]: '0x120',
  [unavailable('v1.others.example.com')]: '1x120',
  'leader_election_master_status{name="others",instance="three"}': '0x120',
  'controller_runtime_reconcile_total{controller="others",result="error",instance="three"}': '0+10x120',
  'workqueue_depth{name="others",instance="three"}': '9x120',
  'workqueue_longest_running_processor_seconds{name="others",instance="three"}': '999x120',
};

export const OPERATOR_ALERT_CASES: readonly AlertCase[] = [
  {
    of: 'PreviewOperatorDown',
    title: 'no operator',
    changes: Object.fromEntries(
      Object.keys(WELL_OPERATORS)
        .filter((series) => /instance="(one|other)"/.test(series))
        .map((series) => [series, undefined]),
    ),
    fires: ['PreviewOperatorDown'],
  },
  {
    of: 'PreviewOperatorDown',
    title: 'one of two operators',
    changes: { [info('other')]: undefined },
    fires: [],
  },
  {
    of: 'PreviewOperatorNoLeader',
    title: 'two standbys',
    changes: { [leads('one')]: '0x120' },
    fires: ['PreviewOperatorNoLeader'],
  },
  {
    of: 'PreviewOperatorNoLeader',
    title: 'a Lease that goes from one to the other within four minutes',
    changes: { [leads('one')]: '1x95 0x25', [leads('other')]: '0x100 1x20' },
    fires: [],
  },
  {
    of: 'PreviewOperatorNoLeader',
    title: 'one operator that needs no Lease',
    changes: { [leads('one')]: undefined, [leads('other')]: undefined, [depth('other')]: '0x120' },
    fires: [],
  },
  {
    of: 'PreviewOperatorReconcileErrors',
    title: 'one reconciliation of six fails',
    changes: { [reconciles('error')]: '0+2x120' },
    fires: ['PreviewOperatorReconcileErrors'],
  },
  {
    of: 'PreviewOperatorReconcileErrors',
    title: 'one reconciliation of twenty fails',
    changes: { [reconciles('error')]: '0+0.5x120' },
    fires: [],
  },
  {
    of: 'PreviewOperatorReconcileErrors',
    title: 'three of few reconciliations fail',
    changes: { [reconciles('success')]: '0+0.1x120', [reconciles('error')]: '0+0.1x120' },
    fires: [],
  },
  {
    of: 'PreviewOperatorReconcileStuck',
    title: 'a reconciliation that does not end',
    changes: { [longest('one')]: '0+60x120' },
    fires: ['PreviewOperatorReconcileStuck'],
  },
  {
    of: 'PreviewOperatorReconcileStuck',
    title: 'pools that wait, and none that is reconciled',
    changes: { [depth('one')]: '3x120', [reconciles('success')]: '50x120' },
    fires: ['PreviewOperatorReconcileStuck'],
  },
  {
    of: 'PreviewOperatorReconcileStuck',
    title: 'pools that wait while others are reconciled',
    changes: { [depth('one')]: '3x120' },
    fires: [],
  },
  {
    of: 'PreviewOperatorReconcileStuck',
    title: 'a reconciliation of four minutes',
    changes: { [longest('one')]: '240x120' },
    fires: [],
  },
  {
    of: 'PreviewOperatorWatchStale',
    title: 'a watch without a byte for ten minutes',
    changes: { [silence('other')]: '600x120' },
    fires: ['PreviewOperatorWatchStale'],
  },
  {
    of: 'PreviewOperatorWatchStale',
    title: 'a watch that is opened anew after three minutes',
    changes: { [silence('one')]: '180x120' },
    fires: [],
  },
  {
    of: 'PreviewOperatorAPIUnavailable',
    title: 'an API server that does not reach the external metrics',
    changes: { [unavailable('v1beta1.external.metrics.k8s.io')]: '1x120' },
    fires: ['PreviewOperatorAPIUnavailable'],
  },
  {
    of: 'PreviewOperatorAPIUnavailable',
    title: 'an API server that did not reach the queues for three minutes',
    changes: { [unavailable('v1alpha1.queues.previews.mobius.dev')]: '0x97 1x23' },
    fires: [],
  },
];
