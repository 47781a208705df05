/** What BullMQ keeps of a queue in Redis, as far as the operator reads it. */
import type { Pool } from '../pool/pool.ts';
import type { LegacyKeys } from '../pool/redis-state.ts';
import type { RedisClient } from '../redis/connections.ts';

type Queue = Pick<Pool['spec']['queue'], 'name' | 'prefix'>;

/** The first hundred schedulers tell enough: old and new ones are rarely mixed. */
const LAST_READ = '99';
/** As BullMQ 6 tells them from the names of job schedulers: `name:id:endDate:tz:` and a cron pattern or milliseconds. */
const LEGACY_REPEATABLE = /^[^:]*:[^:]*:\d*:[^:]*:(?:.* .*|\d+)$/;

const keyOf = ({ prefix, name }: Queue, what: string): string => `${prefix}:${name}:${what}`;

/** What producers and BullMQ's tools write into `meta`. */
const OF_PRODUCERS = ['version', 'paused', 'concurrency', 'max'] as const;

/** A producer or BullMQ's tools have used the queue: workers alone make its `meta` too, for the length of its stream of events. */
export async function isQueueThere(redis: RedisClient, queue: Queue): Promise<boolean> {
  const [meta, id] = [keyOf(queue, 'meta'), keyOf(queue, 'id')];
  if ((await redis.exists(id)) > 0) return true;
  if ((await redis.type(meta)) !== 'hash') return false;
  return (await redis.hmget(meta, ...OF_PRODUCERS)).some((field) => field !== null);
}

/** Keys are anybody's to write: one of another type is no queue's. */
export async function legacyKeys(redis: RedisClient, queue: Queue): Promise<LegacyKeys[]> {
  const [paused, repeat] = ['paused', 'repeat'].map((what) => keyOf(queue, what)) as [string, string];
  const [ofPaused, ofRepeat] = await Promise.all([redis.type(paused), redis.type(repeat)]);
  const members = ofRepeat === 'zset' ? await redis.zrange(repeat, '0', LAST_READ) : [];
  return [
    ...(ofPaused === 'list' ? (['paused list'] as const) : []),
    ...(members.some((member) => LEGACY_REPEATABLE.test(member)) ? (['repeatable jobs'] as const) : []),
  ];
}
