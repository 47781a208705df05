/** Whether a Redis is fit to hold a queue, by its own words: asked of each connection, not of each pool. */
import { Cluster } from 'ioredis';
import type { RedisServer } from '../pool/redis-state.ts';
import type { RedisClient } from './connections.ts';

/** What is wrong, or was refused, may be put right a moment later. */
const FRESH_MS = { fit: 10 * 60_000, unfit: 20_000 } as const;

interface Asked {
  readonly until: number;
  readonly servers: readonly RedisServer[];
}

/** What it can be asked with: a server, or a node of a Cluster. */
type Server = Pick<Exclude<RedisClient, Cluster>, 'info' | 'config'>;

export class Preflight {
  readonly #asked = new WeakMap<RedisClient, Asked>();

  /** Of a Cluster each primary. Rejects only when a connection breaks: a refusal is an answer. */
  async of(redis: RedisClient): Promise<readonly RedisServer[]> {
    const known = this.#asked.get(redis);
    if (known !== undefined && performance.now() < known.until) return known.servers;
    const servers = await Promise.all((redis instanceof Cluster ? redis.nodes('master') : [redis]).map(ask));
    const fresh = FRESH_MS[servers.every(isFit) ? 'fit' : 'unfit'];
    this.#asked.set(redis, { until: performance.now() + fresh, servers });
    return servers;
  }
}

const isFit = ({ refusals, evictionPolicy, isAppendOnly, takesSnapshots }: RedisServer): boolean =>
  refusals.length === 0 && evictionPolicy === 'noeviction' && (isAppendOnly === true || takesSnapshots === true);

async function ask(server: Server): Promise<RedisServer> {
  const refusals: string[] = [];
  const info = await server.info().catch(refused('INFO', refusals));
  const field = (name: string) => new RegExp(`^${name}:([\\w.-]{1,32})\\r?$`, 'm').exec(info ?? '')?.[1];
  const appendOnly = field('aof_enabled');
  const isAppendOnly = appendOnly === undefined ? undefined : appendOnly === '1';
  const save = isAppendOnly ? undefined : await server.config('GET', 'save').catch(refused('CONFIG GET', refusals));
  return {
    version: field('redis_version'),
    evictionPolicy: field('maxmemory_policy'),
    isAppendOnly,
    takesSnapshots: Array.isArray(save) ? String(save[1] ?? '') !== '' : undefined,
    refusals,
  };
}

/** Redis' own answer, which is not ours to repeat at length. */
const refused =
  (command: string, refusals: string[]) =>
  (error: Error): undefined => {
    if (error.name !== 'ReplyError') throw error;
    refusals.push(`${command}: ${error.message.split('\n', 1)[0]?.slice(0, 200)}`);
  };
