/**
 * How many workers a pool should have: enough to keep up with what arrives, and to clear what waits within half of the
 * time that was promised; the other half goes to noticing and to starting pods. It is a total, not a step: what pods that
 * are still starting will do is in it already.
 */

/** Of the interactive lane, then of the backfill lane. */
export type PerLane<T> = readonly [interactive: T, backfill: T];

/** A pool and its queue at one moment. Jobs are counted, times are in seconds. */
export interface Observation {
  /** Interactive jobs that come to be runnable, a second. Backfill is drained, never kept up with. */
  readonly lambda: number;
  /** Seconds for which a job takes a slot. */
  readonly serviceSeconds: number;
  /** Runnable now: waiting, prioritized, or delayed until a time that has passed. */
  readonly waiting: PerLane<number>;
  readonly active: number;
  /** Since when the longest waiting interactive job could have run. */
  readonly oldestSeconds: number;
  /** From the creation of a pod to its readiness. */
  readonly startupSeconds: number;
  readonly replicas: number;
  readonly ready: number;
  readonly paused: boolean;
  /** How many jobs BullMQ runs at once in all of the queue; null where it has no limit. */
  readonly globalConcurrency: number | null;
  /** How many jobs the queue hands out a second at most; absent or null where it has no rate limit. */
  readonly rateLimitPerSecond?: number | null;
  /** Of one worker. */
  readonly slots: number;
  /** How long a job may wait. */
  readonly targetSeconds: PerLane<number>;
  /** The share of the slots that is to be busy at steady load. */
  readonly rho: number;
  readonly min: number;
  readonly max: number;
}

/** As it comes from outside: anything may be missing. */
export type Observed = { readonly [K in keyof Observation]?: Observation[K] | null | undefined };

export interface Drain {
  /** The time to clear the lane in: half of its target, and never less than a pod takes to start. */
  readonly windowSeconds: number;
  /** No more than jobs that wait: one job never takes two. */
  readonly slots: number;
}

/** The number, and each term it was made of, in the order in which they are applied. */
export interface Decision {
  /** For the work that keeps arriving: lambda · serviceSeconds / rho. */
  readonly keepSlots: number;
  /** For what waits already. */
  readonly drain: PerLane<Drain>;
  /** Paused, nothing is asked for but what is busy; else keep and drain, and never less than what is busy. */
  readonly slots: number;
  /** For those slots, and at least one while anything waits that may run. */
  readonly workers: number;
  /** The target is missed though every worker is ready and busy: the estimates are too low, so a quarter more. */
  readonly age: {
    readonly overdue: boolean;
    readonly allReady: boolean;
    readonly allBusy: boolean;
    /** All three. */
    readonly applies: boolean;
    /** What the rule asks for; 0 where it does not apply. */
    readonly workers: number;
  };
  /** The most that the queue's rate limit feeds, and what it has fed already; null without one. */
  readonly fed: {
    /** rateLimitPerSecond · serviceSeconds / rho. */
    readonly slots: number;
    /** For those slots, at least 1 while anything waits that may run, and never fewer than are busy. */
    readonly workers: number;
  } | null;
  /** The most that the queue's global concurrency can use; null without one. */
  readonly usableWorkers: number | null;
  /** Which limit the number met last, if any. */
  readonly limitedBy: 'rateLimit' | 'globalConcurrency' | 'max' | 'min' | null;
  readonly desired: number;
}

const BUSY_SHARE = 0.9;
const AGE_GROWTH = 1.25;
/** What floating point adds to a whole number must not cost a worker. */
const ROUNDING = 1e-6;

const wholeUp = (value: number): number => Math.max(0, Math.ceil(value - ROUNDING));

const isAmount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isPositive = (value: unknown): boolean => isAmount(value) && value !== 0;
const isWhole = (value: unknown): boolean => isAmount(value) && Number.isInteger(value);
const isPerLane = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every(isAmount);

