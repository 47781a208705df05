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

/** A producer or BullMQ's tools made the queue known here: workers alone write neither key. */
export async function isQueueThere(redis: RedisClient, queue: Queue): Promise<boolean> {
  return (await redis.exists(keyOf(queue, 'meta'), keyOf(queue, 'id'))) > 0;
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
