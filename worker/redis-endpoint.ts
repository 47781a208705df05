/** What the configuration says of Redis, as ioredis wants it; credentials are read from their files at each call. */
import { readFileSync } from 'node:fs';
import type { RedisOptions } from 'ioredis';
import type { WorkerConfig } from './config.generated.ts';

export type RedisSettings = WorkerConfig['redis'];

/** Throws an Error that says which forms there are, unless exactly one is given. */
export function oneForm({ url, urlFile, sentinel, cluster }: RedisSettings): void {
  const forms = [url, urlFile, sentinel, cluster].filter((form) => form !== undefined);
  if (forms.length !== 1) throw new Error('redis must have exactly one of url, urlFile, sentinel and cluster');
}

/** Throws when a file can not be read, or holds no URL of Redis. */
export function endpointOf(settings: RedisSettings): RedisOptions {
  const { sentinel, cluster, database } = settings;
  if (cluster !== undefined) return credentialsOf(settings);
  if (sentinel === undefined) return addressOf(settings);
  const { masterName, nodes, passwordFile } = sentinel;
  const { tls } = tlsOf(settings);
  return {
    sentinels: nodes.map(({ host, port }) => ({ host, port })),
    name: masterName,
    role: 'master',
    ...given('sentinelPassword', passwordFile === undefined ? '' : textOf(passwordFile)),
    // Sentinels tell of a fail-over; a primary that is frozen does not.
    failoverDetector: true,
    ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    ...credentialsOf(settings),
    db: database ?? 0,
  };
}

/** What a rotation of the Secret changes. */
export function credentialsOf(settings: RedisSettings): RedisOptions {
  const { usernameFile, passwordFile } = settings;
  return {
    ...given('username', usernameFile === undefined ? '' : textOf(usernameFile)),
    ...given('password', passwordFile === undefined ? '' : textOf(passwordFile)),
    ...tlsOf(settings),
  };
}

function addressOf(settings: RedisSettings): RedisOptions {
  const { url, urlFile, database } = settings;
  const address = urlFile === undefined ? url : textOf(urlFile);
  if (address === undefined || !URL.canParse(address)) throw new Error('redis: one of url and urlFile must hold a URL');
  const { protocol, hostname, port, username, password, pathname } = new URL(address);
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '') {
    throw new Error('redis: the URL must look like redis://host:6379 or rediss://host:6379');
  }
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 6379 : Number(port),
    ...given('username', decodeURIComponent(username)),
    ...given('password', decodeURIComponent(password)),
    ...credentialsOf(settings),
    db: database ?? Number(pathname.slice(1) || 0),
    ...tlsOf({ ...settings, ...(protocol === 'rediss:' ? { tls: settings.tls ?? {} } : {}) }),
  };
}

function tlsOf({ tls }: RedisSettings): Pick<RedisOptions, 'tls'> {
  if (tls === undefined) return {};
  const { caFile, certFile, keyFile, serverName } = tls;
  return {
    tls: {
      ...given('ca', caFile === undefined ? '' : textOf(caFile)),
      ...given('cert', certFile === undefined ? '' : textOf(certFile)),
      ...given('key', keyFile === undefined ? '' : textOf(keyFile)),
      ...given('servername', serverName ?? ''),
    },
  };
}

/** Empty means absent: a Secret's file that is empty holds no password. */
function given<K extends string>(key: K, value: string): { [key in K]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [key in K]?: string };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${path} can not be read (${code}): name the file that holds this part of the Redis settings`);
  }
}
