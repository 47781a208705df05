import { readFileSync } from 'node:fs';
import type { WorkerConfig } from './config.generated.ts';
import { validate } from './config.validator.generated.ts';
import { oneForm } from './redis-endpoint.ts';
import { validator } from './schema.ts';

/** As Redis finds it: what is between the first brace and the next closing one. */
const HASH_TAG = /^[^{}]*\{[^}]+\}/;

const fits = validator<WorkerConfig>(validate);

/** Reads the worker's configuration. Throws an Error that names the file, the path inside it and what to do. */
export function readConfig(path: string): WorkerConfig {
  try {
    const config = fits(JSON.parse(readFileSync(path, 'utf8')));
    oneForm(config.redis);
    const { cluster } = config.redis;
    if (cluster !== undefined && !HASH_TAG.test(config.queue.prefix)) {
      throw new Error(
        `queue.prefix '${config.queue.prefix}' must hold a hash tag such as {bull}: in a Redis Cluster the keys of a queue must lie together`,
      );
    }
    return config;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'there is no such file; name it with --config or PREVIEW_CONFIG' : message;
    throw new Error(`configuration ${path}: ${problem}`);
  }
}
