/** What keeps a worker from consuming while Redis is fine, and what only looks so. */
import { expect } from 'chai';
import { eventually, throughout } from '../cluster/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../faults/tcp-proxy.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import type { Pod, PodOptions } from './pod.ts';
import { running, Workplace } from './workplace.ts';

const HEALS = 'preview_consumption_heals_total';
/** With jobs that outlast the test, which no end needs to wait for. */
const PATIENT = { perJob: { timeoutSeconds: 120 }, graceSeconds: 1 };
const OK = { status: 200, body: 'ok' };

describe('a worker whose consumption', function () {
  this.timeout(150_000);
  let place: Workplace;
  let proxy: TcpProxy;

  beforeEach(async () => {
    place = await Workplace.open();
    proxy = await startTcpProxy({ target: place.redis.port });
  });
  afterEach(async () => {
    await place?.close();
    await proxy?.stop();
  });

  const behindProxy = (name: string, options: Partial<PodOptions> = {}) =>
    place.pod(name, { redisUrl: `redis://127.0.0.1:${proxy.port}`, ...options });
  const blocking = () =>
    eventually('the blocking connection', () => proxy.connections().find((one) => one.said('bzpopmin')));
  const seconds = (since: number) => (Date.now() - since) / 1000;

  it('hangs in the blocking connection takes jobs within 12 s: a new connection in its place is enough', async () => {
    const pod = await behindProxy('deaf', { slots: 1 });
    (await blocking()).treat('swallow');
    const began = Date.now();
    expect(await place.outcome(await place.submit('one', slow(10, 1)))).to.equal('completed');
    expect(seconds(began)).to.be.below(12);
    expect(await pod.metric(HEALS), 'BullMQ sees to that itself').to.equal(0);
  });

  it('hangs in each new blocking connection, too, takes jobs within 24 s, and its running job goes on', async () => {
    const pod = await behindProxy('blocked', PATIENT);
    const steady = await place.submit('steady', slow(30_000, 1));
    await running(pod, 1);
    (await blocking()).treat('swallow');
    proxy.treatNew('swallow');
    const began = Date.now();
    const id = await place.submit('meanwhile', slow(10, 2));
    expect(await pod.get('/livez')).to.deep.equal(OK);
    expect(await place.outcome(id)).to.equal('completed');
    expect(seconds(began), 'seconds').to.be.within(13, 24);
    expect(await pod.metric(HEALS, 'blocking')).to.equal(1);
    expect(await pod.get('/livez')).to.deep.equal(OK);

    proxy.treatNew('pass');
    const ids = [await place.submit('later', slow(10, 3)), steady];
    for (const one of ids) expect(await place.outcome(one)).to.equal('completed');
    const { attemptsStarted, stalledCounter } = await place.job(steady);
    expect({ attemptsStarted, stalledCounter }).to.deep.equal({ attemptsStarted: 1, stalledCounter: 0 });
    const log = await pod.log();
    expect(log.match(/the blocking connection is replaced/g), 'told once').to.have.length(1);
  });

  it('hangs in every connection that is open replaces them all, and its running job keeps its lock', async () => {
    const pod = await behindProxy('forgotten', PATIENT);
    const steady = await place.submit('steady', slow(20_000, 1));
    await running(pod, 1);
    for (const connection of proxy.connections()) connection.treat('swallow');
    const began = Date.now();
    const id = await place.submit('meanwhile', slow(10, 2));
    expect(await place.outcome(id)).to.equal('completed');
    expect(seconds(began), 'seconds').to.be.below(24);
    expect(await pod.metric(HEALS, 'main')).to.equal(1);
    expect(await place.outcome(steady)).to.equal('completed');
    expect((await place.job(steady)).stalledCounter).to.equal(0);
    await eventually('health says so', async () => (await pod.health()).status === 'ok');
  });

  it('has stopped for good is dead within 60 s: /livez fails, and a restart gives its running job back', async () => {
    const pod = await place.pod('stopped', { ...PATIENT, preload: '../fixtures/stopping-loop.ts' });
    const steady = await place.submit('steady', slow(100_000, 1));
    await running(pod, 1);
    pod.worker.kill('SIGUSR2');
    await eventually('the loop has stopped', async () => (await pod.log()).includes('the main loop has stopped'));
    const began = Date.now();
    const waits = await place.submit('two', slow(10, 3));
    const dead = await eventually(
      '/livez fails',
      async () => {
        const answer = await pod.get('/livez');
        return answer.status === 503 && answer.body;
      },
      { seconds: 75, every: 250 },
    );
    expect(seconds(began), 'seconds').to.be.within(40, 65);
    expect(dead).to.match(
      /jobs could run and a slot is free, but no fetch was answered for [45]\d s; healed [23] times/,
    );
    expect(await pod.metric(HEALS, 'blocking')).to.be.within(2, 3);
    const { status, redis, consumption } = await pod.health();
    expect({ status, redis }).to.deep.equal({ status: 'unhealthy', redis: { ok: true } });
    expect(consumption).to.deep.include({ ok: false });
    expect(consumption.remedy).to.match(/restart this worker/);
    expect((await pod.health()).slots.busy, 'the running job goes on').to.equal(1);

    await pod.terminate();
    const { attemptsMade } = await place.inState(steady, 'prioritized');
    expect(attemptsMade).to.equal(0);
    await place.pod('heir', { ...PATIENT, slots: 2 });
    expect(await place.outcome(waits)).to.equal('completed');
  });

  it('rests for good reason neither heals nor dies: paused, empty, all slots busy', async () => {
    const queue = (name: string) => ({ config: { queue: { name, prefix: 'bull' } }, slots: 1, ...PATIENT });
    const paused = await place.pod('paused');
    await place.queue.pause();
    await place.submit('paused', slow(10, 1));
    const empty = await place.pod('empty', queue('empty'));
    const busy = await place.pod('busy', queue('busy'));
    const payload = async (id: number) => {
      const source = { uri: await place.file(`busy-${id}`, slow(60_000, id)) };
      return { version: 1, source, outputs: [{ preset: 'grid' }] };
    };
    const { Queue } = await import('bullmq');
    const other = new Queue('busy', { connection: place.raw });
    for (const id of [2, 3]) await other.add('preview', await payload(id));
    await running(busy, 1);

    await throughout(25, async () => {
      for (const pod of [paused, empty, busy]) await isWell(pod);
    });
    await place.queue.resume();
    await eventually('what was paused is done', async () => (await place.queue.getCompletedCount()) === 1);
    await other.close();
  });
});

async function isWell(pod: Pod): Promise<void> {
  expect(await pod.get('/livez')).to.deep.equal(OK);
  expect(await pod.metric(HEALS)).to.equal(0);
  expect((await pod.health()).consumption.ok).to.equal(true);
}
