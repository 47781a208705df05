/** Which queue a producer's command speaks to. */
import type { Command } from 'commander';
import { PreviewClient, type PreviewClientOptions } from '../client.ts';
import { redisUrlOfEnvironment } from '../settings.ts';

export interface QueueOptions {
  readonly redis?: string;
  readonly redisUrlFile?: string;
  readonly queue: string;
  readonly prefix: string;
}

export const withQueueOptions = (command: Command): Command =>
  command
    .option('--redis <url>', 'redis://host:port of the queue, without credentials')
    .option('--redis-url-file <file>', 'a file that holds the whole URL (or PREVIEW_REDIS_URL)')
    .option('--queue <name>', "the pool's queue", 'previews')
    .option('--prefix <prefix>', "the pool's key prefix", 'bull');

export function openClient(
  { redis, redisUrlFile, queue, prefix }: QueueOptions,
  more: Pick<PreviewClientOptions, 'telemetry'> = {},
): PreviewClient {
  return new PreviewClient({ redis: redisOf({ redis, redisUrlFile }), queue, prefix, ...more });
}

function redisOf({ redis, redisUrlFile }: { redis: string | undefined; redisUrlFile: string | undefined }) {
  if (redisUrlFile !== undefined) return { urlFile: redisUrlFile };
  if (redis !== undefined) return { url: withoutCredentials(redis) };
  const url = redisUrlOfEnvironment();
  if (url === undefined) throw new Error('which Redis? give --redis, --redis-url-file or PREVIEW_REDIS_URL');
  return { url };
}

/** Not a parser of the option: Commander would repeat what was given. */
function withoutCredentials(url: string): string {
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: url };
  if (username === '' && password === '') return url;
  throw new Error(
    '--redis must look like redis://host:6379; credentials, which every process may read there, go into --redis-url-file',
  );
}
