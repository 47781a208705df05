/**
 * What the law needs and no single look at a queue shows: how fast jobs arrive, and how long one takes. Both come from the
 * monotone counts that workers keep; BullMQ's own sets of finished jobs stop growing once their jobs are removed. Of workers
 * that keep none there is still the count of added jobs, and how many are active at each look.
 *
 * Looks come when somebody asks, at any intervals: each is weighed by the time it stands for, so that it makes no difference
 * to the estimates how often they were asked for.
 */
import type { PerLane } from './law.ts';

/** Of one lane of a queue; jobs are counted. */
export interface LaneCounts {
  /** Runnable now. */
  readonly waiting: number;
  readonly active: number;
  /** Since the queue was first served, as `failed` and `busyMs` are. */
  readonly finished: number;
  readonly failed: number;
  /** Slot-milliseconds; a job that runs is counted up to its worker's last beat. */
  readonly busyMs: number;
}

/** A queue at one moment. */
export interface QueueLook {
  /** Seconds, of any clock that does not jump. */
  readonly at: number;
  readonly lanes: { readonly interactive: LaneCounts; readonly backfill: LaneCounts };
  /** Since when the longest waiting interactive job could have run. */
  readonly oldestSeconds: number;
  readonly paused: boolean;
  /** Null where the queue has no limit. */
  readonly globalConcurrency: number | null;
  /** False where no worker keeps counts, so that those of the lanes are 0 without a meaning. */
  readonly isCounted?: boolean;
  /** Jobs of both lanes ever added, of which so many are not due yet. */
  readonly added?: number | undefined;
  readonly delayed?: number;
}

/** Plain data; kept from one look to the next. */
export interface Estimates {
  /** Interactive jobs a second; undefined until two looks have been compared. */
  readonly lambda: number | undefined;
  readonly serviceSeconds: number;
  readonly memory: Memory;
}

interface Memory {
  readonly tally: Tally;
  /** What the next sample is measured from. */
  readonly arrivals: Mark;
  readonly work: Mark & Work;
  /** Forgotten with the time constant; `weight` comes to be 1 once that time has been seen. */
  readonly rate: { readonly sum: number; readonly weight: number };
  readonly recent: Work;
  /** Never forgotten. */
  readonly longRun: Work;
}

/** What a look counts, since whenever; only differences between two of the same source mean anything. */
interface Tally {
  readonly at: number;
  readonly source: 'workers' | 'queue';
  readonly arrivedJobs: number;
  readonly work: Work;
}

interface Mark {
  readonly at: number;
  readonly jobs: number;
}

/** Slot-seconds, and the jobs that they ended. */
interface Work {
  readonly busySeconds: number;
  readonly jobs: number;
}

const NO_WORK: Work = { busySeconds: 0, jobs: 0 };

/** What a look is remembered with: its share falls to 1/e in this time. */
const MEMORY_SECONDS = 60;
/** Where a job may wait for less than `SHORT_TARGET_SECONDS`, a minute's mean of arrivals is too late a sign. */
const SHORT_MEMORY_SECONDS = 15;
const SHORT_TARGET_SECONDS = 15;
/** How long a job takes before one has ended. */
const FIRST_SERVICE_SECONDS = 1;
/** So many jobs of the long-run mean are added to the last minute's, which may have seen none or a single odd one. */
const LONG_RUN_JOBS = 5;
/** Workers tell their counts 50 ms after a job's end: two looks that are closer would see the difference as arrivals. */
const LEAST_SECONDS = 1;
/** A count that is lower for longer than workers take to tell is a queue that was emptied, or a Redis that forgot. */
const TELLING_SECONDS = 2;

/** Before the first pod of a pool has started. */
export const FIRST_STARTUP_SECONDS = 10;
const STARTUP_WEIGHT = 0.2;

/** From the creation of a pod to its readiness: what has been seen so far, with one more. */
export function startupAfter(startupSeconds: number, seen: number): number {
  return Number.isFinite(seen) && seen >= 0
    ? startupSeconds + STARTUP_WEIGHT * (seen - startupSeconds)
    : startupSeconds;
}

