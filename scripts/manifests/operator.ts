/** The operator's own objects, as plain data: what `config/` holds. */
import { QUEUE_API_SERVICE } from '../../operator/queue-api/api.ts';
import { QUEUES_GROUP } from '../../operator/queue-api/pool-load.ts';
import { POOL_RULES, type Rule } from '../../operator/reconcile/rights.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import { CERTIFICATE_RULES, LEASE_RULES, METRICS, METRICS_RULES, OWNER_RULES, PEOPLE_RULES } from './rules.ts';

export const OPERATOR = 'preview-worker-operator';
export const IMAGE = 'mobius-preview-worker-operator:0.1.0';
export const LABELS = {
  'app.kubernetes.io/name': OPERATOR,
  'app.kubernetes.io/component': 'operator',
  'app.kubernetes.io/part-of': 'preview-worker',
};
export const SELECTOR = { 'app.kubernetes.io/name': OPERATOR, 'app.kubernetes.io/component': 'operator' };

/** What the Pod Security level `restricted` asks for, and a root that nobody writes. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 1000,
  seccompProfile: { type: 'RuntimeDefault' },
};
export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

export type Manifest = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, name: string, body: object, labels: object = LABELS): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, labels },
  ...body,
});

/** Namespaced ones carry no namespace: the kustomization sets it. */
export const namespaced = (apiVersion: string, kind: string, name: string, body: object): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: OPERATOR, labels: LABELS },
  ...body,
});

const RBAC = 'rbac.authorization.k8s.io';
const subjects = [{ kind: 'ServiceAccount', name: OPERATOR, namespace: OPERATOR }];
const roleRef = (kind: 'Role' | 'ClusterRole', name: string) => ({ apiGroup: RBAC, kind, name });

/** A Role and its binding, in the operator's namespace. */
const role = (name: string, rules: readonly Rule[]): Manifest[] => [
  namespaced(`${RBAC}/v1`, 'Role', name, { rules }),
  namespaced(`${RBAC}/v1`, 'RoleBinding', name, { roleRef: roleRef('Role', name), subjects }),
];

const leaseRole = role(`${OPERATOR}-lease`, LEASE_RULES);
const poolRole = role(`${OPERATOR}-pools`, POOL_RULES);
const clusterRole = [
  object(`${RBAC}/v1`, 'ClusterRole', OPERATOR, { rules: [...POOL_RULES, ...OWNER_RULES] }),
  object(`${RBAC}/v1`, 'ClusterRoleBinding', OPERATOR, { roleRef: roleRef('ClusterRole', OPERATOR), subjects }),
];

/** One APIService each; their Service leads to every operator that is ready, and the certificate comes at run time. */
const apiService = (name: string, group: string, version: string): Manifest =>
  object('apiregistration.k8s.io/v1', 'APIService', name, {
    spec: {
      ...{ group, version, groupPriorityMinimum: 100, versionPriority: 100 },
      service: { namespace: OPERATOR, name: METRICS, port: 443 },
    },
  });
const metricsApi = [apiService(API_SERVICE, 'external.metrics.k8s.io', 'v1beta1')];
const queueApi = [apiService(QUEUE_API_SERVICE, QUEUES_GROUP, 'v1alpha1')];
const aggregatedApi = [
  namespaced('v1', 'Service', METRICS, {
    spec: { selector: SELECTOR, ports: [{ name: 'https', port: 443, targetPort: 'metrics-api' }] },
  }),
  namespaced('v1', 'Secret', METRICS, { type: 'Opaque' }),
  ...role(METRICS, CERTIFICATE_RULES),
  object(`${RBAC}/v1`, 'ClusterRole', METRICS, { rules: METRICS_RULES }),
  object(`${RBAC}/v1`, 'ClusterRoleBinding', METRICS, { roleRef: roleRef('ClusterRole', METRICS), subjects }),
];

/** For people: each flows into the cluster's own role of that name. */
const peopleRoles = Object.entries(PEOPLE_RULES).map(([name, rules]) =>
  object(
    `${RBAC}/v1`,
    'ClusterRole',
    `preview-worker-pools-${name}`,
    { rules },
    { ...LABELS, [`${RBAC}/aggregate-to-${name}`]: 'true' },
  ),
);

const namespace = object(
  'v1',
  'Namespace',
  OPERATOR,
  {},
  { ...LABELS, 'pod-security.kubernetes.io/enforce': 'restricted' },
);

const serviceAccount = namespaced('v1', 'ServiceAccount', OPERATOR, { automountServiceAccountToken: false });

const disruptionBudget = namespaced('policy/v1', 'PodDisruptionBudget', OPERATOR, {
  spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: SELECTOR } },
});

const metricsService = namespaced('v1', 'Service', OPERATOR, {
  spec: { clusterIP: 'None', selector: SELECTOR, ports: [{ name: 'http', port: 8080, targetPort: 'http' }] },
});

const deployment = ({ env = [], ports = [] }: { env?: readonly object[]; ports?: readonly object[] }): Manifest =>
  namespaced('apps/v1', 'Deployment', OPERATOR, {
    spec: {
      replicas: 2,
      // A new one is Ready as a standby before an old one goes: the Lease moves once.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: OPERATOR,
          automountServiceAccountToken: true,
          terminationGracePeriodSeconds: 30,
          securityContext: POD_SECURITY,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: SELECTOR },
            },
          ],
          containers: [
            {
              name: 'operator',
              image: IMAGE,
              env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, ...env],
              ports: [{ name: 'http', containerPort: 8080 }, ...ports],
              // Its address leaves the Services before it stops to listen.
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
              livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, failureThreshold: 6 },
              readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 5 },
              resources: {
                requests: { cpu: '50m', memory: '128Mi', 'ephemeral-storage': '16Mi' },
                limits: { memory: '512Mi', 'ephemeral-storage': '512Mi' },
              },
              securityContext: CONTAINER_SECURITY,
            },
          ],
        },
      },
    },
  });

/** By file name. */
type Folder = Readonly<Record<string, readonly Manifest[]>>;

const around: Folder = {
  'service-account.yaml': [serviceAccount],
  'lease-role.yaml': leaseRole,
  'service.yaml': [metricsService],
  'disruption-budget.yaml': [disruptionBudget],
};

/** Watches all namespaces. */
export const clusterWide: Folder = {
  'namespace.yaml': [namespace],
  ...around,
  'cluster-role.yaml': clusterRole,
  'people-roles.yaml': peopleRoles,
  'aggregated-api.yaml': aggregatedApi,
  'metrics-api.yaml': metricsApi,
  'queue-api.yaml': queueApi,
  'deployment.yaml': [
    deployment({
      env: [
        { name: 'EXTERNAL_METRICS', value: 'true' },
        { name: 'QUEUE_API', value: 'true' },
      ],
      ports: [{ name: 'metrics-api', containerPort: 8443 }],
    }),
  ],
};

/** Watches its own namespace, and has no right in any other. */
export const ownNamespace: Folder = {
  ...around,
  'pool-role.yaml': poolRole,
  'deployment.yaml': [
    deployment({
      env: [{ name: 'WATCH_NAMESPACES', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    }),
  ],
};

/** What an operator elsewhere may do in one namespace that it watches: an overlay names that namespace. */
export const watchedNamespace: Folder = { 'pool-role.yaml': poolRole };
