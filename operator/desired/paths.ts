/** Where things lie in a worker's pod: the contract between the pod's template and the image. */
export const CONFIG_FOLDER = '/etc/preview-worker/config';
export const SCRATCH = '/scratch';
export const SOCKET = `${SCRATCH}/renderer.sock`;
const REDIS_FOLDER = '/etc/preview-worker/redis';
export const REDIS_FILES = {
  url: `${REDIS_FOLDER}/url`,
  username: `${REDIS_FOLDER}/username`,
  password: `${REDIS_FOLDER}/password`,
  sentinelPassword: `${REDIS_FOLDER}/sentinel-password`,
  ca: `${REDIS_FOLDER}/ca.crt`,
  cert: `${REDIS_FOLDER}/tls.crt`,
  key: `${REDIS_FOLDER}/tls.key`,
} as const;
const S3_FOLDER = '/etc/preview-worker/s3';
export const S3_FILES = {
  source: {
    accessKeyId: `${S3_FOLDER}/source-access-key-id`,
    secretAccessKey: `${S3_FOLDER}/source-secret-access-key`,
  },
  sink: { accessKeyId: `${S3_FOLDER}/sink-access-key-id`, secretAccessKey: `${S3_FOLDER}/sink-secret-access-key` },
} as const;
export { REDIS_FOLDER, S3_FOLDER };
