/** How a pool's workers come to Redis: what their configuration says, and the files that it names. */
import type { Pool, SecretKey } from '../pool/pool.ts';
import type { WorkerConfig } from '../pool/worker-config.generated.ts';
import { REDIS_FILES } from './paths.ts';

/** Each key of a Secret that the pool names, and the file that it becomes in the worker. */
export function redisSecrets({ spec }: Pool): { readonly key: SecretKey; readonly file: string }[] {
  const { urlFrom, usernameFrom, passwordFrom, sentinel, tls } = spec.queue.redis;
  const wanted: [SecretKey | undefined, string][] = [
    [urlFrom, REDIS_FILES.url],
    [usernameFrom, REDIS_FILES.username],
    [passwordFrom, REDIS_FILES.password],
    [sentinel?.passwordFrom, REDIS_FILES.sentinelPassword],
    [tls?.caFrom, REDIS_FILES.ca],
    [tls?.certFrom, REDIS_FILES.cert],
    [tls?.keyFrom, REDIS_FILES.key],
  ];
  return wanted.flatMap(([key, file]) => (key ? [{ key, file }] : []));
}

export function redisOf({ spec }: Pool): WorkerConfig['redis'] {
  const { url, urlFrom, sentinel, cluster, usernameFrom, passwordFrom, tls, database } = spec.queue.redis;
  const file = (secret: unknown, path: string, field: string) => (secret ? { [field]: path } : {});
  return {
    ...(url === undefined ? {} : { url }),
    ...file(urlFrom, REDIS_FILES.url, 'urlFile'),
    ...(sentinel === undefined
      ? {}
      : {
          sentinel: {
            masterName: sentinel.masterName,
            nodes: sentinel.nodes.map(({ host, port }) => ({ host, port })),
            ...file(sentinel.passwordFrom, REDIS_FILES.sentinelPassword, 'passwordFile'),
          },
        }),
    ...(cluster === undefined ? {} : { cluster: { nodes: cluster.nodes.map(({ host, port }) => ({ host, port })) } }),
    ...file(usernameFrom, REDIS_FILES.username, 'usernameFile'),
    ...file(passwordFrom, REDIS_FILES.password, 'passwordFile'),
    ...(database === undefined ? {} : { database }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...file(tls.caFrom, REDIS_FILES.ca, 'caFile'),
            ...file(tls.certFrom, REDIS_FILES.cert, 'certFile'),
            ...file(tls.keyFrom, REDIS_FILES.key, 'keyFile'),
            ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
          },
        }),
  };
}
