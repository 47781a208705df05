/**
 * What the law needs and no single look at a queue shows: how fast jobs arrive, and how long one takes. Both come from the
 * monotone counts that workers keep; BullMQ's own sets of finished jobs stop growing once their jobs are removed.
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
}

/** Plain data; kept from one look to the next. */
export interface Estimates {
  /** Interactive jobs a second; undefined until two looks have been compared. */
  readonly lambda: number | undefined;
  readonly serviceSeconds: number;
  readonly memory: Memory;
}

interface Memory {
  /** What arrivals are counted from. */
  readonly arrivals: Mark;
  readonly work: Mark & Work;
  /** Forgotten with the time constant; `weight` comes to be 1 once that time has been seen. */
  readonly rate: { readonly sum: number; readonly weight: number };
  readonly recent: Work;
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
  const { at } = look;
  const jobs = arrivedJobs(look);
  const work = workDone(look);
  if (before === undefined)
    return estimates({
      arrivals: { at, jobs },
      work: { at, ...work },
      rate: { sum: 0, weight: 0 },
      recent: { busySeconds: 0, jobs: 0 },
    });
  const { memory } = before;
  const arrivals = sampled(memory.arrivals, { at, jobs });
  return estimates({
    arrivals: arrivals.mark,
    rate: arrivals.taken ? rateAfter(memory, { at, jobs }, targetSeconds[0]) : memory.rate,
    ...workAfter(memory, { at, ...work }),
  });
}

function estimates(memory: Memory): Estimates {
  const { rate, recent, work } = memory;
  const longRun = (work.busySeconds + FIRST_SERVICE_SECONDS) / (work.jobs + 1);
  return {
    lambda: rate.weight === 0 ? undefined : rate.sum / rate.weight,
    // Little's law: slots that are busy, over jobs that end. The mean of ended jobs alone leaves out the long ones that run.
    serviceSeconds: (recent.busySeconds + LONG_RUN_JOBS * longRun) / (recent.jobs + LONG_RUN_JOBS),
    memory,
  };
}

/** Every job that ever came to be runnable is in exactly one of these, wherever it has got to. */
const arrivedJobs = ({ lanes: { interactive } }: QueueLook): number =>
  interactive.finished + interactive.failed + interactive.active + interactive.waiting;

function workDone({ lanes: { interactive, backfill } }: QueueLook): Work {
  return {
    busySeconds: (interactive.busyMs + backfill.busyMs) / 1000,
    jobs: interactive.finished + interactive.failed + backfill.finished + backfill.failed,
  };
}

/** Whether the time since the mark is a sample, and what the next one is measured from. */
function sampled<T extends Mark>(mark: T, now: T): { readonly taken: boolean; readonly mark: T } {
  const seconds = now.at - mark.at;
  if (seconds < 0) return { taken: false, mark: now };
  if (seconds < LEAST_SECONDS) return { taken: false, mark };
  if (now.jobs >= mark.jobs) return { taken: true, mark: now };
  return { taken: false, mark: seconds < TELLING_SECONDS ? mark : now };
}

function rateAfter({ arrivals, rate }: Memory, now: Mark, targetSeconds: number): Memory['rate'] {
  const seconds = now.at - arrivals.at;
  const memorySeconds = targetSeconds < SHORT_TARGET_SECONDS ? SHORT_MEMORY_SECONDS : MEMORY_SECONDS;
  const kept = Math.exp(-seconds / memorySeconds);
  const arrivalsASecond = (now.jobs - arrivals.jobs) / seconds;
  return { sum: kept * rate.sum + (1 - kept) * arrivalsASecond, weight: kept * rate.weight + (1 - kept) };
}

function workAfter({ work, recent }: Memory, now: Mark & Work): Pick<Memory, 'work' | 'recent'> {
  const { taken, mark } = sampled(work, now);
  if (!taken || now.busySeconds < work.busySeconds) return { work: taken ? now : mark, recent };
  const seconds = now.at - work.at;
  const kept = Math.exp(-seconds / MEMORY_SECONDS);
  // What was done in the meantime is spread evenly over it, so that it fades as if it had been seen bit by bit.
  const spread = (done: number) => (done * (1 - kept) * MEMORY_SECONDS) / seconds;
  return {
    work: now,
    recent: {
      busySeconds: kept * recent.busySeconds + spread(now.busySeconds - work.busySeconds),
      jobs: kept * recent.jobs + spread(now.jobs - work.jobs),
    },
  };
}
