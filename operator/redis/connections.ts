/** One connection for each distinct endpoint and user, shared by all pools on it, with a deadline on every call. */
import { Redis } from 'ioredis';
import { hashOf } from '../pool/hash.ts';

const DEADLINE_MS = 3_000;
/** A connection that no pool asked for so long is closed. */
const UNUSED_MS = 10 * 60_000;

export interface RedisEndpoint {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
}

interface Shared {
  readonly redis: Redis;
  lastUsedAt: number;
  lastError: string;
}

export class RedisConnections {
  readonly #shared = new Map<string, Shared>();

  /** Undefined when Redis answered; else why not, without a secret in it. */
  async unreachable(endpoint: RedisEndpoint): Promise<string | undefined> {
    this.#closeUnused();
    const shared = this.#connection(endpoint);
    shared.lastUsedAt = performance.now();
    try {
      if (shared.redis.status === 'wait') await withDeadline(shared.redis.connect());
      await withDeadline(shared.redis.ping());
      shared.lastError = '';
      return undefined;
    } catch (error) {
      return shared.lastError || (error instanceof Error ? error.message : String(error));
    }
  }

  close(): void {
    for (const { redis } of this.#shared.values()) redis.disconnect();
    this.#shared.clear();
  }

  #connection(endpoint: RedisEndpoint): Shared {
    const key = hashOf(endpoint);
    const known = this.#shared.get(key);
    if (known) return known;
    const { url, username, password, database, tls } = endpoint;
    const redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: DEADLINE_MS,
      maxRetriesPerRequest: 0,
      enableReadyCheck: false,
      retryStrategy: (attempt) => Math.min(5_000, 100 * 2 ** attempt),
      ...(username ? { username } : {}),
      ...(password ? { password } : {}),
      ...(database === undefined ? {} : { db: database }),
      ...(tls ? { tls } : {}),
    });
    const shared: Shared = { redis, lastUsedAt: performance.now(), lastError: '' };
    redis.on('error', (error: Error) => {
      shared.lastError = error.message;
    });
    this.#shared.set(key, shared);
    return shared;
  }

  #closeUnused(): void {
    for (const [key, { redis, lastUsedAt }] of this.#shared) {
      if (performance.now() - lastUsedAt < UNUSED_MS) continue;
      redis.disconnect();
      this.#shared.delete(key);
    }
  }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
  });
  return Promise.race([work, overdue]).finally(() => clearTimeout(timer));
}
