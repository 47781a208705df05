/**
 * `queues.previews.mobius.dev`: jobs of a pool's queue and the load of each, to people who come through the API server. It says
 * who they are, which no proxy to a pod or Service would (docs/decisions/0008-who-asks-for-jobs.md), and what they may do.
 */
import type { Request } from 'express';
import type { Access } from '../kube/access-review.ts';
import { type Answer, type Api, ApiError, bodyOf } from '../kube/aggregated-server.ts';
import type { Store } from '../kube/store.ts';
import { POOLS, type Pool } from '../pool/pool.ts';
import { type RedisConnections, RedisUnreachable } from '../redis/connections.ts';
import type { PoolLoad } from '../scaling/loads.ts';
import { withoutSecrets } from './job-view.ts';
import { listJobs } from './list-jobs.ts';
import { poolLoadView, QUEUES_GROUP } from './pool-load.ts';
import { pageOf, retryOf, tokenOf } from './requests.ts';
import { retryJobs } from './retry-jobs.ts';
import { Throttle } from './throttle.ts';

const VERSION = 'v1alpha1';
export const QUEUE_API_SERVICE = `${VERSION}.${QUEUES_GROUP}`;
const API_VERSION = `${QUEUES_GROUP}/${VERSION}`;

const ROOT = `^/apis/${QUEUES_GROUP}/${VERSION}`;
const NAME = '([a-z0-9][a-z0-9.-]{0,252})';
const JOBS = new RegExp(`${ROOT}/namespaces/${NAME}/${POOLS.plural}/${NAME}/jobs$`);
const LOADS = new RegExp(`${ROOT}(?:/namespaces/${NAME})?/loads$`);
/** Of all who ask at the same time, each of whom waits for Redis. */
const MOST_AT_ONCE = 16;

export interface QueueApiOptions {
  readonly pools: Pick<Store<Pool>, 'get' | 'list'>;
  readonly connections: Pick<RedisConnections, 'askAgain' | 'endpointOf'>;
  readonly loadOf: (key: string) => PoolLoad | undefined;
  /** Whether all pools are known. */
  readonly isSynced: () => boolean;
  /** Told of each request that gave jobs back. */
  readonly onRetried: (retried: { readonly pool: string; readonly user: string; readonly jobs: number }) => void;
}

export function queueApi(options: QueueApiOptions): Api {
  const throttle = new Throttle({ perSecond: 5, burst: 20 });
  let asking = 0;
  return {
    group: {
      ...{ name: QUEUES_GROUP, version: VERSION },
      resources: [
        { name: 'loads', kind: 'PoolLoad', verbs: ['list'] },
        { name: `${POOLS.plural}/jobs`, kind: 'PreviewJobList', verbs: ['get', 'create'] },
      ],
    },
    accessOf,
    answer: async (request, { username }) => {
      const wait = asking >= MOST_AT_ONCE ? 1 : throttle.take(username);
      if (wait !== undefined)
        throw new ApiError(429, 'TooManyRequests', `too many requests: ask again in ${wait} s`, wait);
      if (!options.isSynced())
        throw new ApiError(503, 'ServiceUnavailable', 'this operator has just started: ask again in some seconds', 2);
      asking += 1;
      try {
        return await answerOf(options, request, username);
      } catch (error) {
        if (!(error instanceof RedisUnreachable)) throw error;
        const told = withoutSecrets(error.message).slice(0, 300);
        // Ours to tell in words that help: Redis' own are about a command that nobody has given.
        if (/NOPERM|permission/i.test(told)) throw new ApiError(502, 'RedisRefuses', `${REFUSED} (${told})`);
        throw new ApiError(503, 'ServiceUnavailable', `Redis can not be asked now: ${told}`, 2);
      } finally {
        asking -= 1;
      }
    },
  };
}

const REFUSED =
  'Redis refuses this to the operator’s user: docs/redis.md has the rights that looking at jobs and giving them back take';

function accessOf({ path, method }: Request): Access | undefined {
  const base = { group: QUEUES_GROUP, version: VERSION };
  const [, namespace, name] = JOBS.exec(path) ?? [];
  if (namespace !== undefined && name !== undefined) {
    const verb = method === 'GET' ? 'get' : 'create';
    return { resourceAttributes: { ...base, resource: POOLS.plural, subresource: 'jobs', namespace, name, verb } };
  }
  const loads = LOADS.exec(path);
  if (loads === null || method !== 'GET') return undefined;
  const [, within] = loads;
  return {
    resourceAttributes: {
      ...{ ...base, resource: 'loads', verb: 'list' },
      ...(within === undefined ? {} : { namespace: within }),
    },
  };
}

async function answerOf(options: QueueApiOptions, request: Request, user: string): Promise<Answer> {
  const { pools, connections, loadOf, onRetried } = options;
  const [, namespace, name] = JOBS.exec(request.path) ?? [];
  if (namespace === undefined) {
    const [, within] = LOADS.exec(request.path) ?? [];
    const items = pools
      .list()
      .filter(({ metadata }) => within === undefined || metadata.namespace === within)
      .map((pool) => ({
        ...{ kind: 'PoolLoad', apiVersion: API_VERSION },
        ...poolLoadView(pool, loadOf(`${pool.metadata.namespace}/${pool.metadata.name}`)),
      }));
    return { body: { kind: 'PoolLoadList', apiVersion: API_VERSION, metadata: {}, items } };
  }
  const key = `${namespace}/${name}`;
  const pool = pools.get(key);
  if (pool === undefined)
    throw new ApiError(404, 'NotFound', `there is no pool ${key} in the namespaces that this operator watches`);
  if (request.method === 'GET') {
    const page = pageOf(request.query);
    const { next, items, ...rest } = await connections.askAgain(key, (redis) => listJobs(redis, pool.spec.queue, page));
    const metadata = next ? { continue: tokenOf(next) } : {};
    return { body: { kind: 'PreviewJobList', apiVersion: API_VERSION, metadata, ...rest, items } };
  }
  const wanted = retryOf(await bodyOf(request));
  const endpoint = connections.endpointOf(key);
  if (endpoint === undefined) throw new RedisUnreachable('the pool holds no connection: its conditions say why');
  const answer = await retryJobs(endpoint, pool.spec.queue, wanted);
  if (answer.retried.length > 0) onRetried({ pool: key, user, jobs: answer.retried.length });
  return { body: { kind: 'PreviewJobRetry', apiVersion: API_VERSION, ...answer } };
}
