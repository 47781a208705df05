/** What the operator says of a pool's Redis, queue and workers, asked as the user that docs/redis.md gives it. */
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { WorkerHeartbeat } from '../../operator/pool/worker-heartbeat.generated.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis } from '../cluster/redis.ts';
import { adminClient, installCrd, type RunningOperator, startOperator } from './operator.ts';
import { poolsOn } from './pools.ts';

const PASSWORD = 'op3rator-s3cret';
const WORKERS = 'bull:previews:preview-workers';

describe('the operator on a queue', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let operator: RunningOperator;
  let pools: ReturnType<typeof poolsOn>;
  const ending: (() => Promise<unknown>)[] = [];

  before(async () => {
    cluster = await startControlPlane();
    await installCrd(cluster);
    client = adminClient(cluster);
    pools = poolsOn(client);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
    await pools.secret('redis', { username: 'preview-operator', password: PASSWORD });
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await cluster?.stop();
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });

  async function redisFor(options: Parameters<typeof startRedis>[0] = {}) {
    const server = await startRedis({
      appendonly: true,
      password: PASSWORD,
      users: documentedUsers(PASSWORD),
      ...options,
    });
    ending.push(() => server.stop());
    const raw = new Redis(server.port, { password: PASSWORD });
    raw.on('error', () => {});
    ending.push(async () => raw.disconnect());
    const from = (key: string) => ({ name: 'redis', key });
    return { raw, form: { url: server.url, usernameFrom: from('username'), passwordFrom: from('password') } };
  }
  const pool = async (name: string, form: object, queue: object = {}) => {
    await pools.apply(name, form, queue);
    ending.push(() => pools.remove(name));
  };
  const has = async (name: string, type: string) =>
    (await pools.status(name))?.conditions?.find((condition) => condition.type === type);

  it('warns of a Redis that may drop jobs or forget them, which leaves Ready alone', async () => {
    const { form } = await redisFor({ appendonly: false, directives: ['maxmemory-policy allkeys-lru'] });
    await pool('risky', form);
    const { status, message } = await pools.condition('risky', 'RedisReady', 'ConnectedWithWarnings');
    expect(status).to.equal('True');
    expect(message).to.match(/allkeys-lru.*set noeviction.*nothing is kept on disk/);
    await pools.condition('risky', 'Ready', 'WaitingForWorkers');
  });

  it('does not know whether it is safe where CONFIG is forbidden, and says why', async () => {
    const users = documentedUsers(PASSWORD).map((user) => user.replace(' +config|get', ''));
    const { form } = await redisFor({ appendonly: false, users });
    await pool('shy', form);
    const { status, message } = await pools.condition('shy', 'RedisReady', 'NotChecked');
    expect(status).to.equal('Unknown');
    expect(message)
      .to.match(/CONFIG GET: NOPERM/)
      .and.contain('docs/redis.md');
  });

  it('says what an older BullMQ has left', async () => {
    const { form, raw } = await redisFor();
    await raw.rpush('bull:previews:paused', '1');
    await raw.zadd('bull:previews:repeat', 1, 'nightly:::: 0 3 * * *');
    await pool('legacy', form);
    const { message } = await pools.condition('legacy', 'RedisReady', 'ConnectedWithWarnings');
    expect(message).to.match(/older BullMQ paused.*repeatable jobs of an older BullMQ/);
  });

  it('has not seen the queue before a producer has, and keeps it when Redis has forgotten', async () => {
    const { form, raw } = await redisFor();
    await pool('seen', form);
    expect((await pools.condition('seen', 'QueueSeen', 'QueueNotFound')).message).to.match(
      /no queue previews with the prefix bull; .*compare spec.queue/,
    );
    const queue = new Queue('previews', { connection: raw });
    await queue.add('preview', {});
    await pools.look('seen');
    expect(await has('seen', 'QueueSeen')).to.include({ status: 'True', reason: 'QueueFound' });
    await raw.flushall();
    await pools.look('seen');
    expect(await has('seen', 'QueueSeen')).to.include({ status: 'True' });
  });

  it('says of two pools on one queue that they share it, until one is gone', async () => {
    const { form } = await redisFor();
    await pool('one', form);
    await pools.condition('one', 'RedisReady', 'Connected');
    await pools.apply('two', { ...form, database: 0 });
    await pool('apart', form, { prefix: 'apart' });
    expect((await pools.condition('two', 'QueueShared', 'QueueShared')).message).to.contain('served by one');
    await pools.look('one');
    expect((await pools.condition('one', 'QueueShared', 'QueueShared')).message).to.contain('served by two');
    expect(await has('apart', 'QueueShared')).to.equal(undefined);
    await pools.remove('two');
    await eventually('it has the queue for itself', async () => {
      await pools.look('one');
      return (await has('one', 'QueueShared')) === undefined;
    });
  });

  it('believes what the pool’s own pods tell of sink and renderers, and nothing else', async () => {
    const { form, raw } = await redisFor();
    await pool('told', form);
    const selector = 'previews.mobius.dev/pool=told';
    const names = await eventually('two pods are there', async () => {
      const found = await cluster.kubectl([
        '-n',
        'default',
        'get',
        'pods',
        '-l',
        selector,
        '-o',
        'jsonpath={.items[*].metadata.name}',
      ]);
      return found.split(' ').filter(Boolean).length === 2 && found.split(' ').sort();
    });
    const [first = '', second = ''] = names;
    const beat = async (field: string, changes: object = {}) => {
      const [seconds] = await raw.time();
      const beat: WorkerHeartbeat = {
        version: 1,
        at: Number(seconds) * 1000,
        pod: field,
        pool: 'default/told',
        template: '',
        build: 'b',
        renderers: [{ name: 'image', version: '1', formats: ['png', 'jpeg'] }],
        slots: 1,
        busy: 0,
        selfTest: 'passed',
        sink: { writable: true },
      };
      await raw.hset(WORKERS, field, JSON.stringify({ ...beat, ...changes }));
    };
    const noSink = { sink: { writable: false, reason: 'EACCES: permission denied' } };
    expect(await pools.condition('told', 'SinkReady', 'NoWorkerTells')).to.include({ status: 'Unknown' });

    for (const hostile of [
      { pod: 'another' },
      { pool: 'default/another' },
      { at: 1 },
      { at: 9e15 },
      { extra: true },
      { renderers: [{ name: 'x'.repeat(3000), version: '1', formats: [] }] },
    ]) {
      await beat(first, { ...noSink, ...hostile });
      await pools.look('told');
      expect(await has('told', 'SinkReady'), JSON.stringify(hostile)).to.include({ reason: 'NoWorkerTells' });
    }
    await raw.hset(WORKERS, first, '{');
    await beat('stranger', noSink);
    await pools.look('told');
    expect(await has('told', 'SinkReady')).to.include({ reason: 'NoWorkerTells' });

    await beat(first);
    await pools.look('told');
    expect(await has('told', 'SinkReady')).to.include({ status: 'True', reason: 'SinkWritable' });
    expect((await pools.status('told'))?.renderers).to.deep.equal([{ name: 'image', formats: ['jpeg', 'png'] }]);

    await beat(second, noSink);
    await pools.look('told');
    expect((await has('told', 'SinkReady'))?.message).to.match(/^not every worker can write .*EACCES/);
    expect(await has('told', 'Ready')).to.include({ reason: 'WaitingForWorkers' });
    await beat(first, noSink);
    await beat(second, noSink);
    await pools.look('told');
    expect(await has('told', 'Ready')).to.include({ status: 'False', reason: 'SinkNotWritable' });

    // Another type where the heartbeats should be is no outage.
    await raw.set(WORKERS, 'mine');
    await pools.look('told');
    expect(await has('told', 'RedisReady')).to.include({ reason: 'Connected' });
    expect((await pools.status('told'))?.renderers).to.have.length(1);
  });

  it('was refused nothing of what it asks, and its status stands still while nothing happens', async () => {
    const { form, raw } = await redisFor();
    await pool('still', form);
    await pools.condition('still', 'RedisReady', 'Connected');
    const afterLook = async () => {
      await pools.look('still');
      const { lastHandledReconcileAt: _, ...status } = (await pools.status('still')) ?? {};
      return status;
    };
    await eventually('all workers are made', async () => (await afterLook()).replicas === 2);
    expect(await afterLook()).to.deep.equal(await afterLook());
    expect(await raw.call('ACL', 'LOG')).to.deep.equal([]);
  });
});
