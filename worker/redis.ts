import { readFileSync } from 'node:fs';
import { Redis, type RedisOptions } from 'ioredis';
import type { WorkerConfig } from './config.generated.ts';

type RedisSettings = WorkerConfig['redis'];

export interface OpenRedisOptions {
  readonly settings: RedisSettings;
  /** Workers wait for a Redis that is away; producers want to hear of it. */
  readonly patience: 'endless' | 'brief';
  /** As in CLIENT LIST. */
  readonly name: string;
}

const CONNECT_MILLISECONDS = 10_000;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

/**
 * A client whose credentials are read from their files again at each attempt to connect, so that a rotation needs no
 * restart. Its duplicates do the same. Throws when the settings name no server, or a file that can not be read.
 */
export function openRedis({ settings, patience, name }: OpenRedisOptions): Redis {
  const options = {
    ...endpointOf(settings),
    connectionName: name,
    connectTimeout: CONNECT_MILLISECONDS,
    maxRetriesPerRequest: patience === 'endless' ? null : 2,
    // A password that was changed under a live connection: connect anew, and say the command again.
    reconnectOnError: ({ message }: Error) => (/^(NOAUTH|WRONGPASS)/.test(message) ? 2 : false),
    // ioredis calls this as a method of the options that it connects with.
    retryStrategy(this: RedisOptions, attempt: number) {
      try {
        Object.assign(this, endpointOf(settings));
      } catch {
        // A file that is being replaced: what was read last stands.
      }
      return Math.min(LONGEST_PAUSE_MILLISECONDS, 50 * 2 ** Math.min(attempt, 10));
    },
  };
  return new Redis(options as RedisOptions & { replyMapping?: 'legacy' });
}

function endpointOf({ url, urlFile, usernameFile, passwordFile, database, tls }: RedisSettings): RedisOptions {
  const address = urlFile === undefined ? url : textOf(urlFile);
  if (address === undefined || !URL.canParse(address)) throw new Error('redis: one of url and urlFile must hold a URL');
  const { protocol, hostname, port, username, password, pathname } = new URL(address);
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '') {
    throw new Error('redis: the URL must look like redis://host:6379 or rediss://host:6379');
  }
  const secure = protocol === 'rediss:' || tls !== undefined;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    ...given('username', usernameFile === undefined ? decodeURIComponent(username) : textOf(usernameFile)),
    ...given('password', passwordFile === undefined ? decodeURIComponent(password) : textOf(passwordFile)),
    db: database ?? Number(pathname.slice(1) || 0),
    ...(secure
      ? {
          tls: {
            ...given('ca', tls?.caFile === undefined ? '' : textOf(tls.caFile)),
            ...given('cert', tls?.certFile === undefined ? '' : textOf(tls.certFile)),
            ...given('key', tls?.keyFile === undefined ? '' : textOf(tls.keyFile)),
            ...given('servername', tls?.serverName ?? ''),
          },
        }
      : {}),
  };
}

/** Empty means absent: a Secret's file that is empty holds no password. */
function given<K extends string>(key: K, value: string): { [key in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [key in K]?: string };
}

function textOf(path: string): string {
  return readFileSync(path, 'utf8').trim();
}
