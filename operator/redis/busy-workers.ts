/**
 * Who works now, as the jobs themselves tell: BullMQ notes in each active one which worker took it, in the same step. What
 * workers tell of themselves is up to 5 s old, in which an idle one may have taken a job.
 */
import type { Pool } from '../pool/pool.ts';
import type { RedisClient } from './connections.ts';

/** More of them, and the workers of the others are not known. */
const MOST_JOBS = 2_000;
/** A pod's. */
const LONGEST_NAME = 253;

/** Anybody who may write to the queue can have written them: only names of a bounded length leave Redis. */
const SCRIPT = `
local jobs = redis.call('LRANGE', KEYS[1], 0, ${MOST_JOBS})
if #jobs > ${MOST_JOBS} then return false end
local names = {}
for _, id in ipairs(jobs) do
  local length = redis.pcall('HSTRLEN', ARGV[1] .. id, 'pb')
  if type(length) == 'number' and length > 0 and length <= ${LONGEST_NAME} then
    names[#names + 1] = redis.call('HGET', ARGV[1] .. id, 'pb')
  end
end
return names`;

/** Names of workers, which are their pods'; undefined where there are too many jobs to tell. */
export async function readBusyWorkers(
  redis: RedisClient,
  { prefix, name }: Pick<Pool['spec']['queue'], 'prefix' | 'name'>,
): Promise<ReadonlySet<string> | undefined> {
  const base = `${prefix}:${name}:`;
  const names = await redis.eval(SCRIPT, 1, `${base}active`, base);
  return Array.isArray(names) ? new Set(names.map(String)) : undefined;
}
