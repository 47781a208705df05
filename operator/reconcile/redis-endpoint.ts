/** A pool's Redis with what its Secrets hold now: read at each look, so that a rotation needs no restart. */
import type { KubeClient } from '../kube/client.ts';
import type { Pool, SecretKey } from '../pool/pool.ts';
import { type Credentials, endpointOfUrl, type RedisEndpoint, seenFromOutside } from '../redis/endpoint.ts';
import { secretData, secretKeyName } from './secrets.ts';

/** Why there is no endpoint to ask. */
export interface NoEndpoint {
  readonly reason: 'SecretNotFound' | 'RedisUnreachable';
  readonly message: string;
}

export async function redisEndpoint(client: KubeClient, pool: Pool): Promise<RedisEndpoint | NoEndpoint> {
  const { redis } = pool.spec.queue;
  const missing: string[] = [];
  const secrets = new Map<string, ReturnType<typeof secretData>>();
  const read = async (key: SecretKey | undefined): Promise<string | undefined> => {
    if (key === undefined) return undefined;
    const data = secrets.get(key.name) ?? secretData(client, pool, key.name);
    secrets.set(key.name, data);
    const value = (await data)?.[key.key];
    if (value === undefined) missing.push(secretKeyName(key));
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString().trim();
  };
  const { tls } = redis;
  const [url, username, password, sentinelPassword, ca, cert, key] = await Promise.all([
    read(redis.urlFrom),
    read(redis.usernameFrom),
    read(redis.passwordFrom),
    read(redis.sentinel?.passwordFrom),
    read(tls?.caFrom),
    read(tls?.certFrom),
    read(tls?.keyFrom),
  ]);
  if (missing.length > 0)
    return { reason: 'SecretNotFound', message: `there is no ${missing.sort().join(' and no ')}` };
  const credentials: Credentials = {
    ...given('username', username),
    ...given('password', password),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...given('ca', ca),
            ...given('cert', cert),
            ...given('key', key),
            ...given('servername', tls.serverName),
          },
        }),
  };
  const endpoint = endpointFrom(redis, credentials, url, sentinelPassword);
  return 'reason' in endpoint ? endpoint : seenFromOutside(endpoint, pool.metadata.namespace ?? 'default');
}

function endpointFrom(
  redis: Pool['spec']['queue']['redis'],
  credentials: Credentials,
  url: string | undefined,
  sentinelPassword: string | undefined,
): RedisEndpoint | NoEndpoint {
  const { sentinel, cluster, database = 0 } = redis;
  if (cluster !== undefined) return { form: 'cluster', nodes: cluster.nodes, ...credentials };
  if (sentinel !== undefined) {
    const { masterName, nodes } = sentinel;
    return {
      form: 'sentinel',
      masterName,
      nodes,
      database,
      ...credentials,
      ...given('sentinelPassword', sentinelPassword),
    };
  }
  const endpoint = endpointOfUrl(redis.url ?? url ?? '');
  if (endpoint !== undefined) {
    return { ...endpoint, ...credentials, ...(redis.url === undefined ? {} : { database }) };
  }
  const shape =
    'redis://[user:password@]host[:port][/database], with special characters of the password percent-encoded';
  return {
    reason: 'RedisUnreachable',
    message:
      redis.url === undefined ? `the Secret of urlFrom does not hold a URL like ${shape}` : `url is not like ${shape}`,
  };
}

/** Empty means absent: a Secret's key that is empty holds no password. */
function given<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined || value === '' ? {} : { [key]: value }) as { [key in K]?: string };
}
