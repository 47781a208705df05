import { scratchNeeds } from '../pool/job-needs.ts';
import { names } from '../pool/names.ts';
import type { Pool, SecretKey } from '../pool/pool.ts';
import { CONFIG_FOLDER, REDIS_FOLDER, S3_FOLDER, SCRATCH } from './paths.ts';
import { redisSecrets } from './redis.ts';
import { s3Secrets } from './s3.ts';

interface Volumes {
  readonly volumes: readonly unknown[];
  /** The worker sees everything; the renderer its configuration and the scratch folder, nothing else. */
  readonly workerMounts: readonly unknown[];
  readonly rendererMounts: readonly unknown[];
}

export function volumes(pool: Pool): Volumes {
  const { sources, sink } = pool.spec.worker;
  const { medium, sizeLimit } = pool.spec.template.scratch;
  const folders = [
    ...(sources.file?.roots ?? []).map((root) => ({ ...root, readOnly: true })),
    ...(sink.file ? [{ ...sink.file, readOnly: false }] : []),
  ];
  const claims = [...new Set(folders.map(({ claimName }) => claimName))];
  const volumeOf = (claimName: string) => `claim-${claims.indexOf(claimName)}`;
  const credentials = [
    {
      name: 'redis',
      folder: REDIS_FOLDER,
      sources: redisSecrets(pool).map(({ key, file }) => projected(key, file, REDIS_FOLDER)),
    },
    { name: 's3', folder: S3_FOLDER, sources: s3Secrets(pool).map(({ key, file }) => projected(key, file, S3_FOLDER)) },
  ].filter((volume) => volume.sources.length > 0);
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
          ...(medium === 'Memory' ? { medium } : {}),
          sizeLimit: String(sizeLimit ?? scratchNeeds(pool).ample),
        },
      },
      ...credentials.map((volume) => ({
        name: volume.name,
        projected: { defaultMode: 0o440, sources: volume.sources },
      })),
      ...claims.map((claimName) => ({ name: volumeOf(claimName), persistentVolumeClaim: { claimName } })),
    ],
    workerMounts: [
      ...shared,
      ...credentials.map(({ name, folder }) => ({ name, mountPath: folder, readOnly: true })),
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
function projected({ name, key }: SecretKey, file: string, folder: string): unknown {
  return { secret: { name, items: [{ key, path: file.slice(folder.length + 1) }] } };
}
