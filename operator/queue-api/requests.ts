/** What is asked for, as it comes from outside: what can not be meant is refused with what can. Pure. */
import { ApiError } from '../kube/aggregated-server.ts';
import type { JobState } from './job-view.ts';
import { type Cursor, MOST_JOBS, type Page, STATES, USUAL_STATES } from './list-jobs.ts';
import { MOST_AT_ONCE, type RetryRequest } from './retry-jobs.ts';

const USUAL_JOBS = 50;
const LONGEST_ID = 1_024;
const MOST_REASONS = 32;

const bad = (message: string) => new ApiError(400, 'BadRequest', message);

/** `state`, separated by commas; `limit`; `continue`, as the page before told it. */
export function pageOf(query: Readonly<Record<string, unknown>>): Page {
  const { state, limit = String(USUAL_JOBS), continue: token } = query;
  const states = state === undefined ? USUAL_STATES : String(state).split(',');
  if (!states.every((one): one is JobState => (STATES as readonly string[]).includes(one)))
    throw bad(`state has to be one or more of ${STATES.join(', ')}`);
  if (!/^\d{1,3}$/.test(String(limit)) || Number(limit) < 1 || Number(limit) > MOST_JOBS)
    throw bad(`limit has to be a number from 1 to ${MOST_JOBS}`);
  const from = token === undefined ? undefined : cursorOf(String(token));
  if (from !== undefined && !states.includes(from.state)) throw bad('continue is of a request for other states');
  return { states: STATES.filter((one) => states.includes(one)), limit: Number(limit), from };
}

export const tokenOf = ({ state, offset }: Cursor): string => `${state}.${offset}`;

function cursorOf(token: string): Cursor {
  const [, state = '', offset] = /^([a-z]+)\.(\d{1,12})$/.exec(token) ?? [];
  if (!(STATES as readonly string[]).includes(state)) throw bad('continue has to be what the page before told');
  return { state: state as JobState, offset: Number(offset) };
}

/** `{ids: […]}`, or `{allFailed: true, reasons, failedBefore, skip}`; `force` with both. */
export function retryOf(body: unknown): RetryRequest {
  if (typeof body !== 'object' || body === null) throw bad('the body has to be an object');
  const { ids, allFailed, force = false, reasons = [], failedBefore, skip = 0 } = body as Record<string, unknown>;
  if (typeof force !== 'boolean') throw bad('force has to be true or false');
  if (allFailed === true && ids === undefined) {
    if (!isTexts(reasons, MOST_REASONS)) throw bad(`reasons has to be a list of at most ${MOST_REASONS} texts`);
    if (failedBefore !== undefined && !isWhole(failedBefore)) throw bad('failedBefore has to be milliseconds');
    if (!isWhole(skip)) throw bad('skip has to be a whole number');
    return { force, reasons, failedBefore, skip };
  }
  if (allFailed !== undefined || !isTexts(ids, MOST_AT_ONCE) || ids.length === 0)
    throw bad(`name 1 to ${MOST_AT_ONCE} jobs in ids, or set allFailed to true`);
  return { force, ids };
}

const isTexts = (value: unknown, most: number): value is string[] =>
  Array.isArray(value) &&
  value.length <= most &&
  value.every((one) => typeof one === 'string' && one !== '' && one.length <= LONGEST_ID);

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
