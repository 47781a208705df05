import { names } from '../pool/names.ts';
import type { Pool, SecretKey } from '../pool/pool.ts';
import { bytesOf } from '../pool/quantity.ts';
import { CONFIG_FOLDER, REDIS_FILES, REDIS_FOLDER, SCRATCH } from './paths.ts';

interface Volumes {
  readonly volumes: readonly unknown[];
  /** The worker sees everything; the renderer its configuration and the scratch folder, nothing else. */
  readonly workerMounts: readonly unknown[];
  readonly rendererMounts: readonly unknown[];
}

/** Beside the jobs' files the renderer keeps the fonts it draws with: 14 MB and their index. */
const FONT_BYTES = 32 * 2 ** 20;

export function volumes(pool: Pool): Volumes {
  const { slots, perJob, sources, sink } = pool.spec.worker;
  const folders = [
    ...(sources.file?.roots ?? []).map((root) => ({ ...root, readOnly: true })),
    { ...sink.file, readOnly: false },
  ];
  const claims = [...new Set(folders.map(({ claimName }) => claimName))];
  const volumeOf = (claimName: string) => `claim-${claims.indexOf(claimName)}`;
  const redis = redisSecrets(pool);
  const shared = [
    { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
    { name: 'scratch', mountPath: SCRATCH },
  ];
  return {
    volumes: [
      { name: 'config', configMap: { name: names.configMap(pool) } },
      {
        name: 'scratch',
        emptyDir: {
          sizeLimit: String(slots * (bytesOf(perJob.sourceBytes) + 4 * bytesOf(perJob.outputBytes)) + FONT_BYTES),
        },
      },
      ...(redis.length > 0 ? [{ name: 'redis', projected: { defaultMode: 0o440, sources: redis } }] : []),
      ...claims.map((claimName) => ({ name: volumeOf(claimName), persistentVolumeClaim: { claimName } })),
    ],
    workerMounts: [
      ...shared,
      ...(redis.length > 0 ? [{ name: 'redis', mountPath: REDIS_FOLDER, readOnly: true }] : []),
      ...folders.map(({ path, claimName, readOnly }) => ({
        name: volumeOf(claimName),
        mountPath: path,
        ...(readOnly ? { readOnly } : {}),
      })),
    ],
    rendererMounts: shared,
  };
}

/** Credentials as files: the kubelet renews them in place, so a rotation rolls no pod. */
function redisSecrets(pool: Pool): unknown[] {
  const { urlFrom, usernameFrom, passwordFrom, tls } = pool.spec.queue.redis;
  const wanted: [SecretKey | undefined, string][] = [
    [urlFrom, REDIS_FILES.url],
    [usernameFrom, REDIS_FILES.username],
    [passwordFrom, REDIS_FILES.password],
    [tls?.caFrom, REDIS_FILES.ca],
    [tls?.certFrom, REDIS_FILES.cert],
    [tls?.keyFrom, REDIS_FILES.key],
  ];
  return wanted.flatMap(([secret, file]) =>
    secret
      ? [{ secret: { name: secret.name, items: [{ key: secret.key, path: file.slice(REDIS_FOLDER.length + 1) }] } }]
      : [],
  );
}
