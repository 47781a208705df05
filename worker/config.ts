import { readFileSync } from 'node:fs';
import schema from '../schemas/worker-config.schema.json' with { type: 'json' };
import type { WorkerConfig } from './config.generated.ts';
import { validator } from './schema.ts';

const fits = validator<WorkerConfig>(schema);

/** Reads the worker's configuration. Throws an Error that names the file, the path inside it and what to do. */
export function readConfig(path: string): WorkerConfig {
  try {
    const config = fits(JSON.parse(readFileSync(path, 'utf8')));
    const { url, urlFile } = config.redis;
    if ((url === undefined) === (urlFile === undefined))
      throw new Error('redis must have exactly one of url and urlFile');
    return config;
  } catch (error) {
    throw new Error(`configuration ${path}: ${(error as Error).message}`);
  }
}
