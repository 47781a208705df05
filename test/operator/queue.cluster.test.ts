/** What the operator says of a pool's Redis, queue and workers, asked as the user that docs/redis.md gives it. */
import { Queue, Worker } from 'bullmq';
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
    cluster = await startControlPlane({ beforeControllers: installCrd });
    client = adminClient(cluster);
    pools = poolsOn(client);
    const { server, ca, adminToken } = cluster;
    operator = await startOperator({ server, ca, adminToken, flags: ['--queue-read-seconds', '1'] });
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
    return {
      raw,
      stop: () => server.stop(),
      form: { url: server.url, usernameFrom: from('username'), passwordFrom: from('password') },
    };
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
    const connection = raw.duplicate({ maxRetriesPerRequest: null });
    const worker = new Worker('previews', async () => {}, { connection, stalledInterval: 50 });
    const workerEnds = async () => {
      await worker.close();
      connection.disconnect();
    };
    ending.push(workerEnds);
    const meta = await eventually('a worker has looked for stalled jobs', async () => {
      const fields = await raw.hgetall('bull:previews:meta');
      return Object.keys(fields).length > 0 && fields;
    });
    await pools.look('seen');
    expect(await has('seen', 'QueueSeen'), JSON.stringify(meta)).to.include({ reason: 'QueueNotFound' });
    const queue = new Queue('previews', { connection: raw });
    await queue.add('preview', {});
    await pools.look('seen');
    expect(await has('seen', 'QueueSeen')).to.include({ status: 'True', reason: 'QueueFound' });
    await workerEnds();
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

  it('exports the load of the queue while it can be read, and no series of a pool that is gone', async () => {
    const { form, raw, stop } = await redisFor();
    await pools.apply('loaded', form);
    const queue = new Queue('previews', { connection: raw });
    queue.on('error', () => {});
    await queue.add('preview', {}, { timestamp: Date.now() - 60_000 });
    await queue.add('preview', {}, { priority: 1_000_000 });
    await queue.add('preview', {}, { delay: 3_600_000 });
    await raw.hset('bull:previews:preview-stats', { 'finished:interactive': 5, 'busyMs:interactive': 2_500 });
    /** Values of the pool's own, by name and the labels that are left. */
    const series = async () => {
      const text = await (await fetch(`${operator.url}/metrics`)).text();
      const own = text.matchAll(/^(\w+)\{namespace="default",pool="loaded",?(.*)\} (\S+)$/gm);
      return new Map([...own].map(([, name, labels, value]) => [`${name} ${labels}`.trim(), Number(value)]));
    };
    const told = await eventually('its queue is read', async () => {
      const found = await series();
      return found.get('preview_queue_completions_total lane="interactive",outcome="completed"') === 5 && found;
    });
    expect(Object.fromEntries(told)).to.include({
      preview_queue_observed: 1,
      'preview_queue_jobs state="waiting",lane="interactive"': 1,
      'preview_queue_jobs state="waiting",lane="backfill"': 1,
      'preview_queue_jobs state="active",lane="interactive"': 0,
      'preview_queue_jobs state="delayed"': 1,
      preview_queue_unprioritized_jobs: 1,
      'preview_queue_busy_seconds_total lane="interactive"': 2.5,
      preview_queue_added_total: 3,
      preview_queue_paused: 0,
    });
    expect(told.get('preview_queue_oldest_runnable_seconds lane="interactive"')).to.be.within(60, 120);
    expect([...told.keys()].filter((name) => /rate_limited|concurrency/.test(name))).to.deep.equal([]);

    const arrived = 'preview_queue_arrivals_total lane="interactive"';
    const before = told.get(arrived) ?? Number.NaN;
    await queue.addBulk(Array.from({ length: 7 }, () => ({ name: 'preview', data: {} })));
    await eventually('seven have come', async () => (await series()).get(arrived) === before + 7);
    await eventually('its workers cost', async () => {
      await pools.look('loaded');
      return ((await series()).get('preview_pool_worker_seconds_total') ?? 0) > 0;
    });

    const isUnread = async () => {
      const found = await series();
      const ofQueue = [...found.keys()].filter((name) => name.startsWith('preview_queue_'));
      return found.get('preview_queue_observed') === 0 && ofQueue.length === 1;
    };
    await raw.rename('bull:previews:wait', 'bull:previews:kept');
    await raw.set('bull:previews:wait', 'mine');
    await eventually('a key is no list', isUnread);
    await pools.look('loaded');
    expect((await has('loaded', 'RedisReady'))?.message).to.contain('bull:previews:wait is no part of a queue');
    await raw.rename('bull:previews:kept', 'bull:previews:wait');
    await eventually('it is read again', async () => (await series()).get('preview_queue_observed') === 1);
    raw.disconnect();
    await stop();
    await eventually('Redis is gone', isUnread);

    await pools.remove('loaded');
    await eventually('no series is left', async () => (await series()).size === 0);
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
