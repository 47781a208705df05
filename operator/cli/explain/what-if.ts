/** The same law on what was observed, with some of it changed. */
import { type Decision, desiredWorkers, type Observation, type Observed, unusableInputs } from '../../scaling/law.ts';
import { partOf, type Sharer } from '../../scaling/share.ts';
import { columns, figure } from './figures.ts';
import { INPUTS } from './formula.ts';

type Change = (observed: Observed, text: string) => Observed;

const amount = (text: string): number => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new Error('has to be a number from 0, as 12 or 0.5');
  return value;
};
const as =
  <K extends keyof Observation>(key: K, read: (text: string) => NonNullable<Observation[K]> | null): Change =>
  (observed, text) => ({ ...observed, [key]: read(text) });
const yesOrNo = (text: string): boolean => {
  if (text !== 'true' && text !== 'false') throw new Error('has to be true or false');
  return text === 'true';
};
const inLane =
  (key: 'waiting' | 'targetSeconds', lane: 0 | 1): Change =>
  (observed, text) => {
    const value = amount(text);
    const [interactive, backfill] = observed[key] ?? [0, 0];
    return { ...observed, [key]: lane === 0 ? [value, backfill] : [interactive, value] };
  };

const CHANGES: Readonly<Record<string, Change>> = {
  wait: inLane('targetSeconds', 0),
  backfillWait: inLane('targetSeconds', 1),
  rate: as('lambda', amount),
  serviceSeconds: as('serviceSeconds', amount),
  waiting: inLane('waiting', 0),
  backfill: inLane('waiting', 1),
  active: as('active', amount),
  oldest: as('oldestSeconds', amount),
  startup: as('startupSeconds', amount),
  workers: as('replicas', amount),
  ready: as('ready', amount),
  paused: as('paused', yesOrNo),
  concurrency: as('globalConcurrency', (text) => (text === 'none' ? null : amount(text))),
  rateLimit: as('rateLimitPerSecond', (text) => (text === 'none' ? null : amount(text))),
  slots: as('slots', amount),
  rho: as('rho', amount),
  min: as('min', amount),
  max: as('max', amount),
};

export const WHAT_IF_KEYS = Object.keys(CHANGES).join(', ');

export type WhatIf = (observed: Observed) => Observed;

/** As `wait=10,rate=40`. Throws where that can not be understood. */
export function whatIfOf(text: string): WhatIf {
  const seen = new Set<string>();
  const changes = text.split(',').map((pair) => {
    const [, key = '', value = ''] = /^\s*(\w+)=(\S+)\s*$/.exec(pair) ?? [];
    const change = Object.hasOwn(CHANGES, key) ? CHANGES[key] : undefined;
    if (change === undefined)
      throw new Error(`--what-if does not know '${pair.trim()}': write key=value, with a key of ${WHAT_IF_KEYS}`);
    if (seen.has(key)) throw new Error(`--what-if names ${key} twice`);
    seen.add(key);
    try {
      // Once now, so that what can not be read is told before anybody is asked.
      change({}, value);
    } catch (error) {
      throw new Error(`--what-if ${key}=${value}: ${key} ${(error as Error).message}`);
    }
    return (observed: Observed) => change(observed, value);
  });
  return (observed) => changes.reduce((changed, change) => change(changed), observed);
}

const TERMS: readonly (readonly [string, (decision: Decision) => number])[] = [
  ['keep up, slots', ({ keepSlots }) => keepSlots],
  ['catch up interactive, slots', ({ drain }) => drain[0].slots],
  ['catch up backfill, slots', ({ drain }) => drain[1].slots],
  ['in all, slots', ({ slots }) => slots],
  ['workers', ({ workers }) => workers],
  ['for what is overdue', ({ age }) => age.workers],
  ['wanted', ({ desired }) => desired],
];

/** What was changed and every term, side by side; why there is none where no number comes of it. `others`: on the same queue. */
export function whatIfLines(now: Observed, then: Observed, others: readonly Sharer[] = []): string[] {
  const decision = desiredWorkers(then);
  if (decision === undefined) return [`  ${unusableWords(then)}`];
  const before = desiredWorkers(now);
  const changed = INPUTS.filter(({ keys }) =>
    keys.some((key) => JSON.stringify(now[key]) !== JSON.stringify(then[key])),
  );
  return columns([
    ['', 'now', 'what if'],
    ...changed.map(({ name, value }) => [name, value(now), value(then)]),
    ...TERMS.map(([name, term]) => [name, before ? figure(term(before)) : '', figure(term(decision))]),
    ['limited by', limitWords(before), limitWords(decision)],
    ...(others.length > 0 ? [['its part of the shared queue', ...[now, then].map((of) => partWords(of, others))]] : []),
  ]);
}

function unusableWords(then: Observed): string {
  const unusable = unusableInputs(then);
  const known = INPUTS.filter(({ keys }) => keys.some((key) => unusable.includes(key))).map(({ name }) => name);
  return `no number: ${known.join(', ')} can not be used: not known yet, or out of range (max from min, slots and rho above 0, min and max whole)`;
}

const partWords = (observed: Observed, others: readonly Sharer[]): string => {
  const part = partOf(observed, others);
  return part ? figure(part.workers) : '';
};

const limitWords = (decision: Decision | undefined): string =>
  decision === undefined ? '' : (decision.limitedBy ?? 'nothing');
