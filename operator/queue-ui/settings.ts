/** Flags of the queue UI; each has an environment variable, which only this file reads. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../settings.ts';
import type { QueueName } from './board-queue.ts';

export interface QueueUiSettings {
  readonly queues: readonly QueueName[];
  readonly redisUrlFile: string;
  readonly usernameFile: string;
  readonly passwordFile: string;
  readonly listenHost: string;
  readonly listenPort: number;
  readonly trustedProxies: number;
  readonly logLevel: string;
}

/** The name is behind the last colon: BullMQ lets none be in it, and a prefix may have several. */
export function queuesOf(text: string): QueueName[] {
  const queues = text.split(',').map((one) => {
    const [, prefix = 'bull', name = ''] = /^(?:(.+):)?([^:]+)$/.exec(one.trim()) ?? [];
    if (name === '')
      throw new InvalidArgumentError(`"${one}" is no queue: write NAME or PREFIX:NAME, separated by commas`);
    return { prefix, name };
  });
  const told = queues.map(({ prefix, name }) => `${prefix}:${name}`);
  const twice = told.find((one, at) => told.indexOf(one) !== at);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is named twice`);
  return queues;
}

export const queueUiCommand = (): Command =>
  new Command('preview-worker-queue-ui')
    .description('Shows the jobs of queues in a browser, to who has the login; changes nothing.')
    .addOption(
      new Option('--queues <names>', 'NAME or PREFIX:NAME, separated by commas; the prefix is bull when it is absent')
        .env('QUEUES')
        .makeOptionMandatory()
        .argParser(queuesOf),
    )
    .addOption(
      new Option('--redis-url-file <file>', 'file that holds the URL of Redis')
        .env('REDIS_URL_FILE')
        .default('/etc/queue-ui/redis/url'),
    )
    .addOption(
      new Option('--username-file <file>', 'file that holds the name to sign in by')
        .env('USERNAME_FILE')
        .default('/etc/queue-ui/login/username'),
    )
    .addOption(
      new Option('--password-file <file>', 'file that holds its password')
        .env('PASSWORD_FILE')
        .default('/etc/queue-ui/login/password'),
    )
    .addOption(new Option('--listen-host <host>', 'address to listen at').env('LISTEN_HOST').default('0.0.0.0'))
    .addOption(
      new Option('--listen-port <port>', 'port to listen at; 0 takes a free one')
        .env('LISTEN_PORT')
        .default(8080)
        .argParser(wholeNumber(0, 65_535)),
    )
    .addOption(
      new Option('--trusted-proxies <n>', 'proxies before it, whose X-Forwarded-For tells who asks')
        .env('TRUSTED_PROXIES')
        .default(0)
        .argParser(wholeNumber(0, 10)),
    )
    .addOption(
      new Option('--log-level <level>', 'the least that is logged')
        .env('LOG_LEVEL')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    );

export const readQueueUiSettings = (argv: readonly string[]): QueueUiSettings =>
  queueUiCommand()
    .parse([...argv])
    .opts<QueueUiSettings>();
