/** What a pool's Redis says, by asking it. */
import type { KubeClient } from '../kube/client.ts';
import type { Facts } from '../pool/facts.ts';
import type { Pool } from '../pool/pool.ts';
import { type RedisConnections, RedisUnreachable } from '../redis/connections.ts';
import { redisEndpoint } from './redis-endpoint.ts';

export async function observeRedis(
  client: KubeClient,
  connections: RedisConnections,
  pool: Pool,
): Promise<Facts['redis']> {
  const endpoint = await redisEndpoint(client, pool);
  if ('reason' in endpoint) return endpoint;
  const { namespace, name } = pool.metadata;
  const { queue } = pool.spec;
  try {
    await connections.ask(`${namespace}/${name}`, endpoint, (redis) =>
      redis.exists(`${queue.prefix}:${queue.name}:meta`),
    );
    return { reason: 'Connected', message: '' };
  } catch (error) {
    if (!(error instanceof RedisUnreachable)) throw error;
    return { reason: 'RedisUnreachable', message: `Redis can not be asked: ${error.message}` };
  }
}
