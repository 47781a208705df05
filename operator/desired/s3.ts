/** Object stores of a pool: what the worker is told of them, and the Secrets that their keys come from. */
import type { Pool, SecretKey } from '../pool/pool.ts';
import type { PoolSpec } from '../pool/spec.generated.ts';
import type { S3Credentials, WorkerConfig } from '../pool/worker-config.generated.ts';
import { S3_FILES } from './paths.ts';

type Side = keyof typeof S3_FILES;
type Service = Omit<NonNullable<PoolSpec['worker']['sink']['s3']>, 'bucket' | 'prefix'>;

export function s3Source(pool: Pool): WorkerConfig['sources']['s3'] {
  const { s3 } = pool.spec.worker.sources;
  return s3 && { ...serviceOf(s3, 'source'), ...(s3.buckets ? { buckets: s3.buckets } : {}) };
}

export function s3Sink(pool: Pool): WorkerConfig['sink']['s3'] {
  const { s3 } = pool.spec.worker.sink;
  return s3 && { ...serviceOf(s3, 'sink'), bucket: s3.bucket, ...(s3.prefix ? { prefix: s3.prefix } : {}) };
}

/** Each key of a Secret with the file that it is mounted as. */
export function s3Secrets({ spec: { worker } }: Pool): { readonly key: SecretKey; readonly file: string }[] {
  const credentials = { source: worker.sources.s3?.credentialsFrom, sink: worker.sink.s3?.credentialsFrom };
  return (['source', 'sink'] as const).flatMap((side) => {
    const from = credentials[side];
    if (from === undefined) return [];
    return [
      { key: { name: from.name, key: from.accessKeyIdKey }, file: S3_FILES[side].accessKeyId },
      { key: { name: from.name, key: from.secretAccessKeyKey }, file: S3_FILES[side].secretAccessKey },
    ];
  });
}

function serviceOf({ endpoint, region, forcePathStyle, credentialsFrom }: Service, side: Side) {
  const { accessKeyId, secretAccessKey } = S3_FILES[side];
  const credentials: S3Credentials = { accessKeyIdFile: accessKeyId, secretAccessKeyFile: secretAccessKey };
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
    ...(credentialsFrom === undefined ? {} : { credentials }),
  };
}
