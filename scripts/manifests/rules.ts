/** What the operator may do outside the pools' namespaces, verb by verb; no wildcard. A test fails on a verb that is refused and on one never used. */
import { POOLS } from '../../operator/pool/pool.ts';
import { QUEUE_API_SERVICE } from '../../operator/queue-api/api.ts';
import { QUEUES_GROUP } from '../../operator/queue-api/pool-load.ts';
import type { Rule } from '../../operator/reconcile/rights.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import { CPU_API_SERVICE } from '../../operator/scaling/metrics-owner.ts';

const LEASE = 'preview-worker-operator';
/** Service, Secret and roles of the aggregated APIs: external metrics and queues. */
export const METRICS = 'preview-worker-operator-metrics';

/** In the operator's own namespace. A name can not be demanded of what is being created. */
export const LEASE_RULES: readonly Rule[] = [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: [LEASE], verbs: ['get', 'update'] },
];

/** Of the aggregated APIs, in the operator's own namespace: their certificate, in a Secret that is there. */
export const CERTIFICATE_RULES: readonly Rule[] = [
  { apiGroups: [''], resources: ['secrets'], resourceNames: [METRICS], verbs: ['get', 'update'] },
];

/** In the whole cluster: whose its external metrics are, and whether there are metrics of CPU. */
export const OWNER_RULES: readonly Rule[] = [
  {
    apiGroups: ['apiregistration.k8s.io'],
    resources: ['apiservices'],
    resourceNames: [API_SERVICE, CPU_API_SERVICE],
    verbs: ['get'],
  },
];

/** Of the aggregated APIs, in the whole cluster: whom to believe (a ConfigMap of kube-system), who may ask, and its own authority told. */
export const METRICS_RULES: readonly Rule[] = [
  {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['extension-apiserver-authentication'],
    verbs: ['get'],
  },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  {
    apiGroups: ['apiregistration.k8s.io'],
    resources: ['apiservices'],
    resourceNames: [API_SERVICE, QUEUE_API_SERVICE],
    verbs: ['get', 'patch'],
  },
];

/** What people get through the cluster's own `view`, `edit` and `admin`. */
export const PEOPLE_RULES: Readonly<Record<'view' | 'edit' | 'admin', readonly Rule[]>> = {
  view: [
    {
      apiGroups: [POOLS.group],
      resources: [POOLS.plural, `${POOLS.plural}/status`],
      verbs: ['get', 'list', 'watch'],
    },
    { apiGroups: [QUEUES_GROUP], resources: ['loads'], verbs: ['list'] },
    { apiGroups: [QUEUES_GROUP], resources: [`${POOLS.plural}/jobs`], verbs: ['get'] },
  ],
  edit: [
    {
      apiGroups: [POOLS.group],
      resources: [POOLS.plural],
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    },
    { apiGroups: [QUEUES_GROUP], resources: [`${POOLS.plural}/jobs`], verbs: ['create'] },
  ],
  admin: [
    {
      apiGroups: [POOLS.group],
      resources: [POOLS.plural],
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
    },
    { apiGroups: [QUEUES_GROUP], resources: [`${POOLS.plural}/jobs`], verbs: ['create'] },
  ],
};
