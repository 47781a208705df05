/** The law's inputs, each with its unit and where it comes from, and its terms with the numbers filled in. */
import {
  type Decision,
  type Drain,
  desiredWorkers,
  type Observation,
  type Observed,
  unusableInputs,
} from '../../scaling/law.ts';
import type { Sharing } from '../../scaling/told.ts';
import { columns, counted, figure, seconds } from './figures.ts';

const NOT_KNOWN = 'not known yet';
const LANE_NAMES = ['interactive', 'backfill'] as const;

const known = <T>(value: T | null | undefined, words: (value: T) => string): string =>
  value === null || value === undefined ? NOT_KNOWN : words(value);

interface Input {
  readonly keys: readonly (keyof Observed)[];
  readonly name: string;
  readonly value: (observed: Observed) => string;
  readonly source: string;
}

export const INPUTS: readonly Input[] = [
  {
    keys: ['lambda'],
    name: 'arrivals',
    value: ({ lambda }) => known(lambda, (rate) => `${figure(rate)}/s`),
    source: 'interactive jobs, by counts in Redis over the last minute',
  },
  {
    keys: ['serviceSeconds'],
    name: 'a job takes',
    value: ({ serviceSeconds }) => known(serviceSeconds, seconds),
    source: 'of a slot, by the same counts',
  },
  {
    keys: ['waiting'],
    name: 'waiting',
    value: ({ waiting }) =>
      known(waiting, (lanes) => lanes.map((jobs, lane) => `${figure(jobs)} ${LANE_NAMES[lane]}`).join(', ')),
    source: 'jobs that could run now: the queue',
  },
  {
    keys: ['active'],
    name: 'running',
    value: ({ active }) => known(active, (jobs) => counted(jobs, 'job')),
    source: 'the queue',
  },
  {
    keys: ['oldestSeconds'],
    name: 'oldest waits',
    value: ({ oldestSeconds }) => known(oldestSeconds, seconds),
    source: 'of the interactive jobs: the queue',
  },
  {
    keys: ['paused'],
    name: 'paused',
    value: ({ paused }) => known(paused, (yes) => (yes ? 'yes' : 'no')),
    source: 'the queue',
  },
  {
    keys: ['globalConcurrency'],
    name: 'global concurrency',
    value: ({ globalConcurrency }) =>
      globalConcurrency === null ? 'no limit' : known(globalConcurrency, (jobs) => counted(jobs, 'job')),
    source: 'the queue',
  },
  {
    keys: ['rateLimitPerSecond'],
    name: 'rate limit',
    value: ({ rateLimitPerSecond }) =>
      rateLimitPerSecond === undefined || rateLimitPerSecond === null ? 'no limit' : `${figure(rateLimitPerSecond)}/s`,
    source: 'the queue; 0 while it is used up for long',
  },
  {
    keys: ['replicas', 'ready'],
    name: 'workers',
    value: ({ replicas, ready }) =>
      `${known(replicas, figure)}, ${known(ready, (workers) => `${figure(workers)} ready`)}`,
    source: 'the Deployment',
  },
  {
    keys: ['startupSeconds'],
    name: 'a start takes',
    value: ({ startupSeconds }) => known(startupSeconds, seconds),
    source: 'pods seen so far; 10 s before the first',
  },
  {
    keys: ['slots'],
    name: 'slots of a worker',
    value: ({ slots }) => known(slots, figure),
    source: 'spec.worker.slots',
  },
  {
    keys: ['targetSeconds'],
    name: 'may wait',
    value: ({ targetSeconds }) =>
      known(targetSeconds, ([interactive, backfill]) => `${seconds(interactive)}, backfill ${seconds(backfill)}`),
    source: 'targetWaitSeconds, backfillTargetWaitSeconds',
  },
  {
    keys: ['rho'],
    name: 'busy share',
    value: ({ rho }) => known(rho, figure),
    source: 'of the slots at steady load: fixed',
  },
  {
    keys: ['min', 'max'],
    name: 'bounds',
    value: ({ min, max }) => `${known(min, figure)} to ${known(max, figure)}`,
    source: 'minReplicas, maxReplicas',
  },
];

export const inputLines = (observed: Observed): string[] =>
  columns(INPUTS.map(({ name, value, source }) => [name, value(observed), source]));

/** Line by line to the number; where an input is missing, which one. `sharing`: where the queue is shared. */
export function formulaLines(
  observed: Observed,
  decision = desiredWorkers(observed),
  sharing: Sharing | null = null,
): string[] {
  const missing = unusableInputs(observed);
  if (decision === undefined || missing.length > 0)
    return [`  no number, for ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} ${NOT_KNOWN}`];
  return columns([
    ...steps(observed as Observation, decision),
    ...lastSteps(observed as Observation, decision, sharing),
  ]);
}

type Step = readonly [name: string, numbers: string, result: string];

