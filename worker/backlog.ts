import type { WorkerConfig } from './config.generated.ts';
import type { RedisClient } from './redis.ts';

// In the order and with the meaning of BullMQ's moveToActive: what it would hand out, were it asked now.
const RUNNABLE = `
local meta = redis.call('HMGET', KEYS[1], 'paused', 'concurrency', 'max')
if meta[1] then return 0 end
if meta[2] and redis.call('LLEN', KEYS[2]) >= tonumber(meta[2]) then return 0 end
if meta[3] and tonumber(redis.call('GET', KEYS[3]) or 0) >= tonumber(meta[3]) and redis.call('PTTL', KEYS[3]) > 0 then
  return 0
end
return redis.call('LLEN', KEYS[4]) + redis.call('ZCARD', KEYS[5])
  + redis.call('ZCOUNT', KEYS[6], '-inf', (ARGV[1] + 1) * 0x1000 - 1)`;

const KEYS = ['meta', 'active', 'limiter', 'wait', 'prioritized', 'delayed'];

/**
 * How many jobs a free slot of any worker could start now: 0 for a queue that is paused, rate limited, or at its global
 * concurrency. Due is what is due by this machine's clock, as for BullMQ. Rejects when Redis refuses.
 */
export async function runnableJobs(redis: RedisClient, { prefix, name }: WorkerConfig['queue']): Promise<number> {
  const keys = KEYS.map((key) => `${prefix}:${name}:${key}`);
  return Number(await redis.eval(RUNNABLE, keys.length, ...keys, Date.now()));
}
