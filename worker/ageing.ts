/**
 * Keeps the interactive lane from starving anybody: of the jobs that workers start, one in sixteen is a backfill job that has
 * waited for long, if there is one; and interactive jobs whose number is of an earlier count than the lane's clock come to the front.
 */
import type { WorkerConfig } from './config.generated.ts';
import { fairKey } from './fairness.ts';
import { BACKFILL_PRIORITY } from './lanes.ts';
import type { RedisClient } from './redis.ts';
import { statsKey } from './stats.ts';

export interface AgeingOptions {
  readonly redis: RedisClient;
  readonly queue: WorkerConfig['queue'];
  /** Told once until it works again. */
  readonly onProblem: (error: Error) => void;
  /** Between two sweeps of the queue, whichever worker comes to it first. */
  readonly everyMilliseconds?: number;
  /** What a backfill job has to have waited. */
  readonly overdueMilliseconds?: number;
}

const EVERY_MILLISECONDS = 5_000;
const OVERDUE_MILLISECONDS = 60_000;

// Only places in the queue change: a job that is tried again, or given back, goes where its own priority says.
const SWEEP = `
local AGEING, STATS, PRIORITIZED, FAIR = unpack(KEYS)
local BASE, EVERY, OVERDUE = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local UNIT, BACKFILL, MOST, STRAYS = 4294967296, ${BACKFILL_PRIORITY}, 500, 50
local FRONT = string.format('%.0f', UNIT)
-- To each so many interactive starts one of the backfill lane: more than a twentieth of all, as each sweep is late by one period.
local TO_ONE = 15
local STRAY_MILLISECONDS = 60000

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HMGET', AGEING, 'at', 'interactive', 'backfill', 'owed')
local at = tonumber(before[1])
-- One of all workers, without a lock that could outlive it.
if at and at <= now and now - at < EVERY then return 0 end
local function number(text)
  local value = tonumber(text)
  return value and value >= 0 and value < 2 ^ 53 and value or 0
end
local started = redis.call('HMGET', STATS, 'started:interactive', 'started:backfill')
local interactive, backfill = number(started[1]), number(started[2])
local came, went = interactive - number(before[2]), backfill - number(before[3])
local owed = 0
if at and came >= 0 and went >= 0 then owed = math.max(0, math.min(MOST, number(before[4]) + came / TO_ONE - went)) end

local function waited(id)
  local job = redis.pcall('HMGET', BASE .. id, 'timestamp', 'ats')
  if job.err then return 0, false end
  return now - (tonumber(job[1]) or now), job[2] and true or false
end

local moved = 0
if owed > 0 then
  local there = redis.call('ZCOUNT', PRIORITIZED, FRONT, FRONT)
  local ahead = redis.call('ZCOUNT', PRIORITIZED, '-inf', string.format('(%.0f', BACKFILL * UNIT))
  local most = math.ceil(owed) - there
  local overdue = ahead > 0 and most > 0 and redis.call('ZRANGE', PRIORITIZED, ahead, ahead + most - 1) or {}
  for _, id in ipairs(overdue) do
    if waited(id) < OVERDUE then break end
    redis.call('ZADD', PRIORITIZED, FRONT, id)
    moved = moved + 1
  end
  -- Nothing was kept from anybody.
  if moved + there == 0 then owed = 0 end
end
redis.call('HSET', AGEING, 'at', now, 'interactive', interactive, 'backfill', backfill, 'owed', owed)
redis.call('PEXPIRE', AGEING, math.max(3600000, 10 * EVERY))

local fair = redis.call('HMGET', FAIR, 'clock', 'last')
local clock, last = number(fair[1]), number(fair[2])
if clock > 0 and last > 0 and last < BACKFILL then
  local beyond = string.format('%.0f', (last + 1) * UNIT)
  local strays = redis.call('ZRANGEBYSCORE', PRIORITIZED, beyond, string.format('(%.0f', BACKFILL * UNIT), 'LIMIT', 0, STRAYS)
  for _, id in ipairs(strays) do
    local age, isOld = waited(id)
    if isOld or age >= STRAY_MILLISECONDS then redis.call('ZADD', PRIORITIZED, string.format('%.0f', clock * UNIT + 1), id) end
  end
end
return moved`;

export class Ageing {
  readonly #options: AgeingOptions;
  /** What the queue's keys begin with. */
  readonly #base: string;
  readonly #keys: readonly string[];
  readonly #timer: NodeJS.Timeout;
  #sweeping = false;
  #refused = false;

  constructor(options: AgeingOptions) {
    this.#options = options;
    const { queue } = options;
    this.#base = `${queue.prefix}:${queue.name}:`;
    this.#keys = [`${this.#base}preview-ageing`, statsKey(queue), `${this.#base}prioritized`, fairKey(this.#base)];
    this.#timer = setInterval(() => void this.#sweep(), options.everyMilliseconds ?? EVERY_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #sweep(): Promise<void> {
    const { redis, onProblem, ...given } = this.#options;
    const { everyMilliseconds = EVERY_MILLISECONDS, overdueMilliseconds = OVERDUE_MILLISECONDS } = given;
    if (this.#sweeping || redis.status !== 'ready') return;
    this.#sweeping = true;
    await redis.eval(SWEEP, this.#keys.length, ...this.#keys, this.#base, everyMilliseconds, overdueMilliseconds).then(
      () => {
        this.#refused = false;
      },
      (error: Error) => {
        if (!this.#refused) onProblem(error);
        this.#refused = true;
      },
    );
    this.#sweeping = false;
  }
}