function steps(observed: Observation, decision: Decision): Step[] {
  const { lambda, serviceSeconds, rho, active, waiting, slots, paused } = observed;
  const { keepSlots, drain } = decision;
  const sum = keepSlots + drain[0].slots + drain[1].slots;
  const equals = (value: number, unit: string) => `= ${counted(value, unit)}`;
  const isWoken = !paused && decision.workers === 1 && decision.slots < 1e-6;
  return [
    ['keep up', `${figure(lambda)}/s × ${seconds(serviceSeconds)} / ${figure(rho)}`, equals(keepSlots, 'slot')],
    ...drain.map(
      (of, lane): Step => [
        `catch up, ${LANE_NAMES[lane]}`,
        drainNumbers(observed, of, lane as 0 | 1),
        equals(of.slots, 'slot'),
      ],
    ),
    paused
      ? ['paused', 'nothing is asked for but what runs', equals(decision.slots, 'slot')]
      : active > sum
        ? ['in all', `${figure(sum)}, but ${figure(active)} are busy`, equals(decision.slots, 'slot')]
        : ['in all', [keepSlots, ...drain.map((of) => of.slots)].map(figure).join(' + '), equals(sum, 'slot')],
    [
      'workers',
      isWoken
        ? `at least 1 while ${counted(waiting[0] + waiting[1], 'job')} may run`
        : `${figure(decision.slots)} / ${counted(slots, 'slot')}, rounded up`,
      equals(decision.workers, 'worker'),
    ],
    ...ageSteps(observed, decision),
    ...fedSteps(observed, decision),
  ];
}

function drainNumbers({ waiting, serviceSeconds, targetSeconds }: Observation, drain: Drain, lane: 0 | 1): string {
  const jobs = waiting[lane];
  if (jobs === 0) return 'none waits';
  const half = targetSeconds[lane] / 2;
  const why = drain.windowSeconds > half ? 'what a start takes' : `half of ${seconds(targetSeconds[lane])}`;
  return serviceSeconds > drain.windowSeconds
    ? `${seconds(serviceSeconds)} a job is over ${seconds(drain.windowSeconds)}: one slot for each`
    : `${figure(jobs)} × ${seconds(serviceSeconds)} / ${seconds(drain.windowSeconds)} (${why})`;
}

/** Only where the target is missed. */
function ageSteps({ replicas, oldestSeconds, targetSeconds }: Observation, { age }: Decision): Step[] {
  if (!age.overdue) return [];
  const missed = `${seconds(oldestSeconds)} is over ${seconds(targetSeconds[0])}`;
  if (age.applies) return [['overdue', `${missed}: 1.25 × ${figure(replicas)}, at least`, `= ${age.workers} workers`]];
  const why = age.allReady ? (age.allBusy ? 'the queue is paused' : 'not all slots are busy') : 'not all are ready yet';
  return [['overdue', `${missed}, but ${why}: no more for that`, '']];
}

/** Only where the rate limit binds. */
function fedSteps(
  { rateLimitPerSecond, serviceSeconds, rho, active }: Observation,
  { fed, workers, age }: Decision,
): Step[] {
  if (fed === null || Math.max(workers, age.workers) <= fed.workers) return [];
  const feeds = `${figure(rateLimitPerSecond ?? 0)}/s × ${seconds(serviceSeconds)} / ${figure(rho)}`;
  const busy = active > fed.slots ? `, but ${figure(active)} are busy` : '';
  const result = `= ${counted(fed.workers, 'worker')}`;
  return [['rate limit', `feeds ${feeds} = ${counted(fed.slots, 'slot')}${busy}`, result]];
}

function lastSteps(observed: Observation, decision: Decision, sharing: Sharing | null): Step[] {
  const bounded = [boundWords(observed, decision), `= ${counted(decision.desired, 'worker')}`] as const;
  if (sharing === null) return [['wanted', ...bounded]];
  const { neededSlots, givenSlots, share, workers } = sharing.part;
  const { min, max } = observed;
  return [
    ['alone', ...bounded],
    [
      `shared with ${sharing.with.join(', ')}`,
      `${counted(neededSlots, 'slot')} for all of it, ${figure(givenSlots)} are there anyway`,
      `= ${counted(Math.max(0, neededSlots - givenSlots), 'slot')}`,
    ],
    [
      'wanted',
      `its ${figure(share * 100)} % of them, within ${figure(min)} to ${figure(max)}`,
      `= ${counted(workers, 'worker')}`,
    ],
  ];
}

function boundWords({ globalConcurrency, min, max }: Observation, { limitedBy }: Decision): string {
  if (limitedBy === 'rateLimit') return 'the rate limit feeds no more than';
  if (limitedBy === 'globalConcurrency')
    return `global concurrency ${figure(globalConcurrency ?? 0)} can use no more than`;
  if (limitedBy === 'max') return 'maxReplicas';
  if (limitedBy === 'min') return 'minReplicas';
  return `within ${figure(min)} to ${figure(max)}`;
}
