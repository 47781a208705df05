/** For each value of the chart one that is not the default, and what becomes of it. */
import type { Manifest } from './helm.ts';

type Objects = readonly Manifest[];

export interface ValueCase {
  readonly values: object;
  readonly gives: (objects: Objects) => unknown;
  readonly wanted: unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: manifests are looked into at will here.
type Loose = any;

const of = (objects: Objects, kind: string, name?: RegExp): Loose =>
  objects.find((one) => one.kind === kind && (name?.test(one.metadata.name) ?? true));
const deployment = (objects: Objects): Loose => of(objects, 'Deployment').spec;
const pod = (objects: Objects): Loose => deployment(objects).template.spec;
const container = (objects: Objects): Loose => pod(objects).containers[0];
/** Of the queue UI, whose Deployment is there only when it is asked for. */
const queueUi = (objects: Objects): Loose => of(objects, 'Deployment', /-queue-ui$/)?.spec.template.spec;
const withQueueUi = (values: object) => ({ queueUi: { enabled: true, ...values } });
const variable =
  (name: string) =>
  (objects: Objects): unknown =>
    container(objects).env.find((one: { name: string }) => one.name === name)?.value;
const count =
  (kinds: RegExp) =>
  (objects: Objects): number =>
    objects.filter(({ kind }) => kinds.test(kind)).length;

const METRICS = 'v1beta1.external.metrics.k8s.io';
const QUEUES = 'v1alpha1.queues.previews.mobius.dev';
/** The APIServices of the release, and those that its operator may patch. */
const apis = (objects: Objects): string[] => [
  ...objects.filter(({ kind }) => kind === 'APIService').map(({ metadata }) => metadata.name),
  ...of(objects, 'ClusterRole', /-metrics$/)
    .rules.filter(({ verbs }: { verbs: string[] }) => verbs.includes('patch'))
    .flatMap(({ resourceNames }: { resourceNames: string[] }) => resourceNames),
];
const PORTS = ['http', 'metrics-api'];
const served = (objects: Objects): unknown => [
  apis(objects),
  variable('EXTERNAL_METRICS')(objects),
  variable('QUEUE_API')(objects),
  container(objects).ports.map(({ name }: { name: string }) => name),
];

/** Of an alert of the release's rules. */
const annotation =
  (objects: Objects, name: string) =>
  (alert: string): unknown =>
    objects
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec }) => (spec as Loose).groups[0].rules)
      .find((rule: { alert?: string }) => rule.alert === alert)?.annotations[name];

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const setting = (name: string, value: unknown, env: string): ValueCase => ({
  values: { settings: { [name]: value } },
  gives: variable(env),
  wanted: String(value),
});
const AFFINITY = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] }] }],
    },
  },
};
const SPREAD = { maxSkew: 2, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' };

export const EVERY_VALUE: Readonly<Record<string, ValueCase>> = {
  nameOverride: {
    values: { nameOverride: 'previews' },
    gives: (objects) => of(objects, 'Deployment').metadata.name,
    wanted: 'preview-worker-operator-previews',
  },
  fullnameOverride: {
    values: { fullnameOverride: 'previews' },
    gives: (objects) =>
      [...new Set(objects.map(({ metadata }) => metadata.name.replace(/^previews-.*/, 'previews')))].sort(),
    wanted: [
      'previews',
      'previewworkerpools.previews.mobius.dev',
      'v1alpha1.queues.previews.mobius.dev',
      'v1beta1.external.metrics.k8s.io',
    ],
  },
  commonLabels: {
    values: { commonLabels: { team: 'media', 'app.kubernetes.io/name': 'other' } },
    gives: (objects) =>
      [...objects.map(({ metadata }) => metadata.labels), deployment(objects).template.metadata.labels].every(
        (labels) => labels?.team === 'media' && labels['app.kubernetes.io/name'] === 'preview-worker-operator',
      ),
    wanted: true,
  },
  'image.repository': {
    values: { image: { repository: 'registry.example.com/operator' } },
    gives: (objects) => container(objects).image,
    wanted: 'registry.example.com/operator:0.1.0',
  },
  'image.tag': {
    values: { image: { tag: '9.9.9' } },
    gives: (objects) => container(objects).image,
    wanted: 'mobius-preview-worker-operator:9.9.9',
  },
  'image.digest': {
    values: { image: { digest: DIGEST } },
    gives: (objects) => container(objects).image,
    wanted: `mobius-preview-worker-operator:0.1.0@${DIGEST}`,
  },
  'image.pullPolicy': {
    values: { image: { pullPolicy: 'Always' } },
    gives: (objects) => container(objects).imagePullPolicy,
    wanted: 'Always',
  },
  imagePullSecrets: {
    values: { imagePullSecrets: [{ name: 'registry' }] },
    gives: (objects) => pod(objects).imagePullSecrets,
    wanted: [{ name: 'registry' }],
  },
  'workerImage.repository': {
    values: { workerImage: { repository: 'registry.example.com/worker' } },
    gives: variable('DEFAULT_IMAGE'),
    wanted: 'registry.example.com/worker:0.1.0',
  },
  'workerImage.tag': {
    values: { workerImage: { tag: '9.9.9' } },
    gives: variable('DEFAULT_IMAGE'),
    wanted: 'mobius-preview-worker:9.9.9',
  },
  'workerImage.digest': {
    values: { workerImage: { digest: DIGEST } },
    gives: variable('DEFAULT_IMAGE'),
    wanted: `mobius-preview-worker:0.1.0@${DIGEST}`,
  },
  watchNamespaces: {
    values: { watchNamespaces: ['team-a', 'team-b'] },
    gives: (objects) => [
      variable('WATCH_NAMESPACES')(objects),
      count(/^Cluster|APIService|Secret/)(objects),
      objects.filter(({ kind, metadata }) => kind === 'Role' && /^team-/.test(metadata.namespace ?? '')).length,
    ],
    wanted: ['team-a,team-b', 0, 2],
  },
  'crds.enabled': {
    values: { crds: { enabled: false } },
    gives: count(/CustomResourceDefinition/),
    wanted: 0,
  },
  'crds.keep': {
    values: { crds: { keep: false } },
    gives: (objects) => of(objects, 'CustomResourceDefinition').metadata.annotations,
    wanted: undefined,
  },
  'externalMetrics.enabled': {
    values: { externalMetrics: { enabled: false } },
    gives: served,
    wanted: [[QUEUES, QUEUES], undefined, 'true', PORTS],
  },
  'queueApi.enabled': {
    values: { queueApi: { enabled: false } },
    gives: served,
    wanted: [[METRICS, METRICS], 'true', undefined, PORTS],
  },
  replicas: {
    values: { replicas: 1 },
    gives: (objects) => [deployment(objects).replicas, count(/PodDisruptionBudget/)(objects)],
    wanted: [1, 0],
  },
  'settings.concurrency': setting('concurrency', 8, 'CONCURRENCY'),
  'settings.maxConcurrentRollouts': setting('maxConcurrentRollouts', 1, 'MAX_CONCURRENT_ROLLOUTS'),
  'settings.queueReadSeconds': setting('queueReadSeconds', 5, 'QUEUE_READ_SECONDS'),
  'settings.watchSilenceSeconds': setting('watchSilenceSeconds', 300, 'WATCH_SILENCE_SECONDS'),
  'settings.leaseSeconds': setting('leaseSeconds', 60, 'LEASE_SECONDS'),
  'settings.leaseRenewDeadlineSeconds': setting('leaseRenewDeadlineSeconds', 40, 'LEASE_RENEW_DEADLINE_SECONDS'),
  'settings.leaseRetrySeconds': setting('leaseRetrySeconds', 5, 'LEASE_RETRY_SECONDS'),
  'settings.alerting': {
    values: { settings: { alerting: 'Shared' } },
    gives: (objects) => [variable('ALERTING')(objects), of(objects, 'PrometheusRule')?.metadata.name],
    wanted: ['Shared', 'preview-worker-operator-pools'],
  },
  'settings.logLevel': setting('logLevel', 'debug', 'LOG_LEVEL'),
  extraEnv: {
    values: { extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }] },
    gives: variable('HTTPS_PROXY'),
    wanted: 'http://proxy:3128',
  },
  resources: {
    values: { resources: { limits: { memory: '1Gi' } } },
    gives: (objects) => container(objects).resources.limits.memory,
    wanted: '1Gi',
  },
  podAnnotations: {
    values: { podAnnotations: { note: 'a' } },
    gives: (objects) => deployment(objects).template.metadata.annotations,
    wanted: { note: 'a' },
  },
  podLabels: {
    values: { podLabels: { tier: 'control' } },
    gives: (objects) => deployment(objects).template.metadata.labels.tier,
    wanted: 'control',
  },
  podSecurityContext: {
    values: { podSecurityContext: { runAsUser: null, runAsGroup: null } },
    gives: (objects) => pod(objects).securityContext,
    wanted: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  },
  priorityClassName: {
    values: { priorityClassName: 'system-cluster-critical' },
    gives: (objects) => pod(objects).priorityClassName,
    wanted: 'system-cluster-critical',
  },
  nodeSelector: {
    values: { nodeSelector: { pool: 'system' } },
    gives: (objects) => pod(objects).nodeSelector,
    wanted: { pool: 'system' },
  },
  tolerations: {
    values: { tolerations: [{ key: 'system', operator: 'Exists' }] },
    gives: (objects) => pod(objects).tolerations,
    wanted: [{ key: 'system', operator: 'Exists' }],
  },
  affinity: { values: { affinity: AFFINITY }, gives: (objects) => pod(objects).affinity, wanted: AFFINITY },
  topologySpreadConstraints: {
    values: { topologySpreadConstraints: [SPREAD] },
    gives: (objects) => {
      const [{ labelSelector, ...rest }] = pod(objects).topologySpreadConstraints;
      return [rest, Object.keys(labelSelector.matchLabels)];
    },
    wanted: [SPREAD, ['component', 'instance', 'name'].map((label) => `app.kubernetes.io/${label}`)],
  },
  'serviceAccount.create': {
    values: { serviceAccount: { create: false } },
    gives: (objects) => [count(/^ServiceAccount$/)(objects), pod(objects).serviceAccountName],
    wanted: [0, 'default'],
  },
  'serviceAccount.name': {
    values: { serviceAccount: { name: 'previews' } },
    gives: (objects) => [
      of(objects, 'ServiceAccount').metadata.name,
      pod(objects).serviceAccountName,
      ...new Set(
        objects.flatMap(({ subjects }) => (subjects as { name: string }[] | undefined)?.map((one) => one.name) ?? []),
      ),
    ],
    wanted: ['previews', 'previews', 'previews'],
  },
  'serviceAccount.annotations': {
    values: { serviceAccount: { annotations: { note: 'a' } } },
    gives: (objects) => of(objects, 'ServiceAccount').metadata.annotations,
    wanted: { note: 'a' },
  },
  'rbac.create': {
    values: { rbac: { create: false } },
    gives: (objects) => [count(/Binding$/)(objects), count(/^Role$/)(objects), count(/^ClusterRole$/)(objects)],
    // People's own.
    wanted: [0, 0, 3],
  },
  'rbac.aggregateRoles': {
    values: { rbac: { aggregateRoles: false } },
    gives: (objects) => JSON.stringify(objects).includes('aggregate-to-'),
    wanted: false,
  },
  'monitoring.serviceMonitor.enabled': {
    values: { monitoring: { serviceMonitor: { enabled: true } } },
    gives: (objects) => of(objects, 'ServiceMonitor')?.spec.endpoints[0].honorLabels,
    wanted: true,
  },
  'monitoring.serviceMonitor.interval': {
    values: { monitoring: { serviceMonitor: { enabled: true, interval: '10s' } } },
    gives: (objects) => of(objects, 'ServiceMonitor')?.spec.endpoints[0].interval,
    wanted: '10s',
  },
  'monitoring.serviceMonitor.labels': {
    values: { monitoring: { serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } } },
    gives: (objects) => of(objects, 'ServiceMonitor')?.metadata.labels.release,
    wanted: 'prometheus',
  },
  'monitoring.alerts.enabled': {
    values: { monitoring: { alerts: { enabled: true } } },
    gives: (objects) => of(objects, 'PrometheusRule')?.metadata.name,
    wanted: 'preview-worker-operator',
  },
  'monitoring.alerts.labels': {
    values: { monitoring: { alerts: { enabled: true, labels: { release: 'prometheus' } } } },
    gives: (objects) => of(objects, 'PrometheusRule')?.metadata.labels.release,
    wanted: 'prometheus',
  },
  'monitoring.alerts.runbookBaseURL': {
    values: { monitoring: { alerts: { enabled: true, runbookBaseURL: 'https://example.com/alerts.md#' } } },
    gives: (objects) => annotation(objects, 'runbook_url')('PreviewOperatorDown'),
    wanted: 'https://example.com/alerts.md#previewoperatordown',
  },
  'monitoring.alerts.dashboardBaseURL': {
    values: {
      settings: { alerting: 'Shared' },
      monitoring: { alerts: { enabled: true, dashboardBaseURL: 'https://grafana.example.com/d/' } },
    },
    gives: (objects) => ['PreviewOperatorDown', 'PreviewPoolNotReady'].map(annotation(objects, 'dashboard_url')),
    wanted: [
      'https://grafana.example.com/d/preview-operator',
      'https://grafana.example.com/d/preview-pools?var-namespace={{ $labels.namespace }}&var-pool={{ $labels.pool }}',
    ],
  },
  'monitoring.dashboards.enabled': {
    values: { monitoring: { dashboards: { enabled: true } } },
    gives: (objects) =>
      objects.filter(({ kind }) => kind === 'ConfigMap').flatMap(({ data }) => Object.keys(data ?? {})),
    wanted: ['preview-operator.json', 'preview-pools.json'],
  },
  'monitoring.dashboards.labels': {
    values: { monitoring: { dashboards: { enabled: true, labels: { dashboards: 'yes' } } } },
    gives: (objects) => of(objects, 'ConfigMap')?.metadata.labels.dashboards,
    wanted: 'yes',
  },
  'queueUi.enabled': {
    values: withQueueUi({}),
    gives: (objects) => [
      of(objects, 'Service', /-queue-ui$/)?.spec.selector['app.kubernetes.io/component'],
      queueUi(objects)?.containers[0].command.at(-1),
      queueUi(objects)?.automountServiceAccountToken,
    ],
    wanted: ['queue-ui', '/app/dist/operator/queue-ui/main.js', false],
  },
  'queueUi.queues': {
    values: withQueueUi({ queues: ['photos', '{bull}:films'] }),
    gives: (objects) => queueUi(objects)?.containers[0].env,
    wanted: [{ name: 'QUEUES', value: 'photos,{bull}:films' }],
  },
  'queueUi.redisSecret': {
    values: withQueueUi({ redisSecret: { name: 'redis', key: 'reader' } }),
    gives: (objects) => queueUi(objects)?.volumes[0].secret,
    wanted: { secretName: 'redis', items: [{ key: 'reader', path: 'url' }] },
  },
  'queueUi.loginSecret': {
    values: withQueueUi({ loginSecret: 'people' }),
    gives: (objects) => queueUi(objects)?.volumes[1].secret,
    wanted: { secretName: 'people' },
  },
  'queueUi.trustedProxies': {
    values: withQueueUi({ trustedProxies: 1 }),
    gives: (objects) => queueUi(objects)?.containers[0].env[1],
    wanted: { name: 'TRUSTED_PROXIES', value: '1' },
  },
  'queueUi.resources': {
    values: withQueueUi({ resources: { limits: { memory: '1Gi' } } }),
    gives: (objects) => queueUi(objects)?.containers[0].resources.limits.memory,
    wanted: '1Gi',
  },
  extraObjects: {
    values: {
      extraObjects: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '{{ .Release.Name }}-one' } },
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-two\n',
      ],
    },
    gives: (objects) => objects.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name),
    wanted: ['preview-worker-operator-one', 'preview-worker-operator-two'],
  },
};
