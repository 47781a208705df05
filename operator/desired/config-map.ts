import { names } from '../pool/names.ts';
import { type Pool, shutdownGraceSeconds } from '../pool/pool.ts';
import { bytesOf } from '../pool/quantity.ts';
import type { WorkerConfig } from '../pool/worker-config.generated.ts';
import { type Builder, child } from './child.ts';
import { REDIS_FILES } from './paths.ts';

export function workerConfig(pool: Pool): WorkerConfig {
  const { queue, worker } = pool.spec;
  const { redis } = queue;
  const { perJob, sources, sink } = worker;
  const file = (secret: unknown, path: string, field: string) => (secret ? { [field]: path } : {});
  return {
    version: 1,
    pool: { namespace: pool.metadata.namespace ?? 'default', name: pool.metadata.name },
    queue: { name: queue.name, prefix: queue.prefix },
    redis: {
      ...(redis.url ? { url: redis.url } : {}),
      ...file(redis.urlFrom, REDIS_FILES.url, 'urlFile'),
      ...file(redis.usernameFrom, REDIS_FILES.username, 'usernameFile'),
      ...file(redis.passwordFrom, REDIS_FILES.password, 'passwordFile'),
      ...(redis.database === undefined ? {} : { database: redis.database }),
      ...(redis.tls
        ? {
            tls: {
              ...file(redis.tls.caFrom, REDIS_FILES.ca, 'caFile'),
              ...file(redis.tls.certFrom, REDIS_FILES.cert, 'certFile'),
              ...file(redis.tls.keyFrom, REDIS_FILES.key, 'keyFile'),
              ...(redis.tls.serverName ? { serverName: redis.tls.serverName } : {}),
            },
          }
        : {}),
    },
    slots: worker.slots,
    perJob: {
      timeoutSeconds: perJob.timeoutSeconds,
      memoryBytes: bytesOf(perJob.memory),
      sourceBytes: bytesOf(perJob.sourceBytes),
      pixels: perJob.pixels,
      pages: perJob.pages,
      frames: perJob.frames,
      outputBytes: bytesOf(perJob.outputBytes),
    },
    sources: sources.file ? { file: { roots: sources.file.roots.map(({ path }) => ({ path })) } } : {},
    sink: { file: { path: sink.file.path } },
    presets: worker.presets ?? [],
    shutdownGraceSeconds: shutdownGraceSeconds(pool),
    logLevel: worker.logLevel,
  };
}

export const configMap: Builder = (pool) =>
  child(pool, 'v1', 'ConfigMap', names.configMap(pool), {
    data: { 'config.json': JSON.stringify(workerConfig(pool), null, 2) },
  });
