import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { RedisEndpoint } from '../../../operator/redis/endpoint.ts';
import { QueueEvents } from '../../../operator/redis/queue-events.ts';
import { documentedUsers } from '../../cluster/acl.ts';
import { eventually } from '../../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';

const endpointOf = ({ port }: TestRedis): RedisEndpoint => ({
  form: 'address',
  address: { host: '127.0.0.1', port },
  database: 0,
});

describe('events of queues without workers', function () {
  this.timeout(60_000);
  let redis: TestRedis;
  let admin: Redis;
  let events: QueueEvents;
  const queues: Queue[] = [];
  const told: string[] = [];
  const problems: string[] = [];
  const toldOf = (pool: string) => told.filter((one) => one === pool).length;

  const queue = (name: string) => {
    const made = new Queue(name, { connection: { host: '127.0.0.1', port: redis.port } });
    made.on('error', () => {});
    queues.push(made);
    return made;
  };

  beforeEach(async () => {
    redis = await startRedis();
    admin = new Redis(redis.port, '127.0.0.1');
    admin.on('error', () => {});
    events = new QueueEvents({
      onEvent: (pool) => told.push(pool),
      onProblem: (error) => problems.push(error.message),
    });
    told.length = 0;
    problems.length = 0;
  });
  afterEach(async () => {
    events.close();
    await Promise.all(queues.splice(0).map((one) => one.close()));
    admin.disconnect();
    await redis.stop();
  });

  it('a job, waiting, with a priority or delayed, is told of to its pool and to no other, by one connection', async () => {
    const [one, other] = [queue('one'), queue('other')];
    await one.add('job', {});
    for (const name of ['one', 'other']) events.follow(`ns/${name}`, endpointOf(redis), `bull:${name}:events`);
    // What was there before is looked at once.
    await eventually('both were looked at', () => toldOf('ns/one') === 1 && toldOf('ns/other') === 1);
    for (const [turn, options] of [{}, { priority: 5 }, { delay: 60_000 }].entries()) {
      await other.add('job', {}, options);
      await eventually('it is told', () => toldOf('ns/other') >= turn + 2);
    }
    expect(toldOf('ns/one')).to.equal(1);
    expect(events.size).to.equal(1);
    expect(problems).to.deep.equal([]);
  });

  it('needs no more rights than docs/redis.md gives the operator, and a stream that it may not read blinds no other', async () => {
    const guarded = await startRedis({ users: documentedUsers('secret'), password: 'admin' });
    const owner = new Queue('previews', { connection: { host: '127.0.0.1', port: guarded.port, password: 'admin' } });
    try {
      const endpoint = { ...endpointOf(guarded), username: 'preview-operator', password: 'secret' };
      events.follow('ns/allowed', endpoint, 'bull:previews:events');
      await eventually('it was looked at', () => toldOf('ns/allowed') > 0);
      expect(problems).to.deep.equal([]);
      events.follow('ns/forbidden', endpoint, 'bull:others:events');
      await eventually('the other one is refused', () => problems.some((problem) => problem.includes('NOPERM')));
      told.length = 0;
      await eventually('it is told', async () => {
        await owner.add('job', {});
        return toldOf('ns/allowed') > 0;
      });
    } finally {
      events.close();
      await owner.close();
      await guarded.stop();
    }
  });

  it('one that is followed no more is silent, and the last one closes the connection', async () => {
    const one = queue('one');
    for (const pool of ['ns/a', 'ns/b']) events.follow(pool, endpointOf(redis), 'bull:one:events');
    await eventually('both were looked at', () => toldOf('ns/a') > 0 && toldOf('ns/b') > 0);
    events.forget('ns/a');
    told.length = 0;
    await one.add('job', {});
    await eventually('it is told', () => toldOf('ns/b') > 0);
    expect(toldOf('ns/a')).to.equal(0);
    events.forget('ns/b');
    expect(events.size).to.equal(0);
    await eventually('nobody is connected', async () => !String(await admin.client('LIST')).includes('cmd=xread'));
  });

  it('a key that is no stream blinds no other queue', async () => {
    await admin.set('bull:bad:events', 'a stranger wrote this');
    for (const name of ['bad', 'good']) events.follow(`ns/${name}`, endpointOf(redis), `bull:${name}:events`);
    await eventually('the good one was looked at', () => toldOf('ns/good') > 0);
    told.length = 0;
    const good = queue('good');
    await eventually('it is told', async () => {
      await good.add('job', {});
      return toldOf('ns/good') > 0;
    });
    expect(problems.join()).to.contain('WRONGTYPE');
  });

  it('after Redis was gone each queue is looked at anew, and events go on', async () => {
    const { port } = redis;
    events.follow('ns/one', endpointOf(redis), 'bull:one:events');
    await eventually('it was looked at', () => toldOf('ns/one') > 0);
    process.kill(redis.pid, 'SIGKILL');
    await eventually('it is noticed', () => problems.length > 0);
    await redis.stop();
    told.length = 0;
    redis = await startRedis({ port });
    await eventually('it was looked at again', () => toldOf('ns/one') > 0);
    told.length = 0;
    await queue('one').add('job', {});
    await eventually('it is told', () => toldOf('ns/one') > 0);
  });

  it('a Redis that hangs is noticed', async () => {
    events.follow('ns/one', endpointOf(redis), 'bull:one:events');
    await eventually('it was looked at', () => toldOf('ns/one') > 0);
    process.kill(redis.pid, 'SIGSTOP');
    try {
      await eventually('it is noticed', () => problems.length > 0);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
    told.length = 0;
    await eventually('it was looked at again', () => toldOf('ns/one') > 0);
  });
});