const USABLE: { readonly [K in keyof Required<Observation>]: (value: unknown) => boolean } = {
  lambda: isAmount,
  serviceSeconds: isAmount,
  waiting: isPerLane,
  active: isAmount,
  oldestSeconds: isAmount,
  startupSeconds: isAmount,
  replicas: isAmount,
  ready: isAmount,
  paused: (value) => typeof value === 'boolean',
  globalConcurrency: (value) => value === null || isAmount(value),
  rateLimitPerSecond: (value) => value === undefined || value === null || isAmount(value),
  slots: isPositive,
  targetSeconds: isPerLane,
  rho: isPositive,
  min: isWhole,
  max: isWhole,
};

/** The inputs that are missing, or that no number can be made of; `max` also when it is below `min`. */
export function unusableInputs(observed: Observed): (keyof Observation)[] {
  const unusable = (Object.keys(USABLE) as (keyof Observation)[]).filter((name) => !USABLE[name](observed[name]));
  if (unusable.includes('min') || unusable.includes('max')) return unusable;
  return Number(observed.max) < Number(observed.min) ? [...unusable, 'max'] : unusable;
}

/** Undefined when any input is unusable: an unknown load is no load of 0, and whoever scales must leave things as they are. */
export function desiredWorkers(observed: Observed): Decision | undefined {
  return unusableInputs(observed).length === 0 ? decide(observed as Observation) : undefined;
}

function decide(observation: Observation): Decision {
  const { lambda, serviceSeconds, rho, waiting, active, paused, slots: slotsOfOne, min, max } = observation;
  const keepSlots = (lambda * serviceSeconds) / rho;
  const drain: PerLane<Drain> = [drainOf(observation, 0), drainOf(observation, 1)];
  const slots = paused ? active : Math.max(keepSlots + drain[0].slots + drain[1].slots, active);
  const mayRun = !paused && waiting.some((jobs) => jobs > 0);
  const least = mayRun ? 1 : 0;
  const workers = Math.max(wholeUp(slots / slotsOfOne), least);
  const age = ageRule(observation);
  const fed = fedBy(observation, least);
  const usableWorkers =
    observation.globalConcurrency === null ? null : wholeUp(observation.globalConcurrency / slotsOfOne);

  let desired = Math.max(workers, age.workers);
  let limitedBy: Decision['limitedBy'] = null;
  if (fed !== null && desired > fed.workers) [desired, limitedBy] = [fed.workers, 'rateLimit'];
  if (usableWorkers !== null && desired > usableWorkers) [desired, limitedBy] = [usableWorkers, 'globalConcurrency'];
  if (desired > max) [desired, limitedBy] = [max, 'max'];
  if (desired < min) [desired, limitedBy] = [min, 'min'];
  return { keepSlots, drain, slots, workers, age, fed, usableWorkers, limitedBy, desired };
}

function drainOf({ waiting, serviceSeconds, startupSeconds, targetSeconds }: Observation, lane: 0 | 1): Drain {
  const jobs = waiting[lane];
  const work = jobs * serviceSeconds;
  const windowSeconds = Math.max(targetSeconds[lane] / 2, startupSeconds);
  return { windowSeconds, slots: work === 0 ? 0 : Math.min(jobs, work / windowSeconds) };
}

/** More slots than the limit feeds would wait together with the jobs. It binds the age rule too: what is overdue waits for the limit. */
function fedBy(
  { rateLimitPerSecond, serviceSeconds, rho, active, slots }: Observation,
  least: number,
): Decision['fed'] {
  if (rateLimitPerSecond === undefined || rateLimitPerSecond === null) return null;
  const fedSlots = (rateLimitPerSecond * serviceSeconds) / rho;
  return { slots: fedSlots, workers: Math.max(wholeUp(Math.max(fedSlots, active) / slots), least) };
}

function ageRule({ oldestSeconds, targetSeconds, ready, replicas, active, slots, paused }: Observation) {
  const overdue = oldestSeconds > targetSeconds[0];
  const allReady = ready >= replicas;
  const allBusy = active >= BUSY_SHARE * ready * slots - ROUNDING;
  const applies = overdue && allReady && allBusy && !paused;
  return { overdue, allReady, allBusy, applies, workers: applies ? wholeUp(AGE_GROWTH * replicas) : 0 };
}
