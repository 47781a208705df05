/**
 * `external.metrics.k8s.io` as far as it is ours: one metric, the number of workers that a pool needs, computed when a
 * HorizontalPodAutoscaler asks. A number that is not known is an error, for then it holds.
 */
import type { Request } from 'express';
import type { Access } from '../kube/access-review.ts';
import { type Answer, type Api, ApiError } from '../kube/aggregated-server.ts';
import { POOL_LABEL, WORKERS_METRIC } from '../pool/names.ts';

const GROUP = 'external.metrics.k8s.io';
const VERSION = 'v1beta1';
export const API_SERVICE = `${VERSION}.${GROUP}`;

const VALUE = new RegExp(`^/apis/${GROUP}/${VERSION}/namespaces/([a-z0-9.-]{1,253})/([a-z0-9-]{1,253})$`);
/** One pool, as Kubernetes writes it. */
const SELECTOR = new RegExp(`^${POOL_LABEL}==?([a-z0-9.-]{1,63})$`);

const KIND = 'ExternalMetricValueList';

/** `wanted` is asked for one pool by its `podIndexKey`, and throws an ApiError where there is no number. */
export const metricsApi = (wanted: (key: string) => Promise<number>, now: () => Date = () => new Date()): Api => ({
  group: { name: GROUP, version: VERSION, resources: [{ name: WORKERS_METRIC, kind: KIND, verbs: ['get'] }] },
  accessOf,
  answer: ({ path, query }) => wantedBy(path, String(query['labelSelector'] ?? ''), { wanted, now }),
});

function accessOf({ path, method }: Request): Access | undefined {
  const [, namespace, resource] = VALUE.exec(path) ?? [];
  return namespace !== undefined && resource !== undefined && method === 'GET'
    ? { resourceAttributes: { group: GROUP, version: VERSION, resource, namespace, verb: 'list' } }
    : undefined;
}

async function wantedBy(
  path: string,
  labelSelector: string,
  { wanted, now }: { wanted: (key: string) => Promise<number>; now: () => Date },
): Promise<Answer> {
  const [, namespace = '', metric = ''] = VALUE.exec(path) ?? [];
  if (metric !== WORKERS_METRIC)
    throw new ApiError(404, 'NotFound', `there is no metric ${metric}: the only one is ${WORKERS_METRIC}`);
  const [, label] = SELECTOR.exec(labelSelector) ?? [];
  if (label === undefined)
    throw new ApiError(400, 'BadRequest', `name one pool: labelSelector has to be ${POOL_LABEL}=<name>`);
  const value = await wanted(`${namespace}/${label}`);
  const item = { metricName: metric, metricLabels: { [POOL_LABEL]: label }, timestamp: now(), value: String(value) };
  return { body: { kind: KIND, apiVersion: `${GROUP}/${VERSION}`, metadata: {}, items: [item] } };
}
