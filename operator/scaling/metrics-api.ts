/**
 * `external.metrics.k8s.io` as far as it is ours: one metric, the number of workers that a pool needs, computed when a
 * HorizontalPodAutoscaler asks. A number that is not known is an error, for then it holds.
 */
import type { Request } from 'express';
import type { Access } from '../kube/access-review.ts';
import { type Answer, ApiError } from '../kube/aggregated-server.ts';
import { POOL_LABEL, WORKERS_METRIC } from '../pool/names.ts';

const GROUP = 'external.metrics.k8s.io';
const VERSION = 'v1beta1';
export const API_SERVICE = `${VERSION}.${GROUP}`;

const ROOT = `/apis/${GROUP}`;
const VALUE = new RegExp(`^${ROOT}/${VERSION}/namespaces/([a-z0-9.-]{1,253})/([a-z0-9-]{1,253})$`);
/** One pool, as Kubernetes writes it. */
const SELECTOR = new RegExp(`^${POOL_LABEL}==?([a-z0-9.-]{1,63})$`);

const KIND = 'ExternalMetricValueList';
const VERSIONED = { groupVersion: `${GROUP}/${VERSION}`, version: VERSION };
/** What the API server asks for all groups at once; without it, it asks again as a user who may nothing. */
const AGGREGATED_DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const DISCOVERY: Readonly<Record<string, object>> = {
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [
      {
        metadata: { name: GROUP },
        versions: [
          {
            version: VERSION,
            freshness: 'Current',
            resources: [
              {
                resource: WORKERS_METRIC,
                responseKind: { group: GROUP, version: VERSION, kind: KIND },
                scope: 'Namespaced',
                singularResource: '',
                verbs: ['get'],
              },
            ],
          },
        ],
      },
    ],
  },
  [ROOT]: { kind: 'APIGroup', apiVersion: 'v1', name: GROUP, versions: [VERSIONED], preferredVersion: VERSIONED },
  [`${ROOT}/${VERSION}`]: {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: `${GROUP}/${VERSION}`,
    resources: [{ name: WORKERS_METRIC, singularName: '', namespaced: true, kind: KIND, verbs: ['get'] }],
  },
};

export function accessOf({ path }: Request): Access | undefined {
  const [, namespace, resource] = VALUE.exec(path) ?? [];
  if (namespace !== undefined && resource !== undefined)
    return { resourceAttributes: { group: GROUP, version: VERSION, resource, namespace, verb: 'list' } };
  return path in DISCOVERY ? { nonResourceAttributes: { path, verb: 'get' } } : undefined;
}

/** `wanted` is asked for one pool by its `podIndexKey`, and throws an ApiError where there is no number. */
export function metricsApi(
  wanted: (key: string) => Promise<number>,
  now: () => Date = () => new Date(),
): (request: Request) => Promise<Answer> {
  return async ({ path, query }) => {
    const discovery = DISCOVERY[path];
    if (discovery) return { body: discovery, ...(path === '/apis' ? { type: AGGREGATED_DISCOVERY } : {}) };
    const [, namespace = '', metric = ''] = VALUE.exec(path) ?? [];
    if (metric !== WORKERS_METRIC)
      throw new ApiError(404, 'NotFound', `there is no metric ${metric}: the only one is ${WORKERS_METRIC}`);
    const [, label] = SELECTOR.exec(String(query['labelSelector'] ?? '')) ?? [];
    if (label === undefined)
      throw new ApiError(400, 'BadRequest', `name one pool: labelSelector has to be ${POOL_LABEL}=<name>`);
    const value = await wanted(`${namespace}/${label}`);
    const item = { metricName: metric, metricLabels: { [POOL_LABEL]: label }, timestamp: now(), value: String(value) };
    return { body: { kind: KIND, apiVersion: `${GROUP}/${VERSION}`, metadata: {}, items: [item] } };
  };
}
