/** The rules of spec.template: what pods may be given, and that nothing of it loosens them. */
import type { RuleCase } from './rules.ts';

type Json = Record<string, unknown>;

const template = (fields: Json) => ({ template: fields });
const zone = { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1 };
const required = (...matchExpressions: Json[]) =>
  template({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
      },
    },
  });

export const TEMPLATE_RULES: readonly RuleCase[] = [
  {
    rule: 'annotations that keep identities out of the renderer and let nodes drain are the operator’s',
    accepted: template({ annotations: { 'prometheus.io/scrape': 'true' } }),
    refused: [
      'eks.amazonaws.com/skip-containers',
      'azure.workload.identity/skip-containers',
      'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes',
    ].map((key) => ({
      spec: template({ annotations: { [key]: 'x' } }),
      at: 'spec.template.annotations',
      saying: 'so that no identity gets into the renderer',
    })),
  },
  {
    rule: 'annotations do not loosen the profiles of the pods',
    accepted: template({ annotations: { 'example.com/seccomp': 'x' } }),
    refused: [
      'container.apparmor.security.beta.kubernetes.io/renderer',
      'container.seccomp.security.alpha.kubernetes.io/renderer',
      'seccomp.security.alpha.kubernetes.io/pod',
    ].map((key) => ({
      spec: template({ annotations: { [key]: 'unconfined' } }),
      at: 'spec.template.annotations',
      saying: 'profiles that Pod Security restricted asks for',
    })),
  },
  {
    rule: 'operators of affinity take values or none',
    accepted: required({ key: 'gpu', operator: 'Exists' }, { key: 'zone', operator: 'In', values: ['a'] }),
    refused: [
      { key: 'zone', operator: 'In' },
      { key: 'zone', operator: 'In', values: [] },
      { key: 'gpu', operator: 'Exists', values: ['a'] },
    ].map((expression) => ({
      spec: required(expression),
      at: 'matchExpressions[0].values',
      saying: 'take no values, every other operator at least one',
    })),
  },
  {
    rule: 'minDomains only where pods wait',
    accepted: template({ topologySpreadConstraints: [{ ...zone, minDomains: 3 }] }),
    refused: [
      {
        spec: template({
          topologySpreadConstraints: [{ ...zone, whenUnsatisfiable: 'ScheduleAnyway', minDomains: 3 }],
        }),
        at: 'spec.template.topologySpreadConstraints[0].minDomains',
        saying: 'remove one of the two',
      },
    ],
  },
  {
    rule: 'matchLabelKeys with a selector',
    accepted: template({
      topologySpreadConstraints: [{ ...zone, labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['c'] }],
    }),
    refused: [
      {
        spec: template({ topologySpreadConstraints: [{ ...zone, matchLabelKeys: ['c'] }] }),
        at: 'spec.template.topologySpreadConstraints[0].matchLabelKeys',
        saying: 'set labelSelector too',
      },
    ],
  },
  {
    rule: 'scratch within bounds',
    accepted: template({ scratch: { medium: 'Memory', sizeLimit: '2Gi' } }),
    refused: ['1Mi', '20Ti'].map((sizeLimit) => ({
      spec: template({ scratch: { sizeLimit } }),
      at: 'spec.template.scratch.sizeLimit',
      saying: 'must be between 64Mi and 16Ti',
    })),
  },
  {
    rule: 'keys of AWS are no environment',
    accepted: template({ env: [{ name: 'AWS_REGION', value: 'eu-central-1' }] }),
    refused: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map((name) => ({
      spec: template({ env: [{ name, value: 'x' }] }),
      at: 'spec.template.env[0].name',
      saying: 'put them into a Secret and name it in credentialsFrom',
    })),
  },
  {
    rule: 'no group is root’s',
    accepted: template({ fsGroup: 2000, supplementalGroups: [3000, 4000] }),
    refused: [
      { spec: template({ fsGroup: 0 }), at: 'spec.template.fsGroup', saying: 'greater than or equal to 1' },
      {
        spec: template({ supplementalGroups: [0] }),
        at: 'spec.template.supplementalGroups[0]',
        saying: 'greater than or equal to 1',
      },
    ],
  },
  {
    rule: 'no field loosens what a pod may do',
    accepted: template({ priorityClassName: 'high', runtimeClassName: 'gvisor', serviceAccountName: 'previews' }),
    refused: [
      { hostNetwork: true },
      { hostPID: true },
      { hostUsers: true },
      { securityContext: { runAsUser: 0 } },
      { containers: [{ name: 'worker', securityContext: { privileged: true } }] },
      { volumes: [{ name: 'host', hostPath: { path: '/' } }] },
      { automountServiceAccountToken: true },
      { initContainers: [{ name: 'first', image: 'x' }] },
    ].map((fields) => ({
      spec: template(fields),
      at: `spec.template.${Object.keys(fields)[0]}`,
      saying: 'unknown field',
    })),
  },
];
