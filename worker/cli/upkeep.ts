/** What the commands that put a pool's storage and queue right have in common. */
import { Queue } from 'bullmq';
import { Command } from 'commander';

import type { WorkerConfig } from '../config.generated.ts';
import { readConfig } from '../config.ts';
import { onProblem, openRedis, type RedisClient } from '../redis.ts';
import { readSettings } from '../settings.ts';
import { Catalogue } from '../storage/catalogue.ts';
import { openSink } from '../storage/registry.ts';

export interface Place {
  readonly config: WorkerConfig;
  readonly catalogue: Catalogue;
  readonly queue: Queue;
  readonly redis: RedisClient;
}

export const upkeepCommand = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .option('--config <file>', "the worker's configuration (or PREVIEW_CONFIG): it names queue, Redis and sink")
    .option('--json', 'one line, or one line for each thing found');

/** Opens the queue and the sink that a worker of this configuration uses, and closes what it opened. */
export async function withPlace<T>(path: string | undefined, work: (place: Place) => Promise<T>): Promise<T> {
  const config = readConfig(path ?? readSettings().config);
  const catalogue = new Catalogue(await openSink(config.sink));
  const redis = openRedis({ settings: config.redis, patience: 'brief', name: 'preview-upkeep' });
  let problem = '';
  const heard = (message: string) => {
    problem = message;
  };
  onProblem(redis, heard);
  const queue = new Queue(config.queue.name, { connection: redis, prefix: config.queue.prefix });
  queue.on('error', ({ message }) => heard(message));
  try {
    return await work({ config, catalogue, queue, redis });
  } catch (error) {
    if (redis.status === 'ready' || problem === '') throw error;
    throw new Error(`Redis does not answer (${problem}): check the address and the credentials`);
  } finally {
    redis.disconnect();
  }
}
