/** The estimates of real queues, whose truth is known: what was added, and for how long slots were busy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type KeepJobs, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type Estimates, estimatesAfter } from '../../../operator/scaling/estimates.ts';
import { readLoad } from '../../../operator/scaling/load.ts';
import { priorityOf } from '../../../worker/lanes.ts';
import { Stats } from '../../../worker/stats.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';

interface Kind {
  readonly removeOnComplete: boolean | KeepJobs;
  /** Whether the worker is one of ours, which counts. */
  readonly isCounted: boolean;
}
const KINDS: Readonly<Record<string, Kind>> = {
  'removed-at-once': { removeOnComplete: true, isCounted: true },
  'removed-but-for-the-last-ten': { removeOnComplete: { count: 10 }, isCounted: true },
  'removed-after-a-second': { removeOnComplete: { age: 1 }, isCounted: true },
  'served-by-others': { removeOnComplete: true, isCounted: false },
};
const PREFIX = 'bull';
const JOBS_A_SECOND = 40;
const SLOTS = 8;
/** What waits from the start, at the end of the interactive lane. */
const BACKLOG = 2_000;

const now = (): number => performance.now() / 1000;

/** A queue with its producer and its worker, and the estimates of one who looks at it now and then. */
class Life {
  estimates: Estimates | undefined;
  readonly #arrivals: number[] = [];
  #jobs = 0;
  #busySeconds = 0;
  readonly #redis: Redis;
  readonly #isCounted: boolean;
  readonly #queue: Queue;
  readonly #worker: Worker;
  readonly #stats: Stats;
  readonly #begunAt: number;
  readonly #ends: (() => Promise<unknown>)[] = [];
  #isOver = false;

  static async begin(server: TestRedis, name: string, { removeOnComplete, isCounted }: Kind): Promise<Life> {
    const redis = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 100 });
    redis.on('error', () => {});
    const queue = new Queue(name, { prefix: PREFIX, connection: redis, defaultJobOptions: { removeOnComplete } });
    queue.on('error', () => {});
    const add = (count: number, priority: number) =>
      queue.addBulk(Array.from({ length: count }, () => ({ name: 'preview', data: {}, opts: { priority } })));
    await add(BACKLOG, priorityOf('backfill') - 1);
    await add(BACKLOG, priorityOf('backfill'));
    return new Life(redis, queue, isCounted);
  }

  private constructor(redis: Redis, queue: Queue, isCounted: boolean) {
    const { name } = queue;
    [this.#redis, this.#queue, this.#isCounted] = [redis, queue, isCounted];
    this.#stats = new Stats(redis, { name, prefix: PREFIX }, () => {});
    this.#worker = new Worker(name, () => this.#work(), { prefix: PREFIX, connection: redis, concurrency: SLOTS });
    this.#worker.on('error', () => {});
    this.#begunAt = now();
    const every = (milliseconds: () => number, act: () => Promise<unknown>) => {
      const loop = async () => {
        while (!this.#isOver) {
          await act().catch(() => {});
          await sleep(milliseconds());
        }
      };
      const over = loop();
      this.#ends.push(() => over);
    };
    every(
      () => 25,
      () => this.#addWhatIsDue(),
    );
    every(
      () => 1_000,
      async () => this.#stats.beat(),
    );
    every(
      () => 100 + 1_400 * Math.random(),
      () => this.#look(),
    );
  }

  /** As many as have come to be due, so that a slow machine has no lower rate; not while nobody can take them. */
  async #addWhatIsDue(): Promise<void> {
    const at = now();
    const due = Math.floor((at - this.#begunAt) * JOBS_A_SECOND) - this.#arrivals.length;
    if (due <= 0 || this.#redis.status !== 'ready') return;
    this.#arrivals.push(...Array.from({ length: due }, () => at));
    const opts = { priority: 1 };
    await this.#queue.addBulk(Array.from({ length: due }, () => ({ name: 'preview', data: {}, opts })));
  }

  async #work(): Promise<void> {
    const begun = now();
    if (this.#isCounted) this.#stats.started({ lane: 'interactive' });
    await sleep(Math.random() < 0.5 ? 50 : 150);
    if (this.#isCounted) this.#stats.ended({ lane: 'interactive', outcome: 'completed', seconds: now() - begun });
    this.#jobs += 1;
    this.#busySeconds += now() - begun;
  }

  async #look(): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    const load = await readLoad(this.#redis, { name: this.#queue.name, prefix: PREFIX });
    if (!('reason' in load)) this.estimates = estimatesAfter(this.estimates, load, [30, 1_800]);
  }

  /** What is off, if anything; a machine that stands still for a moment is off for that long. */
  errors(): string[] {
    const { lambda, serviceSeconds } = this.estimates ?? {};
    const isOff = (estimate: number | undefined, truth: number) => !(Math.abs((estimate ?? 0) / truth - 1) <= 0.1);
    const seconds = this.#busySeconds / this.#jobs;
    return [
      ...(isOff(lambda, JOBS_A_SECOND) ? [`${this.#queue.name}: lambda ${lambda}, not ${JOBS_A_SECOND}`] : []),
      // How long slots are busy is a sample at each look where nobody counts: too few in so short a time.
      ...(this.#isCounted && isOff(serviceSeconds, seconds)
        ? [`${this.#queue.name}: S ${serviceSeconds}, not ${seconds}`]
        : []),
    ];
  }

  async flush(): Promise<void> {
    await this.#queue.obliterate({ force: true });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    for (const end of this.#ends) await end();
    await this.#worker.close(true);
    await this.#stats.stop();
    await this.#queue.close();
    this.#redis.disconnect();
  }
}

describe('the estimates of a real queue', function () {
  this.timeout(90_000);

  it('are within a tenth of the truth however jobs are removed and whoever serves them, after a flush, and after Redis forgot all', async () => {
    let server = await startRedis();
    const lives: Life[] = [];
    try {
      for (const [name, kind] of Object.entries(KINDS)) lives.push(await Life.begin(server, name, kind));
      // What a flush or a restart does to an estimate is remembered for a minute: this is long enough to see it, and too short
      // for it to pass.
      const live = async (what: string) => {
        await throughout(4, async () => {});
        await eventually(`the truth is told ${what}`, () => {
          const errors = lives.flatMap((life) => life.errors());
          if (errors.length > 0) throw new Error(errors.join('; '));
          return true;
        });
      };
      await live('in peace');
      for (const life of lives) await life.flush();
      await live('after a flush');
      await server.stop();
      server = await startRedis({ port: server.port });
      await live('after Redis forgot all');
    } finally {
      for (const life of lives) await life.end();
      await server.stop();
    }
  });
});
