/**
 * Whose turn it is in the interactive lane: start-time fair queueing between tenants, in jobs. A job's number is the later one of
 * the lane's clock, which is the number at the front of the lane, and the one after its tenant's last job: a tenant with ten jobs
 * is served in turns with one that has ten thousand, and has no credit for the time in which it asked for nothing.
 */
import { BACKFILL_PRIORITY } from './lanes.ts';
import type { RedisClient } from './redis.ts';

/**
 * Fields: `clock`; `last`, the highest number given out, and what it was at `markAt` (`mark`) and a second or more before (`old`);
 * `t:<tenant>`, the number that the tenant's next job could have. Begun anew when the lane is empty, so that numbers are small.
 */
export const fairKey = (base: string): string => `${base}preview-fair`;

/** Beyond it nobody is told apart any more: jobs go in the order in which they came. */
const LAST_NUMBER = 899_999;

// Score of a job: its priority * 2^32 + a counter. Numbers in Redis are anybody's to write: one that is none is as if it were absent.
const NUMBER = `
local FAIR, PRIORITIZED, JOB = unpack(KEYS)
local TENANT, LAST = ARGV[1], tonumber(ARGV[2])
local UNIT, BACKFILL = 4294967296, ${BACKFILL_PRIORITY}
local MOST_TENANTS, GROUPS = 1000, 256
-- Milliseconds after which a number is in the queue, or has been: it is given out a moment before its job is added.
local ON_ITS_WAY = 1000
-- A queue that is never empty is numbered anew from half of the way, while that is cheap; at the end at most so many are moved.
local HALF, CHEAP, NEAR, MOST = 450000, 1000, 850000, 20000

-- The queue holds it already: BullMQ will add nothing, and its tenant has no turn less.
if redis.call('EXISTS', JOB) == 1 then return 1 end

local function whole(text)
  local number = tonumber(text)
  return number and number >= 1 and number <= LAST + 1 and math.floor(number) or nil
end
local function tenants()
  local all, fields = {}, redis.call('HGETALL', FAIR)
  for at = 1, #fields, 2 do
    if string.sub(fields[at], 1, 1) == 't' then all[fields[at]] = whole(fields[at + 1]) or 1 end
  end
  return all
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local first = redis.call('ZRANGE', PRIORITIZED, 0, 0, 'WITHSCORES')
local front = first[2] and math.floor(first[2] / UNIT)
local isEmpty = not front or front >= BACKFILL
local markAt = tonumber(redis.call('HGET', FAIR, 'markAt')) or 0
if isEmpty and not (now >= markAt and now - markAt < 2 * ON_ITS_WAY) then redis.call('DEL', FAIR) end

local known = redis.call('HMGET', FAIR, 'clock', 'last', 'mark', 'old')
for at = 1, 4 do known[at] = whole(known[at]) or 1 end
local clock, last, mark, old = unpack(known)
if not (now >= markAt and now - markAt < ON_ITS_WAY) then markAt, mark, old = now, last, mark end
-- It never goes back: a job that is tried again, with its old number, lets nobody go before those who wait. What was given out
-- a while ago and waits no more has been served.
clock = math.max(clock, isEmpty and old or math.min(front, LAST))

if clock > HALF then
  local lane = string.format('(%.0f', BACKFILL * UNIT)
  local jobs = redis.call('ZCOUNT', PRIORITIZED, '-inf', lane)
  if jobs <= CHEAP or clock > NEAR and jobs <= MOST then
    local by = clock - 1
    -- From the front, so that their order is the same at every moment.
    local all = redis.call('ZRANGE', PRIORITIZED, 0, jobs - 1, 'WITHSCORES')
    for at = 1, #all, 2 do
      local score = math.max(all[at + 1] - by * UNIT, UNIT)
      redis.call('ZADD', PRIORITIZED, string.format('%.0f', score), all[at])
    end
    for tenant, number in pairs(tenants()) do
      if number > by + 1 then redis.call('HSET', FAIR, tenant, number - by) else redis.call('HDEL', FAIR, tenant) end
    end
    clock, last, mark, old = 1, math.max(1, last - by), math.max(1, mark - by), math.max(1, old - by)
  end
end

local tenant = 't:' .. TENANT
local held = whole(redis.call('HGET', FAIR, tenant))
if not held and redis.call('HLEN', FAIR) > MOST_TENANTS then
  for other, number in pairs(tenants()) do
    if number <= clock then redis.call('HDEL', FAIR, other) end
  end
  if redis.call('HLEN', FAIR) > MOST_TENANTS then
    -- So many wait at once: from here on some share a turn.
    local sum = 0
    for at = 1, #TENANT do sum = (sum * 31 + string.byte(TENANT, at)) % GROUPS end
    tenant = 't#' .. sum
    held = whole(redis.call('HGET', FAIR, tenant))
  end
end
local number = math.min(math.max(clock, held or 1), LAST)
last = math.max(last, number)
redis.call('HSET', FAIR, 'clock', clock, 'last', last, 'mark', mark, 'old', old, 'markAt', string.format('%.0f', markAt))
redis.call('HSET', FAIR, tenant, number + 1)
redis.call('EXPIRE', FAIR, 86400)
return number`;

export interface Turn {
  readonly redis: RedisClient;
  /** What the queue's keys begin with: `<prefix>:<queue>:`. */
  readonly base: string;
  readonly id: string;
  /** Jobs without one are of one tenant. */
  readonly tenant: string;
}

/** The priority of an interactive job that is about to be added. Rejects when Redis does not answer. */
export async function fairNumber({ redis, base, id, tenant }: Turn): Promise<number> {
  const keys = [fairKey(base), `${base}prioritized`, base + id];
  const number = await redis
    .eval(NUMBER, keys.length, ...keys, tenant.slice(0, 63), LAST_NUMBER)
    .catch((error: Error) => {
      // Something else lies where the numbers should be: no reason to refuse a job. If it is the queue itself, adding says so.
      if (error.message.includes('WRONGTYPE')) return 1;
      throw error;
    });
  return Number(number);
}
