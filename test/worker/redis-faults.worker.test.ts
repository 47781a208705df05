/** A real Redis that is frozen, out of memory, closed to the worker, or cut off from it. `FAULTS_FULL=1`: as long as in the fault table. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually, throughout } from '../cluster/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../faults/tcp-proxy.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import type { Pod } from './pod.ts';
import { running, Workplace } from './workplace.ts';

const FULL = process.env['FAULTS_FULL'] === '1';
const FROZEN_SECONDS = FULL ? 45 : 20;
const FULL_MEMORY_SECONDS = FULL ? 120 : 20;
const PATIENT = { perJob: { timeoutSeconds: 200 } };
const OK = { status: 200, body: 'ok' };

describe('a worker whose Redis', function () {
  this.timeout(300_000);
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

  const artifacts = () => readdir(join(place.site.previews, 'artifacts'));

  /** Each job has ended once, and well; one artifact each; every slot takes jobs. */
  const isWhole = async (ids: readonly string[], pod: Pod, slots: number) => {
    for (const id of ids) {
      await place.inState(id, 'completed', 60);
      expect(await place.ends(id), `ends of ${id}`).to.equal(1);
      expect((await place.job(id)).attemptsMade).to.equal(1);
    }
    expect(await artifacts()).to.have.length(ids.length);
    await eventually('it is well', async () => (await pod.health()).status === 'ok', { seconds: 30 });
    const more = Array.from({ length: slots }, (_, at) => place.submit(`more-${at}`, slow(3_000, 90 + at)));
    const all = await Promise.all(more);
    await running(pod, slots);
    for (const id of all) expect(await place.outcome(id)).to.equal('completed');
  };

  it(`is frozen for ${FROZEN_SECONDS} s ends a running and a waiting job once each, and loses no slot`, async () => {
    const pod = await place.pod('frozen', { ...PATIENT, slots: 1 });
    const ids = [await place.submit('runs', slow(8_000, 1)), await place.submit('waits', slow(10, 2))];
    await running(pod);
    process.kill(place.redis.pid, 'SIGSTOP');
    try {
      await throughout(FROZEN_SECONDS, async () => expect(await pod.get('/livez')).to.deep.equal(OK));
      const { redis, consumption } = await pod.health();
      expect(redis.reason).to.equal('no answer within 1 s');
      expect(redis.remedy).to.match(/frozen/);
      expect(consumption.ok, 'the part that is wrong is Redis').to.equal(true);
    } finally {
      process.kill(place.redis.pid, 'SIGCONT');
    }
    await isWhole(ids, pod, 1);
    expect(await pod.metric('preview_consumption_heals_total')).to.equal(0);
  });

  it(`is cut off for ${FROZEN_SECONDS} s ends every job once, whichever worker takes it up`, async () => {
    const url = `redis://127.0.0.1:${proxy.port}`;
    const far = await place.pod('far', { ...PATIENT, slots: 1, redisUrl: url });
    const ids = [await place.submit('runs', slow(8_000, 1))];
    await running(far);
    proxy.treatAll('hold');
    const near = await place.pod('near', { ...PATIENT, slots: 1 });
    ids.push(await place.submit('waits', slow(10, 2)));
    await throughout(FROZEN_SECONDS, async () => expect(await far.get('/livez')).to.deep.equal(OK));
    expect((await far.health()).redis.ok).to.equal(false);
    expect((await near.health()).status).to.equal('ok');
    proxy.treatAll('pass');
    for (const id of ids) await place.inState(id, 'completed', 60);
    await near.terminate();
    await isWhole(ids, far, 1);
  });

  it(`is out of memory for ${FULL_MEMORY_SECONDS} s keeps its running job's lock; afterwards the queue goes on`, async () => {
    const pod = await place.pod('full', { ...PATIENT, slots: 2 });
    const ids = [await place.submit('runs', slow((FULL_MEMORY_SECONDS + 5) * 1_000, 1))];
    await running(pod);
    await place.raw.config('SET', 'maxmemory', '1');
    const { redis } = await eventually(
      'health says so',
      async () => {
        const health = await pod.health();
        return !health.redis.ok && health;
      },
      { seconds: 15 },
    );
    expect(redis.reason).to.match(/OOM command not allowed/);
    expect(redis.remedy).to.match(/maxmemory/);
    // Put there as BullMQ would have, by one that needs no memory to be given: the limit is lifted for a moment.
    await place.raw.config('SET', 'maxmemory', '0');
    for (const at of [2, 3, 4]) ids.push(await place.submit(`waits-${at}`, slow(1_000, at)));
    await place.raw.config('SET', 'maxmemory', '1');
    const late = await place.pod('late', { ...PATIENT, until: 'answering' });
    await throughout(FULL_MEMORY_SECONDS, async () => expect(await pod.get('/livez')).to.deep.equal(OK));
    const refusals = (await late.log()).match(/OOM/g)?.length ?? 0;
    expect(refusals, 'refusals: one that starts then asks each second').to.be.within(5, 3 * (FULL_MEMORY_SECONDS + 10));
    await place.raw.config('SET', 'maxmemory', '0');
    await late.terminate();
    await isWhole(ids, pod, 2);
    const { attemptsStarted, stalledCounter } = await place.job(ids[0] ?? '');
    expect({ attemptsStarted, stalledCounter }).to.deep.equal({ attemptsStarted: 1, stalledCounter: 0 });
    expect(await pod.metric('preview_consumption_heals_total')).to.equal(0);
  });

  it('refuses its password from the start goes on trying, says so, and works when the file is right', async () => {
    const passwordFile = join(place.site.folder, 'password');
    await writeFile(passwordFile, 'wr0ng-s3cret\n');
    await place.raw.config('SET', 'requirepass', 'right-s3cret');
    const redis = { url: place.redis.url, passwordFile };
    const pod = await place.pod('wrong', { config: { redis }, until: 'answering' });
    const told = await eventually('health says so', async () => {
      const health = await pod.health();
      return /WRONGPASS/.test(health.redis.reason ?? '') && health.redis;
    });
    expect(told.remedy).to.match(/Secret/);
    expect((await pod.get('/api/preview/worker/health')).status).to.equal(503);
    expect(await pod.get('/livez')).to.deep.equal(OK);
    expect((await pod.get('/readyz')).status).to.equal(503);
    await writeFile(passwordFile, 'right-s3cret\n');
    await eventually('it works', async () => (await pod.health()).status === 'ok', { seconds: 25 });
    expect((await pod.get('/readyz')).status).to.equal(200);
    await place.raw.config('SET', 'requirepass', '');
    expect(await place.outcome(await place.submit('one', slow(10, 1)))).to.equal('completed');
    expect(`${await pod.log()} ${JSON.stringify(told)}`).to.not.include('s3cret');
  });

  it('fails over to an empty one loses what that one does not know, and consumes what comes then', async () => {
    const pod = await place.pod('moved', { redisUrl: `redis://127.0.0.1:${proxy.port}` });
    expect(await place.outcome(await place.submit('before', slow(10, 1)))).to.equal('completed');
    await place.submit('during', slow(5_000, 2));
    await running(pod);
    const other = await Workplace.open();
    try {
      proxy.retarget(other.redis.port);
      for (const connection of proxy.connections()) connection.treat('refuse');
      await eventually('it is well', async () => (await pod.health()).status === 'ok', { seconds: 30 });
      const source = { uri: await place.file('after', slow(10, 3)) };
      const { id } = await other.client.submit({ version: 1, source, outputs: [{ preset: 'grid' }] });
      await other.client.result(id, { timeoutSeconds: 30 });
      await eventually('no slot is lost', async () => (await pod.health()).slots.busy === 0);
    } finally {
      await pod.stop();
      await other.close();
    }
  });
});