/** The estimates after one more look. `targetSeconds`: how long jobs of the pool may wait, by lane. */
export function estimatesAfter(
  before: Estimates | undefined,
  look: QueueLook,
  targetSeconds: PerLane<number>,
): Estimates {
  const memory = before?.memory;
  const tally = tallyOf(look, memory?.tally);
  const { at } = tally;
  const arrivals = { at, jobs: tally.arrivedJobs };
  const work = { at, ...tally.work };
  if (memory?.tally.source !== tally.source)
    return estimates({
      tally,
      arrivals,
      work,
      rate: memory?.rate ?? { sum: 0, weight: 0 },
      recent: memory?.recent ?? NO_WORK,
      longRun: memory?.longRun ?? (tally.source === 'workers' ? tally.work : NO_WORK),
    });
  return estimates({
    tally,
    ...arrivalsAfter(memory, arrivals, targetSeconds[0]),
    ...workAfter(memory, work),
  });
}

function estimates(memory: Memory): Estimates {
  const { rate, recent, longRun } = memory;
  const longRunSeconds = (longRun.busySeconds + FIRST_SERVICE_SECONDS) / (longRun.jobs + 1);
  return {
    lambda: rate.weight === 0 ? undefined : rate.sum / rate.weight,
    // Little's law: slots that are busy, over jobs that end. The mean of ended jobs alone leaves out the long ones that run.
    serviceSeconds: (recent.busySeconds + LONG_RUN_JOBS * longRunSeconds) / (recent.jobs + LONG_RUN_JOBS),
    memory,
  };
}

function tallyOf(look: QueueLook, before: Tally | undefined): Tally {
  const { at, lanes, added, delayed = 0 } = look;
  const { interactive, backfill } = lanes;
  const sum = (of: (lane: LaneCounts) => number) => of(interactive) + of(backfill);
  // Every interactive job that ever came to be runnable has ended or is here, wherever it has got to.
  const here = interactive.active + interactive.waiting;
  if (look.isCounted !== false || added === undefined)
    return {
      at,
      source: 'workers',
      arrivedJobs: interactive.finished + interactive.failed + here,
      work: { busySeconds: sum(({ busyMs }) => busyMs) / 1000, jobs: sum(({ finished, failed }) => finished + failed) },
    };
  // What has ended is of either lane. How long slots were busy is known by samples only: as many as now since the look before.
  const ended = added - delayed - sum(({ waiting, active }) => waiting + active);
  const isSame = before?.source === 'queue' && at > before.at;
  const busySeconds = isSame ? before.work.busySeconds + sum(({ active }) => active) * (at - before.at) : 0;
  return { at, source: 'queue', arrivedJobs: ended + here, work: { busySeconds, jobs: ended } };
}

/** Whether the time since the mark is a sample, and what the next one is measured from. */
function sampled<T extends Mark>(mark: T, now: T): { readonly taken: boolean; readonly mark: T } {
  const seconds = now.at - mark.at;
  if (seconds < 0) return { taken: false, mark: now };
  if (seconds < LEAST_SECONDS) return { taken: false, mark };
  if (now.jobs >= mark.jobs) return { taken: true, mark: now };
  return { taken: false, mark: seconds < TELLING_SECONDS ? mark : now };
}

function arrivalsAfter(before: Memory, now: Mark, targetSeconds: number): Pick<Memory, 'arrivals' | 'rate'> {
  const { taken, mark } = sampled(before.arrivals, now);
  if (!taken) return { arrivals: mark, rate: before.rate };
  const seconds = now.at - before.arrivals.at;
  const kept = Math.exp(-seconds / (targetSeconds < SHORT_TARGET_SECONDS ? SHORT_MEMORY_SECONDS : MEMORY_SECONDS));
  const arrivalsASecond = (now.jobs - before.arrivals.jobs) / seconds;
  const { sum, weight } = before.rate;
  return {
    arrivals: mark,
    rate: { sum: kept * sum + (1 - kept) * arrivalsASecond, weight: kept * weight + (1 - kept) },
  };
}

function workAfter(before: Memory, now: Mark & Work): Pick<Memory, 'work' | 'recent' | 'longRun'> {
  const { work, recent, longRun } = before;
  const { taken, mark } = sampled(work, now);
  const busySeconds = now.busySeconds - work.busySeconds;
  const jobs = now.jobs - work.jobs;
  if (!taken || busySeconds < 0) return { work: taken ? now : mark, recent, longRun };
  const seconds = now.at - work.at;
  const kept = Math.exp(-seconds / MEMORY_SECONDS);
  // What was done in the meantime is spread evenly over it, so that it fades as if it had been seen bit by bit.
  const spread = ((1 - kept) * MEMORY_SECONDS) / seconds;
  return {
    work: now,
    recent: {
      busySeconds: kept * recent.busySeconds + spread * busySeconds,
      jobs: kept * recent.jobs + spread * jobs,
    },
    longRun: { busySeconds: longRun.busySeconds + busySeconds, jobs: longRun.jobs + jobs },
  };
}
