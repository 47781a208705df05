import { Queue, Worker } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { readBusyWorkers } from '../../../operator/redis/busy-workers.ts';
import { documentedUsers } from '../../cluster/acl.ts';
import { eventually } from '../../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';

const PASSWORD = 'op3rator-s3cret';
const QUEUE = { name: 'previews', prefix: 'bull' };

describe('who works, asked as the user that docs/redis.md gives the operator', function () {
  this.timeout(60_000);
  let server: TestRedis;
  let admin: Redis;
  let operator: Redis;

  before(async () => {
    server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    admin = new Redis(server.port, { password: PASSWORD, maxRetriesPerRequest: null });
    operator = new Redis(server.port, { username: 'preview-operator', password: PASSWORD });
  });
  beforeEach(() => admin.flushall());
  after(async () => {
    operator?.disconnect();
    admin?.disconnect();
    await server?.stop();
  });

  const busy = async () => {
    const names = await readBusyWorkers(operator, QUEUE);
    return names && [...names].sort();
  };

  it('is every worker with a job, and no longer once that has ended', async () => {
    const queue = new Queue(QUEUE.name, { connection: admin });
    const ended = Promise.withResolvers<void>();
    const workers = ['one', 'two'].map(
      (name) => new Worker(QUEUE.name, () => ended.promise, { name, connection: admin, concurrency: 2 }),
    );
    try {
      expect(await busy()).to.deep.equal([]);
      await queue.addBulk(Array.from({ length: 4 }, () => ({ name: 'job', data: {} })));
      await eventually('both work', async () => (await busy())?.join() === 'one,two');
      ended.resolve();
      await eventually('none works', async () => (await busy())?.length === 0);
    } finally {
      ended.resolve();
      for (const worker of workers) await worker.close();
      await queue.close();
    }
  });

  it('leaves out what is no name of a worker, and is unknown of more than 2,000 jobs', async () => {
    await admin.hset('bull:previews:long', 'pb', 'x'.repeat(254));
    await admin.hset('bull:previews:nameless', 'data', '{}');
    await admin.set('bull:previews:text', 'no hash');
    await admin.hset('bull:previews:real', 'pb', 'worker');
    await admin.lpush('bull:previews:active', 'long', 'nameless', 'text', 'gone', 'real');
    expect(await busy()).to.deep.equal(['worker']);
    await admin.lpush('bull:previews:active', ...Array.from({ length: 1_995 }, (_, at) => `j${at}`));
    expect(await busy()).to.deep.equal(['worker']);
    await admin.lpush('bull:previews:active', 'another');
    expect(await busy()).to.equal(undefined);
  });
});
