/** The jobs of a queue, a page at a time and at a bounded cost: never more of a job than is shown of it. Only reads. */
import type { RedisClient } from '../redis/connections.ts';
import { FIELDS, type JobFields, type JobState, type JobView, jobView } from './job-view.ts';

export const STATES: readonly JobState[] = ['active', 'waiting', 'delayed', 'failed', 'completed'];
/** What is done is told only to who asks for it. */
export const USUAL_STATES: readonly JobState[] = ['active', 'waiting', 'delayed', 'failed'];
export const MOST_JOBS = 200;

const LONGEST_BYTES = { data: 65_536, failedReason: 16_384 } as const;

export interface Page {
  readonly states: readonly JobState[];
  /** 1 … MOST_JOBS. */
  readonly limit: number;
  /** Where the page before ended. */
  readonly from: Cursor | undefined;
}

/** Of a state, behind so many jobs. What moves between two pages may be missed, or come twice. */
export interface Cursor {
  readonly state: JobState;
  readonly offset: number;
}

export interface JobPage {
  /** How many jobs there are in each state. */
  readonly counts: Readonly<Record<JobState, number>>;
  /** Redis' clock, in milliseconds. */
  readonly now: number;
  /** Those that run first; of each state the one whose turn is next, of those that have ended the latest. */
  readonly items: readonly JobView[];
  /** Undefined: there is no more. */
  readonly next: Cursor | undefined;
}

type Queue = { readonly name: string; readonly prefix: string };
type Section = { readonly count: number; readonly ids: (start: number, count: number) => Promise<string[]> };

export async function listJobs(
  redis: RedisClient,
  { prefix, name }: Queue,
  { states, limit, from }: Page,
): Promise<JobPage> {
  const base = `${prefix}:${name}:`;
  const [sections, [seconds, micros]] = await Promise.all([sectionsOf(redis, base), redis.time()]);
  const found: { readonly id: string; readonly state: JobState }[] = [];
  let next: Cursor | undefined;
  for (const state of states.slice(Math.max(0, from === undefined ? 0 : states.indexOf(from.state)))) {
    let offset = from?.state === state ? from.offset : 0;
    for (const { count, ids } of sections[state]) {
      const wanted = Math.min(limit - found.length, count - offset);
      if (wanted > 0) found.push(...(await ids(offset, wanted)).map((id) => ({ id, state })));
      offset = Math.max(0, offset - count);
    }
    const before = from?.state === state ? from.offset : 0;
    const shown = before + found.filter((job) => job.state === state).length;
    next = shown < countOf(sections[state]) ? { state, offset: shown } : undefined;
    if (found.length >= limit) {
      next ??= firstAfter(state, states, sections);
      break;
    }
    next = undefined;
  }
  const items = await Promise.all(found.map(({ id, state }) => readJob(redis, base, { id, state })));
  return {
    counts: Object.fromEntries(STATES.map((state) => [state, countOf(sections[state])])) as JobPage['counts'],
    now: Number(seconds) * 1000 + Math.floor(Number(micros) / 1000),
    items: items.filter((item) => item !== undefined),
    next,
  };
}

const countOf = (sections: readonly Section[]): number => sections.reduce((sum, { count }) => sum + count, 0);

function firstAfter(state: JobState, states: readonly JobState[], sections: Sections): Cursor | undefined {
  const rest = states.slice(states.indexOf(state) + 1);
  const other = rest.find((one) => countOf(sections[one]) > 0);
  return other && { state: other, offset: 0 };
}

type Sections = Readonly<Record<JobState, readonly Section[]>>;

async function sectionsOf(redis: RedisClient, base: string): Promise<Sections> {
  const list = async (key: string): Promise<Section> => ({
    count: await redis.llen(base + key),
    // The next one is at the end.
    ids: async (start, count) => (await redis.lrange(base + key, -(start + count), -(start + 1))).reverse(),
  });
  const set = async (key: string, latestFirst = false): Promise<Section> => ({
    count: await redis.zcard(base + key),
    ids: (start, count) => {
      const range = [String(start), String(start + count - 1)] as const;
      return latestFirst ? redis.zrange(base + key, ...range, 'REV') : redis.zrange(base + key, ...range);
    },
  });
  const [active, wait, prioritized, delayed, failed, completed] = await Promise.all([
    list('active'),
    list('wait'),
    set('prioritized'),
    set('delayed'),
    set('failed', true),
    set('completed', true),
  ]);
  return {
    active: [active],
    waiting: [wait, prioritized],
    delayed: [delayed],
    failed: [failed],
    completed: [completed],
  };
}

/** Undefined for one that was removed meanwhile. */
export async function readJob(
  redis: RedisClient,
  base: string,
  { id, state }: { readonly id: string; readonly state: JobState },
): Promise<JobView | undefined> {
  const key = base + id;
  const guarded = Object.keys(LONGEST_BYTES) as (keyof typeof LONGEST_BYTES)[];
  const lengths = await Promise.all(guarded.map((field) => redis.hstrlen(key, field)));
  const tooLong = new Set<string>(guarded.filter((field, at) => (lengths[at] ?? 0) > LONGEST_BYTES[field]));
  const asked = FIELDS.filter((field) => !tooLong.has(field));
  const values = await redis.hmget(key, ...asked);
  if (values.every((value) => value === null)) return undefined;
  const fields = Object.fromEntries(
    asked.flatMap((field, at) => (typeof values[at] === 'string' ? [[field, values[at]]] : [])),
  ) as JobFields;
  return jobView(id, state, fields);
}
