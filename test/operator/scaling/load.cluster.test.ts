/** What the operator reads of a queue, asked as the user that docs/redis.md gives it, of queues that BullMQ itself has made. */
import { type Job, Queue, WaitingChildrenError, Worker } from 'bullmq';
import { expect } from 'chai';
import { Cluster, Redis } from 'ioredis';
import { isQueueThere } from '../../../operator/scaling/backlog.ts';
import { type Load, type LoadProblem, readLoad } from '../../../operator/scaling/load.ts';
import { documentedUsers } from '../../cluster/acl.ts';
import { eventually } from '../../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';
import { startRedisCluster } from '../../cluster/redis-cluster.ts';

const PASSWORD = 'op3rator-s3cret';
const OPERATOR = { username: 'preview-operator', password: PASSWORD };
const PREVIEWS = { name: 'previews', prefix: 'bull' };
const STATS = 'bull:previews:preview-stats';
const HOUR = 3_600_000;

describe('the load of a queue', function () {
  this.timeout(60_000);
  let server: TestRedis;
  let admin: Redis;
  let operator: Redis;
  let queue: Queue;
  const workers: Worker[] = [];

  before(async () => {
    server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    admin = new Redis(server.port, { password: PASSWORD, maxRetriesPerRequest: null });
    operator = new Redis(server.port, OPERATOR);
    queue = new Queue('previews', { connection: admin });
  });
  beforeEach(() => admin.flushall());
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.close(true);
  });
  after(async () => {
    operator?.disconnect();
    admin?.disconnect();
    await server?.stop();
  });

  const read = () => readLoad(operator, PREVIEWS);
  const load = async (): Promise<Load> => {
    const found = await read();
    if ('reason' in found) throw new Error(found.message);
    return found;
  };
  const problem = async (): Promise<LoadProblem> => {
    const found = await read();
    if (!('reason' in found)) throw new Error('it has a load');
    return found;
  };
  const lanes = async (what: 'waiting' | 'active') => {
    const { interactive, backfill } = (await load()).lanes;
    return [interactive[what], backfill[what]];
  };
  const work = (processor: (job: Job) => Promise<unknown>, options: object = {}) => {
    const worker = new Worker('previews', processor, { connection: admin, ...options });
    worker.on('error', () => {});
    workers.push(worker);
    return worker;
  };
  const isThere = () => isQueueThere(operator, PREVIEWS);
  const never = () => new Promise<never>(() => {});
  const ago = (milliseconds: number) => ({ timestamp: Date.now() - milliseconds });

  it('is nothing of a queue that nobody has used', async () => {
    const empty = await readLoad(operator, { ...PREVIEWS, name: 'previews:unused' });
    if ('reason' in empty) throw new Error(empty.message);
    expect(empty).to.deep.include({ isCounted: false, delayed: 0, paused: false, oldestSeconds: 0 });
    expect(empty).to.deep.include({ globalConcurrency: null, rateLimit: undefined, added: undefined });
    expect(empty.lanes.interactive).to.include({ waiting: 0, active: 0, finished: 0 });
    await queue.add('preview', {});
    expect(await load()).to.include({ added: 1 });
    await queue.obliterate({ force: true });
    expect(await lanes('waiting')).to.deep.equal([0, 0]);
    expect(await isThere()).to.equal(false);
  });

  it('is of a queue that is not there while only workers wait at it, and is there once a producer has opened it', async () => {
    work(never, { stalledInterval: 50 });
    await eventually(
      'a worker has looked for stalled jobs',
      async () => (await admin.exists(queue.toKey('meta'))) === 1,
    );
    expect(await isThere()).to.equal(false);
    const producer = new Queue('previews', { connection: admin });
    await eventually('the producer has told its version', isThere);
    await producer.close();
  });

  it('is of a queue that is there where somebody paused it before its first job', async () => {
    await queue.pause();
    expect(await load()).to.include({ paused: true });
    expect(await isThere()).to.equal(true);
  });

  it('has waiting and prioritized jobs in their lanes, and those that are due', async () => {
    await queue.add('preview', {});
    for (const priority of [1, 999_999, 1_000_000, 2_097_151]) await queue.add('preview', {}, { priority });
    expect(await lanes('waiting')).to.deep.equal([3, 2]);
    await queue.add('preview', {}, { delay: HOUR });
    await queue.add('preview', {}, { ...ago(HOUR), delay: HOUR - 2_000 });
    await queue.add('preview', {}, { ...ago(HOUR), delay: HOUR - 4_000, priority: 1_000_000 });
    expect(await lanes('waiting')).to.deep.equal([4, 3]);
    const { delayed, nextDueSeconds, unprioritized } = await load();
    expect([delayed, unprioritized]).to.deep.equal([1, 1]);
    expect(nextDueSeconds).to.be.within(HOUR / 1000 - 30, HOUR / 1000);
  });

  it('splits many due and many running jobs by a sample of them', async () => {
    const jobs = Array.from({ length: 400 }, (_, at) => ({
      name: 'preview',
      data: {},
      opts: { ...ago(HOUR), delay: 1_000, priority: at % 4 === 0 ? 1_000_000 : 1 },
    }));
    await queue.addBulk(jobs);
    const [interactive = 0, backfill = 0] = await lanes('waiting');
    expect(interactive + backfill).to.equal(400);
    expect(backfill).to.be.within(50, 150);
    work(never, { concurrency: 200 });
    await eventually('200 run', async () => (await queue.getActiveCount()) === 200);
    const [first = 0, second = 0] = await lanes('active');
    expect(first + second).to.equal(200);
    // Interactive ones go first, and there are 300.
    expect(second).to.equal(0);
  });

  it('is as old as the oldest that could have run, by Redis’ clock', async () => {
    await queue.add('preview', {}, ago(9_000));
    await queue.add('preview', {}, { ...ago(90_000), delay: 60_000 });
    await queue.add('preview', {}, { ...ago(500_000), priority: 1_000_000 });
    const { oldestSeconds, lanes } = await load();
    expect(oldestSeconds).to.be.within(30, 60);
    expect(lanes.backfill.oldestSeconds).to.be.within(500, 530);
    await queue.obliterate({ force: true });
    await queue.add('preview', {}, { timestamp: Date.now() + HOUR });
    expect((await load()).oldestSeconds).to.equal(0);
    await queue.obliterate({ force: true });
    for (let at = 0; at < 40; at += 1)
      await queue.add('preview', {}, { ...ago(60_000 - at * 1_000), priority: 1 + at });
    expect((await load()).oldestSeconds).to.be.within(60, 90);
  });

  it('counts a job that failed from its last try and pause, not from its birth', async () => {
    const worker = work(() => Promise.reject(new Error('not yet')));
    const options = { attempts: 9, backoff: { type: 'fixed', delay: 1_000 } };
    const { id = '' } = await queue.add('preview', {}, { ...ago(HOUR), ...options });
    await eventually('it has failed once', async () => (await queue.getJob(id))?.attemptsMade === 1);
    await worker.close();
    expect((await load()).delayed + (await load()).lanes.interactive.waiting).to.equal(1);
    await eventually('it is due', async () => (await lanes('waiting'))[0] === 1);
    expect((await load()).oldestSeconds).to.be.within(0, 30);
    await (await queue.getJob(id))?.promote();
    expect((await load()).unprioritized).to.equal(1);
    expect((await load()).oldestSeconds).to.be.within(0, 30);
  });

  it('does not know the age of a job that failed for good and was given back', async () => {
    const worker = work(() => Promise.reject(new Error('never')));
    const { id = '' } = await queue.add('preview', {}, ago(HOUR));
    await eventually('it has failed', async () => (await queue.getJob(id))?.isFailed());
    await worker.close();
    await (await queue.getJob(id))?.retry();
    expect(await lanes('waiting')).to.deep.equal([1, 0]);
    expect((await load()).oldestSeconds).to.equal(0);
  });

  it('has running jobs in their lanes, also when their worker was killed and they went back', async () => {
    await queue.add('preview', {}, { priority: 1 });
    await queue.add('preview', {}, { priority: 1_000_000 });
    const lost = { concurrency: 2, lockDuration: 1_000, skipLockRenewal: true, skipStalledCheck: true };
    work(never, lost);
    await eventually('both run', async () => (await queue.getActiveCount()) === 2);
    expect(await lanes('active')).to.deep.equal([1, 1]);
    expect(await lanes('waiting')).to.deep.equal([0, 0]);
    for (const worker of workers.splice(0)) await worker.close(true);
    const heir = work(never, { autorun: false, stalledInterval: 500, maxStalledCount: 9 });
    await heir.startStalledCheckTimer();
    await eventually('both wait again', async () => (await lanes('active')).join() === '0,0');
    // BullMQ puts them before all others, whatever their priority.
    expect(await lanes('waiting')).to.deep.equal([1, 1]);
  });

  it('tells that the queue is paused, of its global concurrency and of its rate limit', async () => {
    await queue.add('preview', {});
    await queue.pause();
    expect(await load()).to.deep.include({ paused: true });
    expect(await lanes('waiting')).to.deep.equal([1, 0]);
    await queue.resume();
    await queue.setGlobalConcurrency(3);
    await queue.setGlobalRateLimit(5, 60_000);
    expect(await load()).to.deep.include({ paused: false, globalConcurrency: 3 });
    expect((await load()).rateLimit).to.include({ max: 5, seconds: 60, isHit: false });
    await queue.rateLimit(60_000);
    const { rateLimit } = await load();
    expect(rateLimit?.isHit).to.equal(true);
    expect(rateLimit?.untilSeconds).to.be.within(30, 60);
  });

  it('leaves out jobs that wait for their children', async () => {
    await queue.add('preview', {});
    work(async (job) => {
      await admin.sadd(`bull:previews:${job.id}:dependencies`, 'bull:previews:child');
      await job.moveToWaitingChildren(job.token ?? '');
      throw new WaitingChildrenError();
    });
    await eventually('it waits for its child', async () => (await queue.getWaitingChildrenCount()) === 1);
    expect([await lanes('waiting'), await lanes('active')]).to.deep.equal([
      [0, 0],
      [0, 0],
    ]);
  });

  it('has the workers’ counts, which go on though finished jobs are removed', async () => {
    const counts = { 'started:interactive': 7, 'finished:interactive': 4, 'failed:interactive': 1 };
    await admin.hset(STATS, { ...counts, 'busyMs:interactive': 1_234, 'finished:backfill': 2, 'full:abc:x64': 1 });
    const { lanes, isCounted } = await load();
    expect(isCounted).to.equal(true);
    expect(lanes.interactive).to.include({ started: 7, finished: 4, failed: 1, busyMs: 1_234 });
    expect(lanes.backfill).to.include({ started: 0, finished: 2, failed: 0, busyMs: 0 });
  });

  it('tells of what is added where workers keep no counts', async () => {
    const foreign = work(async () => 'done', { removeOnComplete: { count: 0 } });
    for (let at = 0; at < 20; at += 1) await queue.add('preview', {});
    await eventually(
      'all are done',
      async () => (await lanes('waiting')).join() + (await lanes('active')).join() === '0,00,0',
    );
    await foreign.close();
    expect(await queue.getCompletedCount()).to.equal(0);
    expect(await load()).to.deep.include({ isCounted: false, added: 20 });
  });

  it('is not known, and never 0, where a key of the queue is something else', async () => {
    for (const key of ['meta', 'wait', 'prioritized', 'active', 'delayed', 'id', 'limiter', 'preview-stats']) {
      await admin.flushall();
      await admin.xadd(`bull:previews:${key}`, '*', 'a', 'b');
      const { reason, message } = await problem();
      expect([key, reason]).to.deep.equal([key, 'KeyOfWrongType']);
      expect(message).to.contain(`bull:previews:${key} `);
    }
  });

  it('is not known where numbers are none', async () => {
    for (const [key, field] of [
      ['meta', 'concurrency'],
      ['meta', 'max'],
      ['preview-stats', 'busyMs:backfill'],
    ] as const) {
      for (const value of ['many', '-1', '1e9', '99999999999999999999', 'NaN', '9'.repeat(10_000)]) {
        await admin.flushall();
        await admin.hset(`bull:previews:${key}`, field, value);
        const { reason, message } = await problem();
        expect([value, reason]).to.deep.equal([value, 'Unreadable']);
        expect(message).to.contain(field).and.to.have.length.below(200);
      }
    }
  });

  it('survives jobs that are none', async () => {
    await admin.lpush('bull:previews:wait', 'gone', 'text', 'odd', '', '\0\xff');
    await admin.set('bull:previews:text', 'no hash');
    const odd = { timestamp: 'x', priority: 'NaN', opts: '[[[[', processedOn: '1e400', atm: '-1' };
    await admin.hset('bull:previews:odd', odd);
    const deep = { timestamp: Date.now() - 5_000, priority: 'inf', opts: '['.repeat(4_000) };
    await admin.hset('bull:previews:deep', deep);
    const huge = { timestamp: Date.now() - 5_000, opts: `{"delay":"${'9'.repeat(100_000)}"}` };
    await admin.hset('bull:previews:huge', huge);
    const wild = {
      timestamp: Date.now() - 5_000,
      processedOn: 5,
      atm: 1e9,
      opts: '{"delay":null,"backoff":{"type":"exponential","delay":1e300}}',
    };
    await admin.hset('bull:previews:wild', wild);
    await admin.lpush('bull:previews:active', 'gone', 'deep');
    await admin.zadd('bull:previews:prioritized', '-inf', 'deep', '+inf', 'huge', 5, 'wild');
    await admin.zadd('bull:previews:delayed', '-inf', 'deep', '+inf', 'huge', 1e300, 'wild');
    const { lanes, oldestSeconds, delayed, nextDueSeconds } = await load();
    expect([lanes.interactive.waiting, lanes.backfill.waiting, delayed]).to.deep.equal([8, 1, 2]);
    expect(nextDueSeconds).to.equal(undefined);
    expect(oldestSeconds).to.be.within(0, 30);
  });

  it('is refused, not 0, without the rights, and with them nothing of it is refused', async () => {
    await load();
    const log = (await admin.call('ACL', 'LOG')) as unknown[];
    expect(log).to.deep.equal([]);
    await admin.call(
      'ACL',
      'SETUSER',
      'blind',
      'on',
      `>${PASSWORD}`,
      '~*',
      '+@connection',
      '+eval',
      '+evalsha',
      '+time',
      '+info',
    );
    const blind = new Redis(server.port, { username: 'blind', password: PASSWORD });
    const found = await readLoad(blind, PREVIEWS).finally(() => blind.disconnect());
    await admin.call('ACL', 'LOG', 'RESET');
    expect(found).to.include({ reason: 'Refused' });
    expect((found as LoadProblem).message).to.contain('docs/redis.md');
  });

  it('rejects when Redis is away', async () => {
    const gone = new Redis(server.port, { ...OPERATOR, maxRetriesPerRequest: 0, retryStrategy: () => null });
    await gone.exists('bull:previews:id');
    gone.disconnect();
    const error = await readLoad(gone, PREVIEWS).then(
      () => undefined,
      (problem: Error) => problem,
    );
    expect(error).to.be.instanceOf(Error);
  });

  it('costs no more commands of a long queue than of one of 100', async () => {
    const commands = async () => {
      const info = await admin.info('commandstats');
      return [...info.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
    };
    const cost = async (jobs: number) => {
      const left = jobs - (await queue.getJobCountByTypes('wait', 'prioritized'));
      const opts = (at: number) => [{}, { priority: 1 }, { priority: 1_000_000 }][at % 3] ?? {};
      for (let at = 0; at < left; at += 5_000)
        await queue.addBulk(
          Array.from({ length: Math.min(5_000, left - at) }, (_, one) => ({
            name: 'preview',
            data: {},
            opts: opts(one),
          })),
        );
      await load();
      const before = await commands();
      await load();
      return (await commands()) - before;
    };
    const short = await cost(100);
    expect(await cost(20_000)).to.equal(short);
    expect(short).to.be.below(150);
  });
});

describe('the load of a queue in a Cluster', function () {
  this.timeout(60_000);

  it('is read at once, as all its keys lie in one slot', async () => {
    const nodes = await startRedisCluster({
      password: PASSWORD,
      users: documentedUsers(PASSWORD, { inCluster: true }),
    });
    const connect = (credentials: object) => new Cluster([...nodes.nodes], { redisOptions: credentials });
    const [admin, operator] = [connect({ password: PASSWORD }), connect(OPERATOR)];
    const queue = new Queue('previews', { connection: admin, prefix: '{bull}' });
    try {
      await queue.add('preview', {}, { priority: 7 });
      await queue.add('preview', {}, { priority: 1_000_000, timestamp: Date.now() - 60_000 });
      const found = await readLoad(operator, { name: 'previews', prefix: '{bull}' });
      if ('reason' in found) throw new Error(found.message);
      const { interactive, backfill } = found.lanes;
      expect([interactive.waiting, backfill.waiting]).to.deep.equal([1, 1]);
      expect(backfill.oldestSeconds).to.be.within(60, 90);
    } finally {
      await queue.close();
      admin.disconnect();
      operator.disconnect();
      await nodes.stop();
    }
  });
});
