import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { JobState } from '../../../operator/queue-api/job-view.ts';
import { listJobs, STATES } from '../../../operator/queue-api/list-jobs.ts';
import { retryJobs } from '../../../operator/queue-api/retry-jobs.ts';
import type { RedisEndpoint } from '../../../operator/redis/endpoint.ts';
import { INTERRUPTION_FIELDS } from '../../../worker/interruptions.ts';
import { documentedUsers } from '../../cluster/acl.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';

const PASSWORD = 'op3rator-s3cret';
const QUEUE = { name: 'previews', prefix: 'bull' };
/** As docs/redis.md says it, for jobs to be given back. */
const MAY_RETRY = '-@all +@read +@write -@dangerous';

const payload = (uri = 'file:///a.jpg') => ({ version: 1, source: { uri }, outputs: [{ preset: 'grid' }] });

describe('jobs of a queue, as the users that docs/redis.md gives the operator', function () {
  this.timeout(60_000);
  let server: TestRedis;
  let admin: Redis;
  let operator: Redis;
  let queue: Queue;

  before(async () => {
    const users = documentedUsers(PASSWORD);
    const retrier = users
      .filter((line) => line.startsWith('user preview-operator'))
      .map((line) => line.replace('preview-operator', 'preview-retrier').replace('-@all', MAY_RETRY));
    server = await startRedis({ password: PASSWORD, users: [...users, ...retrier] });
    admin = new Redis(server.port, { password: PASSWORD, maxRetriesPerRequest: null });
    operator = new Redis(server.port, { username: 'preview-operator', password: PASSWORD });
    queue = new Queue(QUEUE.name, { connection: admin });
  });
  beforeEach(() => admin.flushall());
  after(async () => {
    await queue?.close();
    operator?.disconnect();
    admin?.disconnect();
    await server?.stop();
  });

  const endpoint = (username = 'preview-retrier'): RedisEndpoint => ({
    ...{ form: 'address', address: { host: '127.0.0.1', port: server.port }, database: 0 },
    ...{ username, password: PASSWORD },
  });
  const list = (page: Partial<Parameters<typeof listJobs>[2]> = {}) =>
    listJobs(operator, QUEUE, { states: STATES, limit: 200, from: undefined, ...page });
  const idsOf = ({ items }: Awaited<ReturnType<typeof list>>) => items.map(({ id }) => id);
  /** As BullMQ leaves one that has failed for good. */
  const fail = async (id: string, why: string, at = Date.now()) => {
    await queue.add('preview', payload(), { jobId: id, attempts: 5 });
    const key = queue.toKey(id);
    await admin.lrem(queue.toKey('wait'), 0, id);
    await admin.hset(key, {
      failedReason: why,
      atm: 5,
      ats: 5,
      finishedOn: at,
      'preview:renderer': 3,
      'preview:why': 'x',
    });
    await admin.zadd(queue.toKey('failed'), at, id);
  };
  const retry = (request: Partial<Parameters<typeof retryJobs>[2]>) =>
    retryJobs(endpoint(), QUEUE, { force: false, ...request } as Parameters<typeof retryJobs>[2]);
  const stateOf = async (id: string) => (await queue.getJob(id))?.getState();

  it('are told in the order in which they run, with how many there are of each state', async () => {
    for (const id of ['first', 'second']) await queue.add('preview', payload(), { jobId: id });
    for (const [id, priority] of [
      ['later', 9],
      ['sooner', 5],
      ['backfill', 1_000_000],
    ] as const)
      await queue.add('preview', payload(), { jobId: id, priority });
    await queue.add('preview', payload(), { jobId: 'due', delay: 60_000 });
    await fail('older', 'TimedOut: x', 1_000);
    await fail('newer', 'TimedOut: x', 2_000);
    await admin.rpoplpush(queue.toKey('wait'), queue.toKey('active'));
    const found = await list();
    expect(idsOf(found)).to.deep.equal(['first', 'second', 'sooner', 'later', 'backfill', 'due', 'newer', 'older']);
    expect(found.items.map(({ state }) => state)).to.deep.equal([
      ...['active', 'waiting', 'waiting', 'waiting', 'waiting', 'delayed', 'failed', 'failed'],
    ]);
    expect(found.items[4]?.lane).to.equal('backfill');
    expect(found.counts).to.deep.equal({ active: 1, waiting: 4, delayed: 1, failed: 2, completed: 0 });
    expect(found.next).to.equal(undefined);
    expect(found.now).to.be.closeTo(Date.now(), 60_000);
  });

  it('come page by page, each once, whatever the size of a page', async () => {
    for (let at = 0; at < 5; at += 1) await queue.add('preview', payload(), { jobId: `plain-${at}` });
    for (let at = 0; at < 4; at += 1) await queue.add('preview', payload(), { jobId: `lane-${at}`, priority: 3 });
    for (let at = 0; at < 3; at += 1) await fail(`failed-${at}`, 'TimedOut: x', 1_000 + at);
    const whole = idsOf(await list());
    expect(whole.length).to.equal(12);
    for (const limit of [1, 2, 3, 5, 7, 9, 12, 13]) {
      const seen: string[] = [];
      let from: Awaited<ReturnType<typeof list>>['next'];
      do {
        const page = await list({ limit, from });
        expect(page.items.length).to.be.at.most(limit);
        seen.push(...idsOf(page));
        from = page.next;
      } while (from !== undefined);
      expect(seen, `by ${limit}`).to.deep.equal(whole);
    }
    const states: JobState[] = ['failed'];
    expect(idsOf(await list({ states }))).to.deep.equal(['failed-2', 'failed-1', 'failed-0']);
  });

  it('are passed over when they are gone, and not read when they are larger than a job of previews', async () => {
    await queue.add('preview', payload(), { jobId: 'gone' });
    await queue.add('preview', { ...payload(), junk: 'x'.repeat(70_000) }, { jobId: 'large' });
    await admin.del(queue.toKey('gone'));
    const { items } = await list();
    expect(items.map(({ id, unreadable }) => [id, unreadable])).to.deep.equal([['large', true]]);
  });

  it('go back with all their attempts, and without what was counted of their interruptions', async () => {
    expect(INTERRUPTION_FIELDS.every((field) => field.startsWith('preview:'))).to.equal(true);
    await fail('a', 'TimedOut: too long');
    await fail('b', 'TimedOut: too long');
    await queue.add('preview', payload(), { jobId: 'waits' });
    const done = await retry({ ids: ['a', 'waits', 'absent', 'meta'] });
    expect(done.retried).to.deep.equal(['a']);
    expect(done.refused.map(({ id }) => id)).to.deep.equal(['waits', 'absent', 'meta']);
    expect(done.refused.every(({ why }) => why === 'it is not among the failed jobs')).to.equal(true);
    expect([await stateOf('a'), await stateOf('b'), await stateOf('waits')]).to.deep.equal([
      'waiting',
      'failed',
      'waiting',
    ]);
    const fields = await admin.hgetall(queue.toKey('a'));
    expect(fields).to.not.have.any.keys('failedReason', 'atm', 'ats', 'finishedOn', 'preview:renderer', 'preview:why');
    expect(JSON.parse(fields['data'] ?? '')).to.deep.equal(payload());
    await retry({ ids: ['b'], force: true });
    expect(JSON.parse((await admin.hget(queue.toKey('b'), 'data')) ?? '')).to.deep.equal({ ...payload(), force: true });
  });

  it('go back for the reasons that are named, in as many requests as it takes, and none that failed since', async () => {
    for (let at = 0; at < 130; at += 1) await fail(`t${at}`, 'SinkUnavailable: x', 1_000 + at);
    for (let at = 0; at < 120; at += 1) await fail(`d${at}`, 'DecodeFailed: x', 1_000 + at);
    await fail('since', 'SinkUnavailable: x', Date.now() + 3_600_000);
    const request = { reasons: ['SinkUnavailable'], failedBefore: undefined, skip: 0 };
    let answer = await retry(request);
    const retried = [...answer.retried];
    while (answer.next !== undefined) {
      answer = await retry({ ...request, ...answer.next });
      retried.push(...answer.retried);
    }
    expect(new Set(retried).size).to.equal(130);
    expect(await queue.getFailedCount()).to.equal(121);
    expect(await queue.getWaitingCount()).to.equal(130);
  });

  it('do not go back where the operator may only read, and nothing of them changes', async () => {
    await fail('a', 'TimedOut: x');
    const before = await admin.hgetall(queue.toKey('a'));
    const refused = await retryJobs(endpoint('preview-operator'), QUEUE, { ids: ['a'], force: true }).catch(
      (error: Error) => error,
    );
    expect(refused)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/NOPERM/);
    expect(await stateOf('a')).to.equal('failed');
    expect(await admin.hgetall(queue.toKey('a'))).to.deep.equal(before);
  });
});
