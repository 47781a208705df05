/** One connection for each distinct endpoint and user, shared by all pools on it, with a deadline on every look. */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { hashOf } from '../pool/hash.ts';
import { clusterOptions, type RedisEndpoint, redisOptions } from './endpoint.ts';
import { SteadfastSentinelConnector } from './sentinel-connector.ts';

export type RedisClient = Redis | Cluster;

const DEADLINE_MS = 3_000;
const pauseAfter = (attempt: number): number => Math.min(5_000, 100 * 2 ** Math.min(attempt, 10));

interface Shared {
  readonly endpoint: RedisEndpoint;
  readonly redis: RedisClient;
  readonly pools: Set<string>;
  /** What the connection last said against itself: it tells more than the call that it fails. */
  problem: string;
}

/** Redis can not be asked; `message` says why, without a secret in it. */
export class RedisUnreachable extends Error {}

export class RedisConnections {
  readonly #shared = new Map<string, Shared>();
  readonly #keyOf = new Map<string, string>();

  /**
   * What `look` reads. The pool then holds the connection, and lets go of the one that it held before: other credentials
   * are another connection. Rejects with RedisUnreachable unless `look` ends within 3 s; what Redis answers to its
   * commands is for `look` to judge.
   */
  ask<T>(pool: string, endpoint: RedisEndpoint, look: (redis: RedisClient) => Promise<T>): Promise<T> {
    return this.#ask(this.#hold(pool, endpoint), look);
  }

  /** The same by the connection that the pool holds. */
  async askAgain<T>(pool: string, look: (redis: RedisClient) => Promise<T>): Promise<T> {
    const shared = this.#shared.get(this.#keyOf.get(pool) ?? '');
    if (shared === undefined) throw new RedisUnreachable('the pool holds no connection');
    return this.#ask(shared, look);
  }

  /** What the pool holds a connection to. */
  endpointOf(pool: string): RedisEndpoint | undefined {
    return this.#shared.get(this.#keyOf.get(pool) ?? '')?.endpoint;
  }

  async #ask<T>(shared: Shared, look: (redis: RedisClient) => Promise<T>): Promise<T> {
    const { redis } = shared;
    try {
      return await withDeadline(redis, async () => {
        if (redis.status === 'wait') await redis.connect();
        return await look(redis);
      });
    } catch (error) {
      throw new RedisUnreachable(steady(shared.problem || (error instanceof Error ? error.message : String(error))));
    }
  }

  /** A connection that no pool holds is closed. */
  release(pool: string): void {
    const key = this.#keyOf.get(pool);
    this.#keyOf.delete(pool);
    const shared = key === undefined ? undefined : this.#shared.get(key);
    if (key === undefined || shared === undefined) return;
    shared.pools.delete(pool);
    if (shared.pools.size > 0) return;
    shared.redis.disconnect();
    this.#shared.delete(key);
  }

  get size(): number {
    return this.#shared.size;
  }

  close(): void {
    for (const { redis } of this.#shared.values()) redis.disconnect();
    this.#shared.clear();
    this.#keyOf.clear();
  }

  #hold(pool: string, endpoint: RedisEndpoint): Shared {
    const key = hashOf(endpoint);
    if (this.#keyOf.get(pool) !== key) this.release(pool);
    this.#keyOf.set(pool, key);
    const known = this.#shared.get(key);
    known?.pools.add(pool);
    if (known !== undefined) return known;
    const redis = open(endpoint);
    const shared: Shared = { endpoint, redis, pools: new Set([pool]), problem: '' };
    redis.on('ready', () => {
      shared.problem = '';
    });
    redis.on('error', (error: Error & { lastNodeError?: Error }) => {
      shared.problem = (error.lastNodeError ?? error).message;
    });
    if (redis instanceof Cluster) {
      redis.on('node error', (error: Error) => {
        shared.problem = error.message;
      });
    }
    this.#shared.set(key, shared);
    return shared;
  }
}

/** What moves with each attempt would be written into the status each time, and have the pool looked at again for it. */
export function steady(message: string): string {
  return message.replace(/ Retrying from scratch after \d+ms\./, '');
}

/** Not connected yet. It connects anew by itself for ever; a command that its connection is lost under fails. */
export function open(endpoint: RedisEndpoint): RedisClient {
  const ofSentinel = endpoint.form === 'sentinel';
  const options = {
    ...redisOptions(endpoint),
    connectionName: 'preview-operator',
    connectTimeout: DEADLINE_MS,
    maxRetriesPerRequest: 0,
    // Sentinels may still tell of a server that is no primary any more: it is asked.
    enableReadyCheck: ofSentinel,
    ...(ofSentinel ? { Connector: SteadfastSentinelConnector as NonNullable<RedisOptions['Connector']> } : {}),
    retryStrategy: pauseAfter,
    sentinelRetryStrategy: pauseAfter,
    // A Sentinel that is frozen is passed over; ioredis would never ask the next.
    sentinelCommandTimeout: DEADLINE_MS / 3,
  } as RedisOptions & { replyMapping?: 'legacy' };
  if (endpoint.form !== 'cluster') return new Redis({ ...options, lazyConnect: true });
  return new Cluster([...endpoint.nodes], {
    ...clusterOptions(endpoint),
    redisOptions: options,
    lazyConnect: true,
    clusterRetryStrategy: pauseAfter,
    slotsRefreshTimeout: DEADLINE_MS / 3,
  });
}

/** A connection that is silent is cut, so that nothing piles up behind it; it connects anew by itself. */
export function withDeadline<T>(
  redis: RedisClient,
  work: () => Promise<T>,
  milliseconds: number = DEADLINE_MS,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let last: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // A loop that was busy for so long runs its timers before it reads: what has come meanwhile is no silence.
    last = setImmediate(() => {
      reject(new Error(`no answer within ${milliseconds / 1000} s`));
      cutSockets(redis);
    });
  }, milliseconds);
  return Promise.race([work(), promise]).finally(() => {
    clearTimeout(timer);
    clearImmediate(last);
  });
}

function cutSockets(redis: RedisClient): void {
  if (redis instanceof Redis) redis.stream?.destroy();
  else for (const node of redis.nodes('all')) node.stream?.destroy();
}
