import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { WorkerConfig } from './config.generated.ts';
import { credentialsOf, endpointOf, oneForm, type RedisSettings } from './redis-endpoint.ts';
import { SteadfastSentinelConnector } from './sentinel-connector.ts';

export type RedisClient = Redis | Cluster;

export interface OpenRedisOptions {
  readonly settings: RedisSettings;
  /** Workers wait for a Redis that is away; producers want to hear of it. */
  readonly patience: 'endless' | 'brief';
  /** As in CLIENT LIST. */
  readonly name: string;
}

const CONNECT_MILLISECONDS = 10_000;
const LONGEST_PAUSE_MILLISECONDS = 5_000;
/** A node of a cluster that is silent so long is passed over when the client asks who has which slot. */
const SLOTS_MILLISECONDS = 3_000;
/** One Sentinel that is silent so long is passed over, too: ioredis would wait for it, and never ask the next. */
const SENTINEL_MILLISECONDS = 3_000;
/** Each is at least 100 ms after the last: beyond what a fail-over takes. ioredis' own 16 would be over before it. */
const REDIRECTIONS = { endless: 1_000, brief: 60 };

const pauseAfter = (attempt: number) => Math.min(LONGEST_PAUSE_MILLISECONDS, 50 * 2 ** Math.min(attempt, 10));

/** How clusters come by their credentials; a client that is not in it was made by somebody else. */
const settingsOfCluster = new WeakMap<Cluster, RedisSettings>();

/**
 * A client whose credentials are read from their files again at each attempt to connect, so that a rotation needs no
 * restart. Throws when the settings name no server, or a file that can not be read.
 */
export function openRedis({ settings, patience, name }: OpenRedisOptions): RedisClient {
  oneForm(settings);
  const endpoint = endpointOf(settings);
  const options = {
    ...endpoint,
    connectionName: name,
    connectTimeout: CONNECT_MILLISECONDS,
    maxRetriesPerRequest: patience === 'endless' ? null : 2,
  };
  if (settings.cluster === undefined) return openServer(settings, options);
  const cluster = new Cluster([...settings.cluster.nodes], {
    redisOptions: options as RedisOptions & { replyMapping?: 'legacy' },
    clusterRetryStrategy: pauseAfter,
    slotsRefreshTimeout: SLOTS_MILLISECONDS,
    maxRedirections: REDIRECTIONS[patience],
    // A certificate names the hosts: they are not to be resolved before it is looked at.
    ...(endpoint.tls === undefined ? {} : { dnsLookup: (address, callback) => callback(null, address) }),
  });
  return rereading(cluster, settings);
}

function openServer(settings: RedisSettings, options: RedisOptions): Redis {
  const ofSentinel = settings.sentinel !== undefined;
  // A password that was changed under a live connection, a primary that was demoted: connect anew, say the command again.
  const anew = ofSentinel ? /^(NOAUTH|WRONGPASS|READONLY)/ : /^(NOAUTH|WRONGPASS)/;
  const reread = (into: RedisOptions) => {
    try {
      Object.assign(into, endpointOf(settings));
    } catch {
      // A file that is being replaced: what was read last stands.
    }
  };
  const all = {
    ...options,
    ...(ofSentinel ? { Connector: SteadfastSentinelConnector as NonNullable<RedisOptions['Connector']> } : {}),
    sentinelCommandTimeout: SENTINEL_MILLISECONDS,
    reconnectOnError: ({ message }: Error) => (anew.test(message) ? 2 : false),
    // ioredis calls both as methods of the options that it connects with.
    retryStrategy(this: RedisOptions, attempt: number) {
      reread(this);
      return pauseAfter(attempt);
    },
    sentinelRetryStrategy(this: RedisOptions, attempt: number) {
      reread(this);
      return pauseAfter(attempt);
    },
  };
  return new Redis(all as RedisOptions & { replyMapping?: 'legacy' });
}

/** A cluster's nodes are told of when they are made, before they connect. */
function rereading(cluster: Cluster, settings: RedisSettings): Cluster {
  settingsOfCluster.set(cluster, settings);
  cluster.on('+node', (node: Redis) => {
    try {
      Object.assign(node.options, credentialsOf(settings));
    } catch {
      // As above.
    }
  });
  return cluster;
}

/** Another connection to the same Redis, which reads its credentials as the first does. */
export function duplicateOf(redis: RedisClient, connectionName: string): RedisClient {
  if (redis instanceof Redis) return redis.duplicate({ connectionName });
  const redisOptions = { ...redis.options.redisOptions, connectionName } as RedisOptions & { replyMapping?: 'legacy' };
  const twin = redis.duplicate([], { redisOptions });
  const settings = settingsOfCluster.get(redis);
  return settings === undefined ? twin : rereading(twin, settings);
}

/** Ends the sockets of a connection that hangs, in whatever state it is; it connects anew by itself. */
export function cutSockets(redis: RedisClient): void {
  // None before a Sentinel has said where to connect to, whatever its type says.
  if (redis instanceof Redis) (redis.stream as Redis['stream'] | undefined)?.destroy();
  else for (const node of redis.nodes('all')) node.stream?.destroy();
}

/** Asks the server that has the queue: of a cluster any other would answer a PING. */
export async function askQueueServer(redis: RedisClient, { prefix, name }: WorkerConfig['queue']): Promise<void> {
  await redis.exists(`${prefix}:${name}:meta`);
}

/** A cluster tells what is wrong of its nodes only; of itself, that none of them can be used. */
export function onProblem(redis: RedisClient, tell: (message: string) => void): void {
  redis.on('error', (error: Error & { lastNodeError?: Error }) => tell((error.lastNodeError ?? error).message));
  if (redis instanceof Cluster) redis.on('node error', (error: Error) => tell(error.message));
}
