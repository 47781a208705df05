/**
 * Locks of running jobs while Redis is out of memory. BullMQ renews a lock with SET, which is refused then, so that a
 * long job would lose it and run again; PEXPIRE needs no memory and does the same.
 */
import type { Worker } from 'bullmq';
import type { RedisClient } from './redis.ts';

// As BullMQ's extendLocks: the jobs whose lock was another's or gone.
const RENEW = `
local lost = {}
for at = 3, #ARGV, 2 do
  local job, token = ARGV[at], ARGV[at + 1]
  if redis.call('GET', ARGV[1] .. job .. ':lock') == token then
    redis.call('PEXPIRE', ARGV[1] .. job .. ':lock', ARGV[2])
    redis.call('SREM', KEYS[1], job)
  else
    lost[#lost + 1] = job
  end
end
return lost`;

export function keepLocksWithoutMemory<Data, Result>(worker: Worker<Data, Result>, redis: RedisClient): void {
  const extend = worker.extendJobLocks.bind(worker);
  worker.extendJobLocks = async (jobs, tokens, milliseconds) => {
    try {
      return await extend(jobs, tokens, milliseconds);
    } catch (error) {
      if (!/\bOOM\b/.test((error as Error).message)) throw error;
      const { backend } = worker;
      const locks = jobs.flatMap((job, at) => [job, tokens[at] ?? '']);
      const lost = await redis.eval(RENEW, 1, backend.toKey('stalled'), backend.toKey(''), milliseconds, ...locks);
      return lost as string[];
    }
  };
}
