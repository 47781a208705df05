/** A Redis as a pool names it, with what its Secrets hold. */
import { isIP } from 'node:net';
import type { ClusterOptions, RedisOptions } from 'ioredis';

export interface Node {
  readonly host: string;
  readonly port: number;
}

export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** PEM; an empty object trusts the system's authorities. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
}

export type RedisEndpoint = Credentials &
  (
    | { readonly form: 'address'; readonly address: Node; readonly database: number }
    | {
        readonly form: 'sentinel';
        readonly masterName: string;
        readonly nodes: readonly Node[];
        readonly sentinelPassword?: string;
        readonly database: number;
      }
    | { readonly form: 'cluster'; readonly nodes: readonly Node[] }
  );

type Address = Extract<RedisEndpoint, { form: 'address' }>;

/**
 * Of `redis://[user:password@]host[:port][/database]`; undefined when the text is anything else. Stricter than clients are:
 * in a URL whose password was not percent-encoded a part of the password would pass for the host, and be told in errors.
 */
export function endpointOfUrl(text: string): Address | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') return undefined;
  if (!/^\/?\d{0,2}$/.test(url.pathname) || url.search !== '' || url.hash !== '') return undefined;
  try {
    const username = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    return {
      form: 'address',
      address: { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? 6379 : Number(url.port) },
      database: Number(url.pathname.slice(1)),
      ...(username === '' ? {} : { username }),
      ...(password === '' ? {} : { password }),
      ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    };
  } catch {
    return undefined;
  }
}

/** The same text for every way to write the same database: what tells whether two pools share a queue. */
export function databaseOf(endpoint: RedisEndpoint): string {
  const text = ({ host, port }: Node) => `${host.toLowerCase().replace(/\.svc(\.cluster\.local)?\.?$/, '')}:${port}`;
  if (endpoint.form === 'address') return `${text(endpoint.address)}/${endpoint.database}`;
  const nodes = endpoint.nodes.map(text).sort().join(',');
  return endpoint.form === 'cluster' ? `cluster ${nodes}` : `${endpoint.masterName}@${nodes}/${endpoint.database}`;
}

/**
 * The same endpoint for a reader in another namespace: a name of one label is a Service of the pool's own. Certificates are
 * still held against the name as it was given.
 */
export function seenFromOutside(endpoint: RedisEndpoint, namespace: string): RedisEndpoint {
  const outside = ({ host, port }: Node): Node => ({
    host: /^(?!localhost$)[a-z0-9-]*[a-z-][a-z0-9-]*$/i.test(host) ? `${host}.${namespace}.svc` : host,
    port,
  });
  if (endpoint.form !== 'address') return { ...endpoint, nodes: endpoint.nodes.map(outside) };
  const { address, tls } = endpoint;
  return {
    ...endpoint,
    address: outside(address),
    ...(tls === undefined || isIP(address.host) ? {} : { tls: { servername: address.host, ...tls } }),
  };
}

/** How ioredis reaches it; of a Cluster, how it reaches each node. */
export function redisOptions(endpoint: RedisEndpoint): RedisOptions {
  const { username, password, tls } = endpoint;
  const credentials = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
  };
  if (endpoint.form === 'cluster') return credentials;
  if (endpoint.form === 'address') return { ...endpoint.address, db: endpoint.database, ...credentials };
  const { masterName, nodes, sentinelPassword, database } = endpoint;
  return {
    sentinels: [...nodes],
    name: masterName,
    role: 'master',
    // Sentinels tell of a fail-over; a primary that is frozen does not.
    failoverDetector: true,
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    db: database,
    ...credentials,
  };
}

/** A certificate names the hosts: they are not to be resolved before it is looked at. */
export function clusterOptions({ tls }: Credentials): ClusterOptions {
  return tls === undefined ? {} : { dnsLookup: (address, callback) => callback(null, address) };
}
