/** Who is served when many want to be: tenants in turns, and the backfill lane behind a busy interactive one. */
import { once } from 'node:events';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Cluster, Redis } from 'ioredis';
import { Ageing } from '../../worker/ageing.ts';
import type { PreviewJob } from '../../worker/client.ts';
import { Consumer } from '../../worker/consumer.ts';
import type { SubmitLane } from '../../worker/lanes.ts';
import { createLog } from '../../worker/log.ts';
import { addJob } from '../../worker/queue.ts';
import type { PreviewResult } from '../../worker/result.ts';
import { Stats } from '../../worker/stats.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { startRedisCluster } from '../cluster/redis-cluster.ts';

const PREVIEWS = { name: 'previews', prefix: 'bull' };
const FAIR = 'bull:previews:preview-fair';
const PRIORITIZED = 'bull:previews:prioritized';
const UNIT = 2 ** 32;

describe('the lanes of a queue', function () {
  this.timeout(60_000);
  let server: TestRedis;
  let redis: Redis;
  let queue: Queue;
  let count = 0;
  const ending: (() => unknown)[] = [];

  before(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
    queue = new Queue('previews', { connection: redis });
    await queue.waitUntilReady();
  });
  beforeEach(() => redis.flushall());
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });
  after(async () => {
    redis?.disconnect();
    await server?.stop();
  });

  const job = (tenant?: string): PreviewJob => ({
    version: 1,
    source: { uri: 'file:///inbox/a.jpg' },
    outputs: [{ preset: 'grid' }],
    ...(tenant === undefined ? {} : { tenant }),
  });
  const add = async (tenant?: string, { id = `job-${count++}`, lane = 'interactive' as SubmitLane } = {}) => {
    await addJob({ queue, redis }, { id, job: job(tenant), lane });
    return id;
  };
  const addMany = async (jobs: number, tenant?: string, lane: SubmitLane = 'interactive') => {
    for (let left = jobs; left > 0; left -= 500)
      await Promise.all(Array.from({ length: Math.min(500, left) }, () => add(tenant, { lane })));
  };
  const numbers = async (): Promise<Map<string, number>> => {
    const jobs = (await redis.zrange(PRIORITIZED, '0', '-1', 'WITHSCORES')).map(String);
    const pairs = jobs.flatMap((id, at) =>
      at % 2 === 0 ? [[id, Math.floor(Number(jobs[at + 1]) / UNIT)] as const] : [],
    );
    return new Map(pairs);
  };
  const numberOf = async (id: string) => (await numbers()).get(id);

  /** A worker whose jobs do what `work` does; who was served, in order, as a lane or a tenant. */
  function serve({
    slots = 2,
    work = async () => {},
  }: {
    slots?: number;
    work?: (tenant: string) => Promise<unknown>;
  } = {}) {
    const served: string[] = [];
    const connection = new Redis(server.url, { maxRetriesPerRequest: null });
    const log = createLog('worker', 'silent');
    const stats = new Stats(connection, PREVIEWS, () => {});
    const consumer = new Consumer({
      queue: PREVIEWS,
      redis: connection,
      name: 'worker',
      slots,
      log,
      process: async (payload, signal) => {
        const { tenant = '' } = payload as PreviewJob;
        served.push(tenant);
        const given = once(signal, 'abort').then(() => signal.throwIfAborted());
        await Promise.race([work(tenant), given]);
        return { requestKey: '', plan: { outputs: [] }, dryRun: true } as unknown as PreviewResult;
      },
      observe: { started: (start) => stats.started(start), ended: (end) => stats.ended(end) },
    });
    ending.push(async () => {
      await consumer.stop({ graceSeconds: 1, closingSeconds: 5 });
      await stats.stop();
      connection.disconnect();
    });
    return { served, stop: () => consumer.stop({ graceSeconds: 0, closingSeconds: 10 }) };
  }
  function age(options: object = {}) {
    const ageing = new Ageing({ redis, queue: PREVIEWS, onProblem: (error) => Promise.reject(error), ...options });
    ending.push(() => ageing.stop());
  }

  it('serve a tenant of ten jobs in turns with one whose ten thousand came before', async () => {
    await addMany(10_000, 'many');
    await addMany(10, 'few');
    const { served } = serve();
    await eventually('all of the few are served', () => served.filter((tenant) => tenant === 'few').length === 10);
    const last = served.lastIndexOf('few') + 1;
    // Twice its own jobs times two tenants; in turns it is half of that.
    expect(last).to.be.at.most(40);
    expect(last).to.be.within(19, 24);
  });

  it('serve tenants that come at once from several producers in turns, each number once for each', async () => {
    const tenants = ['a', 'b', 'c'];
    const others = tenants.map(() => new Redis(server.url));
    ending.push(() => others.forEach((other) => void other.disconnect()));
    const ids = await Promise.all(
      tenants.flatMap((tenant, at) =>
        Array.from({ length: 60 }, async (_, n) => {
          const id = `${tenant}-${n}`;
          const own = others[n % 2 === 0 ? at : 0] ?? redis;
          await addJob({ queue, redis: own }, { id, job: job(tenant), lane: 'interactive' });
          return id;
        }),
      ),
    );
    const given = await numbers();
    expect(given.size).to.equal(ids.length);
    for (const tenant of tenants) {
      const own = [...given].filter(([id]) => id.startsWith(tenant)).map(([, number]) => number);
      expect(new Set(own).size).to.equal(60);
      expect(Math.max(...own)).to.be.within(60, 62);
    }
  });

  it('begin at 1 again when the lane is empty, and know no tenant longer than it matters', async () => {
    await addMany(5, 'a');
    expect(await numberOf(await add('a'))).to.equal(6);
    await queue.drain();
    await redis.hset(FAIR, 'markAt', Date.now() - 2_000);
    expect(await numberOf(await add('a'))).to.equal(1);
    expect(await redis.ttl(FAIR)).to.be.within(80_000, 86_400);
    for (let at = 0; at < 3_000; at += 500)
      await Promise.all(Array.from({ length: 500 }, (_, n) => add(`tenant-${at + n}`)));
    expect(await redis.hlen(FAIR)).to.be.at.most(1_300);
  });

  it('take no turn for a job that the queue holds already, nor for urgent and backfill ones', async () => {
    const id = await add('a');
    await add('a', { id });
    await add('a', { id });
    await add('a', { lane: 'urgent' });
    const late = await add('a', { lane: 'backfill' });
    expect(await numberOf(late)).to.equal(1_000_000);
    expect(await numberOf(await add('a'))).to.equal(2);
    expect(await redis.llen('bull:previews:wait')).to.equal(1);
  });

  it('number a lane anew that is never empty, in the same order', async () => {
    const ids = [await add('a'), await add('a'), await add('b'), await add('b'), await add('b')];
    for (const [at, id] of ids.entries()) await redis.zadd(PRIORITIZED, (500_000 + at) * UNIT + 7, id);
    const late = await add('a', { lane: 'backfill' });
    await redis.hset(FAIR, { clock: 500_000, last: 500_004, 't:a': 500_002, 't:b': 500_005 });
    expect(await numberOf(await add('a'))).to.equal(3);
    expect(await numberOf(await add('b'))).to.equal(6);
    const given = await numbers();
    expect(ids.map((id) => given.get(id))).to.deep.equal([0, 1, 2, 3, 4].map((at) => at + 1));
    expect(given.get(late)).to.equal(1_000_000);
    expect(await redis.hgetall(FAIR)).to.include({ clock: '1', last: '6', 't:a': '4', 't:b': '7' });
  });

  it('let nobody go before those who wait because a job with an old number came back', async () => {
    await addMany(20, 'a');
    await redis.zremrangebyrank(PRIORITIZED, 0, 9);
    expect(await numberOf(await add('b'))).to.equal(11);
    await redis.zadd(PRIORITIZED, 2 * UNIT, 'again');
    expect(await numberOf(await add('c'))).to.equal(11);
  });

  it('hold against a tenant no more of what it was served at once than that of the last two seconds', async () => {
    for (let at = 0; at < 30; at += 1) {
      await add('steady');
      await queue.drain();
      if (at % 10 === 9) await redis.hset(FAIR, 'markAt', Date.now() - 1_000);
    }
    await addMany(20, 'new');
    const number = (await numberOf(await add('steady'))) ?? 0;
    expect(number - Math.min(...(await numbers()).values())).to.be.within(0, 11);
  });

  it('keep the number of a job that is tried again', async () => {
    await addMany(3, 'a');
    const id = await add('b');
    await add('b');
    let tries = 0;
    serve({
      slots: 1,
      work: async (tenant) => {
        if (tenant === 'b') tries += 1;
        if (tenant === 'b' && tries === 1) throw new Error('not yet');
      },
    });
    await eventually('it waits for its next try', async () => (await queue.getJob(id))?.isDelayed());
    expect(Number(await redis.hget(`bull:previews:${id}`, 'priority'))).to.equal(1);
    await eventually('all are served', async () => tries === 3);
  });

  it('keep the number of a job that is given back', async () => {
    await add('a');
    const ids = [await add('b'), await add('b')];
    const { served, stop } = serve({ slots: 3, work: () => new Promise(() => {}) });
    await eventually('all run', () => served.length === 3);
    await add('c');
    await stop();
    const given = await numbers();
    expect(ids.map((id) => given.get(id))).to.deep.equal([1, 2]);
    expect((await queue.getJob(ids[1] ?? ''))?.attemptsMade).to.equal(0);
  });

  it('bring a job to the front whose number is of an earlier count', async () => {
    await addMany(50, 'a');
    const old = await add('b');
    const young = await add('c');
    await redis.hset(`bull:previews:${old}`, { ats: 1 });
    for (const id of [old, young]) await redis.zadd(PRIORITIZED, 800_000 * UNIT, id);
    age({ everyMilliseconds: 20 });
    await eventually('it is among the first', async () => ((await redis.zrank(PRIORITIZED, old)) ?? 99) < 2);
    // It has not waited for long, and may have been given that number by its own producer.
    expect(await numberOf(young)).to.equal(800_000);
  });

  it('start one backfill job in twenty at least while the interactive lane never ends', async () => {
    await addMany(400, 'late', 'backfill');
    await addMany(3_000, 'soon');
    age({ everyMilliseconds: 50, overdueMilliseconds: 1 });
    const { served } = serve({ slots: 4, work: () => new Promise((resolve) => setTimeout(resolve, 2)) });
    await eventually('the interactive lane is empty', () => served.filter((lane) => lane === 'soon').length === 3_000, {
      seconds: 40,
    });
    const meanwhile = served.slice(0, served.lastIndexOf('soon') + 1);
    const share = meanwhile.filter((lane) => lane === 'late').length / meanwhile.length;
    expect(share).to.be.within(0.05, 0.08);
  });

  it('start none of the backfill lane before its time while interactive jobs wait', async () => {
    await addMany(50, 'late', 'backfill');
    await addMany(600, 'soon');
    age({ everyMilliseconds: 20 });
    const { served } = serve({ slots: 2 });
    await eventually('all are served', () => served.length === 650);
    expect(served.indexOf('late')).to.be.at.least(598);
  });

  it('survive what others write where the numbers are', async () => {
    await redis.set(FAIR, 'mine');
    expect(await numberOf(await add('a'))).to.equal(1);
    await redis.del(FAIR);
    await add('a');
    for (const value of ['NaN', '-5', 'inf', '1e300', 'x', '', '0x7fffffff', '900001']) {
      await redis.hset(FAIR, { clock: value, last: value, 't:a': value });
      expect(await numberOf(await add('a')), value).to.be.within(1, 899_999);
    }
    await redis.zadd(PRIORITIZED, '-inf', 'low', '+inf', 'high');
    expect(await numberOf(await add('a'))).to.be.within(1, 899_999);
    for (const value of ['NaN', '-5', '1e300', 'x']) {
      await redis.hset('bull:previews:preview-ageing', { at: value, interactive: value, backfill: value, owed: value });
      await redis.hset('bull:previews:preview-stats', { 'started:interactive': value, 'started:backfill': value });
    }
    await addMany(5, 'late', 'backfill');
    age({ everyMilliseconds: 10, overdueMilliseconds: 1 });
    await eventually('it was swept', async () => Number(await redis.hget('bull:previews:preview-ageing', 'at')) > 1e12);
  });

  it('hold in a Cluster, by the rights of producers and workers', async () => {
    const password = 'l4nes';
    const nodes = await startRedisCluster({ password, users: documentedUsers(password, { inCluster: true }) });
    const as = (username: string) => new Cluster([...nodes.nodes], { redisOptions: { username, password } });
    const [producer, worker] = [as('preview-producer'), as('preview-worker')];
    const inCluster = new Queue('previews', { connection: producer, prefix: '{bull}' });
    const problems: string[] = [];
    const queueOfWorker = { name: 'previews', prefix: '{bull}' };
    const onProblem = ({ message }: Error) => problems.push(message);
    let ageing: Ageing | undefined;
    try {
      for (const tenant of ['a', 'a', 'b'])
        await addJob(
          { queue: inCluster, redis: producer },
          { id: `r${count++}`, job: job(tenant), lane: 'interactive' },
        );
      expect(await producer.hget('{bull}:previews:preview-fair', 't:a')).to.equal('3');
      await worker.exists('{bull}:previews:meta');
      ageing = new Ageing({ redis: worker, queue: queueOfWorker, onProblem, everyMilliseconds: 20 });
      await eventually('it was swept', () => producer.hexists('{bull}:previews:preview-ageing', 'at'));
      expect(problems).to.deep.equal([]);
    } finally {
      ageing?.stop();
      await inCluster.close();
      producer.disconnect();
      worker.disconnect();
      await nodes.stop();
    }
  });
});
