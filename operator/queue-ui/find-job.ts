/** One job by its id, and what set of the queue it lies in. Only reads. */
import type { JobState, JobView } from '../queue-api/job-view.ts';
import { readJob } from '../queue-api/list-jobs.ts';
import type { RedisClient } from '../redis/connections.ts';

/** As many jobs as workers ever have at once; a longer list is not searched to its end. */
const MOST_ACTIVE = 10_000;
const LONGEST_ID = 1_024;
const SETS: readonly (readonly [key: string, JobState])[] = [
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['delayed', 'delayed'],
  ['prioritized', 'waiting'],
];

/** Undefined where there is none. Whatever the id looks like, nothing but a job's own fields is read. */
export async function findJob(
  redis: RedisClient,
  { prefix, name }: { readonly prefix: string; readonly name: string },
  id: string,
): Promise<JobView | undefined> {
  const base = `${prefix}:${name}:`;
  if (id === '' || id.length > LONGEST_ID) return undefined;
  // The queue's own keys lie beside its jobs. What is a hash among them has none of the fields of a job, and nothing else is read.
  if ((await redis.type(base + id)) !== 'hash') return undefined;
  return readJob(redis, base, { id, state: await stateOf(redis, base, id) });
}

async function stateOf(redis: RedisClient, base: string, id: string): Promise<JobState> {
  const scores = await Promise.all(SETS.map(([key]) => redis.zscore(base + key, id)));
  const [, state] = SETS[scores.findIndex((score) => score !== null)] ?? [];
  if (state !== undefined) return state;
  const at = await redis.lpos(`${base}active`, id, 'MAXLEN', MOST_ACTIVE);
  return at === null ? 'waiting' : 'active';
}
