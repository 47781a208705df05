/** Gives failed jobs back to their queue, as new ones: no attempt and no interruption of before counts. */
import type { Queue } from 'bullmq';
import { open, type RedisClient, RedisUnreachable, steady, withDeadline } from '../redis/connections.ts';
import type { RedisEndpoint } from '../redis/endpoint.ts';

/** In one request: what is done within its deadline. */
export const MOST_AT_ONCE = 100;
const DEADLINE_MS = 8_000;
const LONGEST_DATA_BYTES = 1 << 20;
/** Of a job's hash: what workers count of it, and why they put it off. */
const OUR_FIELDS = 'preview:';

export type RetryRequest = { readonly force: boolean } & (
  | { readonly ids: readonly string[] }
  | {
      /** Those that had failed by then, in milliseconds of Redis' clock; absent: by now. */
      readonly failedBefore: number | undefined;
      /** Of the failed ones that were passed over before. */
      readonly skip: number;
      /** Empty: whatever they failed for. */
      readonly reasons: readonly string[];
    }
);

export interface RetryAnswer {
  readonly retried: readonly string[];
  readonly refused: readonly { readonly id: string; readonly why: string }[];
  /** What to ask next by, to have all; absent when there are no more. */
  readonly next?: { readonly failedBefore: number; readonly skip: number };
}

/** By a connection of its own, under the same user: what waits here holds up nobody who scales. Rejects with RedisUnreachable. */
export async function retryJobs(
  endpoint: RedisEndpoint,
  { prefix, name }: { readonly name: string; readonly prefix: string },
  request: RetryRequest,
): Promise<RetryAnswer> {
  const redis = open(endpoint);
  let problem = '';
  redis.on('error', (error: Error) => {
    problem = error.message;
  });
  const work = async () => {
    // Only who gives a job back pays for it with memory.
    const { Queue } = await import('bullmq');
    if (redis.status === 'wait') await redis.connect();
    const queue = new Queue(name, { prefix, connection: redis, skipVersionCheck: true, skipMetasUpdate: true });
    queue.on('error', ({ message }) => {
      problem = message;
    });
    const retry = new Retry(queue, redis, request.force);
    return 'ids' in request ? await retry.named(request.ids) : await retry.failed(request);
  };
  try {
    return await withDeadline(redis, work, DEADLINE_MS);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new RedisUnreachable(steady(problem && /closed|ended/i.test(said) ? problem : said));
  } finally {
    redis.disconnect();
  }
}

class Retry {
  readonly #queue: Queue;
  readonly #redis: RedisClient;
  readonly #force: boolean;
  readonly #retried: string[] = [];
  readonly #refused: { id: string; why: string }[] = [];

  constructor(queue: Queue, redis: RedisClient, force: boolean) {
    this.#queue = queue;
    this.#redis = redis;
    this.#force = force;
  }

  async named(ids: readonly string[]): Promise<RetryAnswer> {
    for (const id of ids) await this.#one(id);
    return { retried: this.#retried, refused: this.#refused };
  }

  async failed({
    failedBefore,
    skip,
    reasons,
  }: Extract<RetryRequest, { readonly skip: number }>): Promise<RetryAnswer> {
    const [seconds] = await this.#redis.time();
    const until = failedBefore ?? Number(seconds) * 1000 + 999;
    const key = this.#queue.toKey('failed');
    const ids = await this.#redis.zrange(key, '-inf', String(until), 'BYSCORE', 'LIMIT', skip, MOST_AT_ONCE);
    let passed = skip;
    for (const id of ids) if (!((await this.#isMeant(id, reasons)) && (await this.#one(id)))) passed += 1;
    return {
      ...{ retried: this.#retried, refused: this.#refused },
      ...(ids.length === MOST_AT_ONCE ? { next: { failedBefore: until, skip: passed } } : {}),
    };
  }

  async #isMeant(id: string, reasons: readonly string[]): Promise<boolean> {
    if (reasons.length === 0) return true;
    const [reason = ''] =
      /^\w+(?=: )/.exec((await this.#redis.hget(this.#queue.toKey(id), 'failedReason')) ?? '') ?? [];
    return reasons.includes(reason);
  }

  /** Whether it went back; touches nothing but a job of the failed ones, whatever the id looks like. */
  async #one(id: string): Promise<boolean> {
    const why = await this.#refusal(id);
    if (why === undefined) this.#retried.push(id);
    else this.#refused.push({ id, why });
    return why === undefined;
  }

  async #refusal(id: string): Promise<string | undefined> {
    const [queue, redis] = [this.#queue, this.#redis];
    if ((await redis.zscore(queue.toKey('failed'), id)) === null) return 'it is not among the failed jobs';
    const key = queue.toKey(id);
    if ((await redis.hstrlen(key, 'data')) > LONGEST_DATA_BYTES) return 'its data is too large to be a job of previews';
    const job = await queue.getJob(id);
    if (job === undefined) return 'it was removed meanwhile';
    const ours = (await redis.hkeys(key)).filter((field) => field.startsWith(OUR_FIELDS));
    if (ours.length > 0) await redis.hdel(key, ...ours);
    if (this.#force) await job.updateData({ ...(job.data as object), force: true });
    try {
      await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
      return undefined;
    } catch (error) {
      if (redis.status !== 'ready') throw error;
      return error instanceof Error ? error.message.slice(0, 200) : String(error);
    }
  }
}
