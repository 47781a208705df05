/** Asks the operator for jobs and loads, below the API server: it says who asks, so that no credential leaves this machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError } from '../kube/errors.ts';
import { POOLS } from '../pool/pool.ts';
import { QUEUES_GROUP } from '../queue-api/pool-load.ts';
import { type Cluster, checkName } from './cluster.ts';

export const QUEUES_VERSION = `${QUEUES_GROUP}/v1alpha1`;
const ROOT = `/apis/${QUEUES_VERSION}`;
/** Also of an operator that is just being replaced by another. */
const TRIES = 5;
const LONGEST_PAUSE_SECONDS = 10;

export function jobsPath(namespace: string, pool: string): string {
  checkName(pool);
  return `${ROOT}/namespaces/${namespace}/${POOLS.plural}/${pool}/jobs`;
}

/** `namespace` undefined: of all. */
export const loadsPath = (namespace: string | undefined): string =>
  namespace === undefined ? `${ROOT}/loads` : `${ROOT}/namespaces/${namespace}/loads`;

export const askQueue = <T>(
  { client }: Cluster,
  path: string,
  query: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<T> =>
  patiently(client, () => client.get<T>(path, { query, ...(signal ? { signal } : {}) }), {
    ...(signal ? { signal } : {}),
  });

/** Asked again only where nothing was done: when it was one request too many. */
export const tellQueue = <T>({ client }: Cluster, path: string, body: object): Promise<T> =>
  patiently(client, () => client.create<T>(path, body), { statuses: [429] });

async function patiently<T>(
  client: Cluster['client'],
  ask: () => Promise<T>,
  { statuses = [429, 503], signal }: { readonly statuses?: readonly number[]; readonly signal?: AbortSignal },
): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      // What the operator itself asks to be asked again for says when.
      const isWorthIt = statuses.includes(error.status) && error.retryAfterSeconds !== undefined && left > 1;
      if (!isWorthIt) throw inWords(error, error.isForbidden && (await isAbsent(client)));
      const seconds = Math.min(LONGEST_PAUSE_SECONDS, Math.max(1, error.retryAfterSeconds ?? 1));
      await sleep(seconds * 1000, undefined, signal ? { signal } : {});
    }
  }
}

/** Who has no right in a group is told so before it is looked whether there is one; discovery is for everybody. */
const isAbsent = (client: Cluster['client']): Promise<boolean> =>
  client.get<object>(`/apis/${QUEUES_GROUP}`).then(
    () => false,
    (error: unknown) => error instanceof KubeError && error.isNotFound,
  );

function inWords(error: KubeError, hasNoApi: boolean): Error {
  const said = error.message.replace(/^[A-Z]+ \S+: /, '').replace(/ \(\d+\)$/, '');
  if (hasNoApi || (error.status === 404 && !said.startsWith('there is no pool')))
    return new Error(
      `this cluster has no ${QUEUES_GROUP}: config/operator has it (queue-api.yaml, and QUEUE_API=true for the operator), and so has the chart (queueApi.enabled). An operator with --watch-namespaces has none: there pwp status and pwp explain tell of pools, and preview-worker retry, in a worker’s pod, gives jobs back`,
    );
  if (error.isForbidden)
    return new Error(
      `you may not: the cluster’s roles view (to look) and edit (to give back) have this right, by the operator’s ClusterRoles (…-pools-view, …-pools-edit). The API server says: ${said}`,
    );
  if (error.status === 503 && error.retryAfterSeconds === undefined)
    return new Error(`the operator does not answer: is it running? The API server says: ${said}`);
  return new Error(said);
}
