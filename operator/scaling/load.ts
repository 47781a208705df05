/** What a queue asks of its workers, read at once: one call to Redis, whose cost a long queue does not raise. */
import { createHash } from 'node:crypto';
import type { Pool } from '../pool/pool.ts';
import type { RedisClient } from '../redis/connections.ts';
import type { LaneCounts, QueueLook } from './estimates.ts';
import { LOAD_KEYS, LOAD_SCRIPT } from './load-script.ts';

export const LANES = ['interactive', 'backfill'] as const;
export type Lane = (typeof LANES)[number];

/**
 * `waiting`: also delayed until a time that has passed. `active`: also those whose worker was lost less than its lock ago; which
 * lane they are of, and due jobs, is told by a sample where there are many. Counts are 0 where no worker has kept any.
 */
export interface LaneLoad extends LaneCounts {
  readonly started: number;
  /**
   * For how long the oldest of a sample has been runnable, by Redis' clock; 0 when nothing waits. In `wait` and among due jobs
   * it is the oldest; of prioritized jobs it may be a younger one.
   */
  readonly oldestSeconds: number;
}

export interface Load extends QueueLook {
  readonly lanes: Readonly<Record<Lane, LaneLoad>>;
  /** Jobs of priority 0: `urgent` ones, those of producers that name no priority, and those of workers that were lost. */
  readonly unprioritized: number;
  /** Jobs that are not due yet, and when the first of them will be, seconds from now. */
  readonly delayed: number;
  readonly nextDueSeconds: number | undefined;
  /** `isHit`: nothing is handed out for another `untilSeconds`. */
  readonly rateLimit:
    | { readonly max: number; readonly seconds: number; readonly isHit: boolean; readonly untilSeconds: number }
    | undefined;
  /** Jobs ever added, also those whose id was there already: all that is known of arrivals where workers keep no counts. */
  readonly added: number | undefined;
  /** False: no worker of ours has taken a job since Redis forgot, so that the counts of the lanes are 0 without a meaning. */
  readonly isCounted: boolean;
}

/** Why a queue has no load: what is there is no queue of BullMQ's, or Redis does not let us read it. */
export interface LoadProblem {
  readonly reason: 'KeyOfWrongType' | 'Refused' | 'Unreadable';
  /** Names the key or the field, and the remedy. */
  readonly message: string;
}

type Queue = Pick<Pool['spec']['queue'], 'name' | 'prefix'>;

const SHA = createHash('sha1').update(LOAD_SCRIPT).digest('hex');

/** Rejects when Redis does not answer; what it answers instead of numbers is a LoadProblem, never a 0. */
export async function readLoad(
  redis: RedisClient,
  { prefix, name }: Queue,
  now: () => number = () => performance.now() / 1000,
): Promise<Load | LoadProblem> {
  const base = `${prefix}:${name}:`;
  const arguments_ = [LOAD_KEYS.length, ...LOAD_KEYS.map((key) => base + key), base] as const;
  try {
    const answer = await redis
      .evalsha(SHA, ...arguments_)
      .catch((error: Error) =>
        error.message.startsWith('NOSCRIPT') ? redis.eval(LOAD_SCRIPT, ...arguments_) : Promise.reject(error),
      );
    return loadOf(JSON.parse(String(answer)) as Answer, now());
  } catch (error) {
    const problem = error instanceof Error && error.name === 'ReplyError' ? problemOf(error.message) : undefined;
    if (problem === undefined) throw error;
    return problem;
  }
}

/** As the script encodes it: an empty table of Lua is `{}`, whatever it should have been. */
interface Answer {
  readonly refused?: readonly { readonly key: string; readonly error: string }[];
  readonly added: string;
  readonly wait: number;
  readonly delayed: number;
  readonly nextDueMs?: number;
  readonly waiting: Readonly<Record<Lane, number>>;
  readonly active: Readonly<Record<Lane, number>>;
  readonly oldestMs: Readonly<Partial<Record<Lane, number>>>;
  readonly paused: boolean;
  readonly meta: readonly [concurrency: string, max: string, duration: string];
  readonly limit: string;
  readonly limitMs: number;
  readonly counts: readonly string[];
  readonly isCounted: boolean;
  readonly nowMs: number;
}

const COUNTS = ['started', 'finished', 'failed', 'busyMs'] as const;

function loadOf(answer: Answer, at: number): Load | LoadProblem {
  const [refused] = answer.refused ?? [];
  if (refused !== undefined) {
    const problem = problemOf(refused.error, refused.key);
    if (problem === undefined) throw new Error(refused.error);
    return problem;
  }
  const unreadable: string[] = [];
  const whole = (text: string, field: string): number | undefined => {
    if (text === '') return undefined;
    // Of as many digits as the value by which BullMQ holds a queue back by hand, 2^53 - 1.
    if (!/^\d{1,16}$/.test(text)) unreadable.push(field);
    return Number(text);
  };
  const lane = (name: Lane, from: number): LaneLoad => ({
    waiting: answer.waiting[name],
    active: answer.active[name],
    oldestSeconds: (answer.oldestMs[name] ?? 0) / 1000,
    ...(Object.fromEntries(
      COUNTS.map((count, step) => [
        count,
        whole(answer.counts[from + step] ?? '', `preview-stats ${count}:${name}`) ?? 0,
      ]),
    ) as Record<(typeof COUNTS)[number], number>),
  });
  const lanes = { interactive: lane('interactive', 0), backfill: lane('backfill', COUNTS.length) };
  const concurrency = whole(answer.meta[0], 'meta concurrency');
  const max = whole(answer.meta[1], 'meta max');
  const duration = whole(answer.meta[2], 'meta duration');
  const taken = whole(answer.limit, 'limiter');
  const added = whole(answer.added, 'id');
  if (unreadable.length > 0) {
    const remedy = 'BullMQ and the workers write whole numbers there; remove what somebody else has written';
    return { reason: 'Unreadable', message: `${unreadable.join(', ')} of the queue can not be read: ${remedy}` };
  }
  const untilSeconds = Math.max(0, answer.limitMs) / 1000;
  const isHit = max !== undefined && (taken ?? 0) >= max && untilSeconds > 0;
  return {
    at,
    lanes,
    oldestSeconds: lanes.interactive.oldestSeconds,
    unprioritized: answer.wait,
    delayed: answer.delayed,
    nextDueSeconds: answer.nextDueMs === undefined ? undefined : (answer.nextDueMs - answer.nowMs) / 1000,
    paused: answer.paused,
    globalConcurrency: concurrency ?? null,
    rateLimit: max === undefined ? undefined : { max, seconds: (duration ?? 0) / 1000, isHit, untilSeconds },
    added,
    isCounted: answer.isCounted,
  };
}

/** Undefined for what says nothing of the queue, as that the server is still loading. */
function problemOf(error: string, key?: string): LoadProblem | undefined {
  if (error.startsWith('WRONGTYPE'))
    return {
      reason: 'KeyOfWrongType',
      message: `the key ${key} is no part of a queue of BullMQ: compare spec.queue, or remove what somebody else has written there`,
    };
  // Redis' own answer, which is not ours to repeat at length.
  const told = error.split('\n', 1)[0]?.slice(0, 200);
  if (/NOPERM|can't run this command|permission/.test(error))
    return { reason: 'Refused', message: `Redis refuses to tell of the queue (${told}): docs/redis.md has the rights` };
  return error.startsWith('ERR')
    ? { reason: 'Unreadable', message: `the queue holds what can not be read (${told}): please report it` }
    : undefined;
}
