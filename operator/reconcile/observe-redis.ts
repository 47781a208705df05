/** What a pool's Redis says, of itself, of the queue and of the workers on it. */
import type { KubeClient } from '../kube/client.ts';
import type { Facts } from '../pool/facts.ts';
import type { Pool } from '../pool/pool.ts';
import { redisStateOf } from '../pool/redis-state.ts';
import type { WorkerPod } from '../pool/worker-pod.ts';
import { type RedisConnections, RedisUnreachable } from '../redis/connections.ts';
import { readHeartbeats } from '../redis/heartbeats.ts';
import type { Neighbours } from '../redis/neighbours.ts';
import type { Preflight } from '../redis/preflight.ts';
import { isQueueThere, legacyKeys } from '../scaling/backlog.ts';
import { type Load, readLoad } from '../scaling/load.ts';
import { redisEndpoint } from './redis-endpoint.ts';

export interface RedisWatch {
  readonly connections: RedisConnections;
  readonly preflight: Preflight;
  readonly neighbours: Neighbours;
}

export interface SeenRedis extends Pick<Facts, 'redis' | 'queue'> {
  /** Or why there is none; undefined where nobody could be asked. */
  readonly load?: Load | { readonly message: string };
}

export async function observeRedis(
  client: KubeClient,
  { connections, preflight, neighbours }: RedisWatch,
  pool: Pool,
  pods: readonly WorkerPod[],
): Promise<SeenRedis> {
  const {
    metadata,
    spec: { queue },
  } = pool;
  const key = `${metadata.namespace}/${metadata.name}`;
  let endpoint: Awaited<ReturnType<typeof redisEndpoint>> | undefined;
  try {
    endpoint = await redisEndpoint(client, pool);
  } finally {
    // Also when the Secret could not be read: the others need not wait for it.
    const known = endpoint === undefined || 'reason' in endpoint ? undefined : endpoint;
    neighbours.note(key, queue, known);
  }
  if ('reason' in endpoint) return { redis: endpoint };
  try {
    return await connections.ask(key, endpoint, async (redis) => {
      const isThere = await isQueueThere(redis, queue);
      const [servers, load, legacy, heartbeats] = await Promise.all([
        preflight.of(redis),
        readLoad(redis, queue),
        orNone(legacyKeys(redis, queue)),
        orNone(readHeartbeats(redis, pool, pods)),
      ]);
      return {
        redis: redisStateOf(servers, legacy, 'reason' in load ? load.message : undefined),
        queue: { isThere, heartbeats },
        load,
      };
    });
  } catch (error) {
    if (!(error instanceof RedisUnreachable)) throw error;
    const { message } = error;
    return { redis: { reason: 'RedisUnreachable', message: `Redis can not be asked: ${message}` }, load: { message } };
  }
}

/** What others wrote where ours should be, or a right that is missing, is no outage: then nothing is told. */
function orNone<T>(look: Promise<T[]>): Promise<T[]> {
  return look.catch((error: Error) => {
    if (error.name !== 'ReplyError') throw error;
    return [];
  });
}
