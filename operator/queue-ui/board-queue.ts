/** One queue behind the board: what it asks for is read as `kubectl pwp jobs` reads it; what would change anything is refused. */
import { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js';
import type { JobCounts, JobStatus, QueueMetrics, Status } from '@bull-board/api/dist/types.js';
import { type JobState, withoutSecrets } from '../queue-api/job-view.ts';
import { listJobs, MOST_JOBS, STATES } from '../queue-api/list-jobs.ts';
import type { RedisClient } from '../redis/connections.ts';
import { type BoardJob, boardJob, READ_ONLY } from './board-job.ts';
import { findJob } from './find-job.ts';

export interface QueueName {
  readonly prefix: string;
  readonly name: string;
}

/** Runs a look at Redis, within its deadline. */
export type Ask = <T>(look: (redis: RedisClient) => Promise<T>) => Promise<T>;

/** Of each state, where all of them are asked for at once. */
const MOST_OF_EACH = 40;
/** What a Queue of BullMQ has by itself. */
const USUAL_PREFIX = 'bull';

export class BoardQueue extends BaseAdapter {
  readonly #queue: QueueName;
  readonly #ask: Ask;

  constructor(queue: QueueName, ask: Ask) {
    super('bullmq', { readOnlyMode: true });
    this.#queue = queue;
    this.#ask = ask;
  }

  getName(): string {
    const { prefix, name } = this.#queue;
    return prefix === USUAL_PREFIX ? name : `${prefix}:${name}`;
  }

  getQueueName = (): string => this.#queue.name;
  getQueueQualifiedName = (): string => `${this.#queue.prefix}:${this.#queue.name}`;
  getStatuses = (): Status[] => ['latest', ...STATES];
  getJobStatuses = (): JobStatus[] => [...STATES];

  async getJobCounts(): Promise<JobCounts> {
    const { counts } = await this.#look((redis) =>
      listJobs(redis, this.#queue, { states: [], limit: 0, from: undefined }),
    );
    return counts as JobCounts;
  }

  /** So many of each state; where several are asked for, the latest first. */
  async getJobs(statuses: JobStatus[], start = 0, end = 0): Promise<BoardJob[]> {
    const states = STATES.filter((state) => (statuses as readonly string[]).includes(state));
    const most = states.length > 1 ? MOST_OF_EACH : MOST_JOBS;
    const limit = Math.min(most, Math.max(0, end - start + 1));
    const page = (state: JobState) => ({ states: [state], limit, from: { state, offset: start } });
    const pages = await this.#look((redis) =>
      Promise.all(states.map((state) => listJobs(redis, this.#queue, page(state)))),
    );
    const views = pages.flatMap(({ items }) => items);
    if (states.length > 1) views.sort((one, other) => (other.added ?? '').localeCompare(one.added ?? ''));
    return views.map(boardJob);
  }

  async getJob(id: string): Promise<BoardJob | undefined> {
    const view = await this.#look((redis) => findJob(redis, this.#queue, id));
    return view && boardJob(view);
  }

  async isPaused(): Promise<boolean> {
    return (await this.#meta('paused')) !== null;
  }

  async getGlobalConcurrency(): Promise<number | null> {
    const text = await this.#meta('concurrency');
    return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
  }

  /** What is not told here: logs and options of jobs may hold anything, and the rest is not of this product. */
  getJobLogs = async (): Promise<string[]> => [];
  getJobSchedulers = async (): Promise<[]> => [];
  getJobSchedulersCount = async (): Promise<number> => 0;
  getRedisInfo = async (): Promise<null> => null;
  getFlowProducer = async (): Promise<undefined> => undefined;
  getMetrics = async (): Promise<QueueMetrics> => ({
    meta: { count: 0, prevTS: 0, prevCount: 0 },
    data: [],
    count: 0,
  });

  clean = refuse;
  addJob = refuse;
  pause = refuse;
  resume = refuse;
  empty = refuse;
  obliterate = refuse;
  promoteAll = refuse;
  removeJobScheduler = refuse;
  updateJobScheduler = refuse;
  runJobSchedulerNow = refuse;
  setGlobalConcurrency = refuse;

  #meta(field: string): Promise<string | null> {
    const { prefix, name } = this.#queue;
    return this.#look((redis) => redis.hget(`${prefix}:${name}:meta`, field));
  }

  /** The board shows the message of what is thrown. */
  async #look<T>(look: (redis: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await this.#ask(look);
    } catch (error) {
      const told = withoutSecrets(error instanceof Error ? error.message : String(error)).slice(0, 300);
      throw new Error(
        /NOPERM|permission/i.test(told)
          ? `Redis refuses this to the queue UI’s user: docs/queue-ui.md has the rights that it takes (${told})`
          : `Redis can not be asked now: ${told}`,
      );
    }
  }
}

function refuse(): Promise<never> {
  return Promise.reject(new Error(READ_ONLY));
}
