/** Which queue a producer's command speaks to. */
import { type Command, InvalidArgumentError } from 'commander';
import { PreviewClient } from '../client.ts';
import { redisUrlOfEnvironment } from '../settings.ts';

export interface QueueOptions {
  readonly redis?: string;
  readonly redisUrlFile?: string;
  readonly queue: string;
  readonly prefix: string;
}

export const withQueueOptions = (command: Command): Command =>
  command
    .option('--redis <url>', 'redis://host:port of the queue, without credentials', withoutCredentials)
    .option('--redis-url-file <file>', 'a file that holds the whole URL (or PREVIEW_REDIS_URL)')
    .option('--queue <name>', "the pool's queue", 'previews')
    .option('--prefix <prefix>', "the pool's key prefix", 'bull');

export function openClient({ redis, redisUrlFile, queue, prefix }: QueueOptions): PreviewClient {
  const url = redis ?? redisUrlOfEnvironment();
  if (redisUrlFile === undefined && url === undefined) {
    throw new Error('which Redis? give --redis, --redis-url-file or PREVIEW_REDIS_URL');
  }
  const settings = redisUrlFile === undefined ? { url: url ?? '' } : { urlFile: redisUrlFile };
  return new PreviewClient({ redis: settings, queue, prefix });
}

function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) throw new InvalidArgumentError('it must look like redis://host:6379');
  const { username, password } = new URL(url);
  if (username === '' && password === '') return url;
  throw new InvalidArgumentError('it holds credentials, which every process may read: use --redis-url-file');
}
