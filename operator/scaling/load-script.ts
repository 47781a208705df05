/**
 * One atomic look at a queue as BullMQ 6.7.0 keeps it. It only reads, by commands that cost the same however long the queue is,
 * or its logarithm, and of jobs themselves a bounded sample. A key of another type, or a command that is refused, is told and
 * read as nothing: what is left out makes no number.
 *
 * ARGV[1] is what the keys of jobs begin with. Answers JSON, as load.ts reads it; counts of others' making stay texts in it.
 */
export const LOAD_KEYS = [
  'meta',
  'id',
  'wait',
  'prioritized',
  'active',
  'delayed',
  'limiter',
  'preview-stats',
] as const;

export const LOAD_SCRIPT = `
local META, ID, WAIT, PRIORITIZED, ACTIVE, DELAYED, LIMITER, STATS = unpack(KEYS)
-- Score of a job: priority * 2^32 + counter; the backfill lane begins at priority 1,000,000.
local BACKFILL = 1000000
local FIRST_BACKFILL_SCORE = '4294967296000000'
local LONGEST_OPTIONS = 4096

local refused = {}
local function ask(command, key, ...)
  local answer = redis.pcall(command, key, ...)
  if type(answer) ~= 'table' or not answer.err then return answer end
  refused[#refused + 1] = { key = key, error = answer.err }
end
local function count(command, key, ...) return ask(command, key, ...) or 0 end
local function finite(text)
  local number = tonumber(text)
  if number and number == number and math.abs(number) < 1e15 then return number end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function backOff(options, tries)
  local pause = options.backoff
  if type(pause) == 'table' then
    local delay = finite(pause.delay) or 0
    return pause.type == 'exponential' and delay * 2 ^ math.min(tries - 1, 30) or delay
  end
  return finite(pause) or 0
end
-- Since its delay was over, and, after a try, since that began and the pause after it was over; nil where that is not told.
local function runnableSince(key, timestamp, startedAt, tries, starts)
  local created = finite(timestamp)
  if not created then return end
  -- Failed for good and given back by hand: when, is written nowhere.
  if starts and not startedAt then return end
  local size = redis.pcall('HSTRLEN', key, 'opts')
  if type(size) ~= 'number' or size > LONGEST_OPTIONS then return end
  local ok, options = pcall(cjson.decode, redis.call('HGET', key, 'opts') or '{}')
  if not ok or type(options) ~= 'table' then return end
  local since = created + (finite(options.delay) or 0)
  local started, failed = finite(startedAt), finite(tries) or 0
  if started then since = math.max(since, started + (failed > 0 and backOff(options, failed) or 0)) end
  return since
end

local oldest = {}
local function age(lane, since)
  if since and since == since then oldest[lane] = math.max(oldest[lane] or 0, now - since) end
end
local function priorityOf(id)
  local found = redis.pcall('HMGET', ARGV[1] .. id, 'priority')
  return not found.err and finite(found[1]) or 0
end
local laneOf = function(priority) return priority >= BACKFILL and 'backfill' or 'interactive' end

-- The lane of a job that waits, its age noted.
local function look(id)
  local key = ARGV[1] .. id
  local job = redis.pcall('HMGET', key, 'priority', 'timestamp', 'processedOn', 'atm', 'ats')
  if job.err then return 'interactive' end
  local lane = laneOf(finite(job[1]) or 0)
  age(lane, runnableSince(key, job[2], job[3], job[4], job[5]))
  return lane
end

local waiting = { interactive = 0, backfill = 0 }

-- Priority 0, and jobs of every lane that a worker lost, which go to the tail: that is taken first, and holds the oldest.
local wait = count('LLEN', WAIT)
waiting.interactive = wait
local function lookAtWaiting(ids)
  for _, id in ipairs(ids or {}) do
    if look(id) == 'backfill' then
      waiting.interactive = waiting.interactive - 1
      waiting.backfill = waiting.backfill + 1
    end
  end
end
if wait > 0 then lookAtWaiting(ask('LRANGE', WAIT, -12, -1)) end
if wait > 12 then lookAtWaiting(ask('LRANGE', WAIT, 0, math.min(3, wait - 13))) end

-- The first of each lane, and some in between: priorities are not ages.
local function lookAtLane(from, jobs)
  for _, id in ipairs(jobs > 0 and ask('ZRANGE', PRIORITIZED, from, from + math.min(jobs, 8) - 1) or {}) do look(id) end
  for step = 1, jobs > 8 and 4 or 0 do
    local at = from + math.floor(8 + (jobs - 9) * step / 4)
    for _, id in ipairs(ask('ZRANGE', PRIORITIZED, at, at) or {}) do look(id) end
  end
end
local before = count('ZCOUNT', PRIORITIZED, '-inf', '(' .. FIRST_BACKFILL_SCORE)
local behind = count('ZCOUNT', PRIORITIZED, FIRST_BACKFILL_SCORE, '+inf')
waiting.interactive = waiting.interactive + before
waiting.backfill = waiting.backfill + behind
lookAtLane(0, before)
lookAtLane(before, behind)

-- Due are those that the next fetch takes along, which may be none while there are no workers. Their hashes tell the lanes.
local delayed = count('ZCARD', DELAYED)
local lastDue = string.format('%.0f', (now + 1) * 0x1000 - 1)
local due = delayed > 0 and count('ZCOUNT', DELAYED, '-inf', lastDue) or 0
local function score(pair) return pair and finite(pair[2] and pair[2] / 0x1000) end
local nextDue = delayed > due and score(ask('ZRANGE', DELAYED, due, due, 'WITHSCORES')) or nil
local function split(ids, jobs, into, laneOfJob)
  if jobs == 0 or not ids or #ids == 0 then
    into.interactive = into.interactive + jobs
    return
  end
  local later = 0
  for _, id in ipairs(ids) do if laneOfJob(id) == 'backfill' then later = later + 1 end end
  later = math.floor(jobs * later / #ids + 0.5)
  into.backfill = into.backfill + later
  into.interactive = into.interactive + jobs - later
end
local firstDue = due > 0 and ask('ZRANGE', DELAYED, 0, math.min(due, 16) - 1, 'WITHSCORES') or {}
local ids = {}
for at = 1, #firstDue, 2 do
  ids[#ids + 1] = firstDue[at]
  age(laneOf(priorityOf(firstDue[at])), finite(firstDue[at + 1] / 0x1000))
end
local dueBy = { interactive = 0, backfill = 0 }
split(ids, due, dueBy, function(id) return laneOf(priorityOf(id)) end)

-- Which lane a running job is of only its hash tells; what workers counted as started is wrong once one of them was killed.
local running = count('LLEN', ACTIVE)
local active = { interactive = 0, backfill = 0 }
local sample = running > 0 and ask('LRANGE', ACTIVE, 0, 31) or {}
for _, id in ipairs(running > 32 and ask('LRANGE', ACTIVE, math.max(32, running - 32), -1) or {}) do
  sample[#sample + 1] = id
end
split(sample, running, active, function(id) return laneOf(priorityOf(id)) end)

local meta = ask('HMGET', META, 'paused', 'concurrency', 'max', 'duration') or {}
local added = ask('GET', ID)
local limit = ask('GET', LIMITER)
local limitMs = limit and count('PTTL', LIMITER) or 0
local isCounted = count('EXISTS', STATS) > 0
local counts = ask('HMGET', STATS, 'started:interactive', 'finished:interactive', 'failed:interactive', 'busyMs:interactive',
  'started:backfill', 'finished:backfill', 'failed:backfill', 'busyMs:backfill') or {}
local function texts(list, length)
  local all = {}
  for at = 1, length do all[at] = type(list[at]) == 'string' and string.sub(list[at], 1, 32) or '' end
  return all
end
return cjson.encode({
  refused = #refused > 0 and refused or nil,
  isCounted = isCounted, added = texts({ added }, 1)[1],
  wait = wait, delayed = delayed - due, nextDueMs = nextDue,
  waiting = { interactive = waiting.interactive + dueBy.interactive, backfill = waiting.backfill + dueBy.backfill },
  active = active, oldestMs = oldest,
  paused = meta[1] and true or false, meta = texts({ meta[2], meta[3], meta[4] }, 3),
  limit = texts({ limit }, 1)[1], limitMs = limitMs, counts = texts(counts, 8), nowMs = now,
})`;
