/** The worker's queue side: one pod through what a queue may hold, then pods in trouble. */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import heartbeatSchema from '../../schemas/worker-heartbeat.schema.json' with { type: 'json' };
import type { PreviewJob } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { scene } from '../fixtures/images.ts';
import { poison } from '../fixtures/poison-renderer.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import type { Pod } from './pod.ts';
import { running, Workplace } from './workplace.ts';

const STATS = 'bull:previews:preview-stats';
const WORKERS = 'bull:previews:preview-workers';

const picture = (seed: number) => scene({ width: 120, height: 90, seed }).jpeg().toBuffer();

describe('a worker and what its queue holds', function () {
  this.timeout(60_000);
  let place: Workplace;
  let pod: Pod;

  before(async () => {
    place = await Workplace.open();
    pod = await place.pod('steady', { config: { pool: { namespace: 'default', name: 'previews' } } });
  });
  after(() => place?.close());

  /** A job as BullMQ keeps it, field by field, put where workers look. */
  const plant = async (id: string, fields: Record<string, string>) => {
    if (Object.keys(fields).length > 0) await place.raw.hset(`bull:previews:${id}`, fields);
    await place.raw.rpush('bull:previews:wait', id);
    await place.raw.zadd('bull:previews:marker', 0, '0');
  };
  const payload = async (seed: number) => {
    const source = { uri: await place.file(`picture-${seed}.jpg`, await picture(seed)) };
    return { version: 1, source, outputs: [{ preset: 'grid' }] };
  };

  // First: these take as long as BullMQ needs to find a job without a lock; the last test of this suite looks at them.
  const UNREADABLE = {
    'data-no-json': { data: '{"version":1,' },
    'opts-no-json': { data: '{}', opts: '{"attempts":' },
  };
  it('takes further jobs after jobs that can not even be read', async () => {
    for (const [id, fields] of Object.entries(UNREADABLE)) {
      await plant(id, { name: 'preview', timestamp: String(Date.now()), ...fields });
    }
    const id = await place.submit('after-unreadable.jpg', await picture(1));
    expect(await place.outcome(id, 20)).to.equal('completed');
  });

  it('health, probes and metrics say what is so, in closed lists of labels', async () => {
    const health = await pod.health();
    expect(health).to.deep.include({ status: 'ok', redis: { ok: true }, sink: { ok: true } });
    expect(health.consumption.ok).to.equal(true);
    expect(health.slots).to.deep.equal({ total: 2, busy: 0 });
    expect(health.renderers.map(({ name }) => name)).to.include('image');
    expect(health.version).to.match(/^[0-9a-f]{12}$/);
    expect(await pod.get('/livez')).to.deep.equal({ status: 200, body: 'ok' });
    expect(await pod.get('/readyz')).to.deep.equal({ status: 200, body: 'ok' });

    const before = await pod.metric('preview_jobs_total', 'outcome="completed"');
    const bytes = await pod.metric('preview_output_bytes_total');
    const good = await place.submit('good.jpg', await picture(2));
    expect(await place.outcome(good)).to.equal('completed');
    expect(await place.outcome(await place.submit('bad', poison('untyped')))).to.equal('DecodeFailed');
    expect(await pod.metric('preview_jobs_total', 'outcome="completed"')).to.equal(before + 1);
    expect(await pod.metric('preview_jobs_total', 'reason="DecodeFailed"')).to.equal(1);
    expect(await pod.metric('preview_quarantine_total', 'reason="DecodeFailed"')).to.equal(1);
    expect(await pod.metric('preview_output_bytes_total')).to.be.greaterThan(bytes);
    expect(await pod.metric('preview_slots', 'state="idle"')).to.equal(2);
    expect(await pod.metric('preview_renderer_info', 'renderer="image"')).to.equal(1);
    expect(await pod.metric('preview_stage_duration_seconds_count', 'stage="render"')).to.be.greaterThan(1);
    const { body } = await pod.get('/metrics');
    const helps = body.match(/^# HELP \S+/gm) ?? [];
    expect(new Set(helps).size, 'HELP lines, each once').to.equal(helps.length);
    expect(body, 'no job, path or pod in a label').to.not.match(/good\.jpg|preview-site|steady/);
  });

  it('a worker whose slots were all busy asks the queue again when one is free', async () => {
    const ids = await Promise.all([1, 2].map((id) => place.submit(`busy-${id}`, slow(1_500, id))));
    await running(pod, 2);
    for (const id of ids) expect(await place.outcome(id)).to.equal('completed');
    const { finishedOn = 0 } = await place.job(ids[0] ?? '');
    // An idle fetch blocks for 10 s at most.
    const asked = async () => ((await pod.health()).consumption.lastFetchAt ?? 0) > finishedOn;
    await eventually('a fetch was answered since', asked, { seconds: 12 });
  });

  it('its log has a line for each job with key and tenant, and nothing of a URL that could open it', async () => {
    const source = { uri: 'https://user:s3cret@example.org/a.jpg?signature=s3cret' };
    const outputs: PreviewJob['outputs'] = [{ preset: 'grid' }];
    for (const [id, more] of Object.entries({ real: {}, planned: { dryRun: true }, odd: { tenant: '{"}\n' } })) {
      await place.queue.add('preview', { version: 1, source, outputs, tenant: 'acme', ...more }, { jobId: id });
    }
    await place.inState('real', 'failed');
    await place.inState('planned', 'completed');
    await place.inState('odd', 'failed');
    const lines = (await pod.log()).split('\n').filter((line) => /"job":"(real|planned|odd)"/.test(line));
    expect(lines).to.have.length(3);
    expect(lines.join('\n')).to.not.include('s3cret');
    const tenants = lines.map((line) => JSON.parse(line) as { job: string; tenant?: string });
    expect(Object.fromEntries(tenants.map(({ job, tenant }) => [job, tenant]))).to.deep.equal({
      ...{ real: 'acme', planned: 'acme', odd: undefined },
    });
  });

  it('its heartbeat fits the schema and 2 KiB, and those of the dead are swept', async () => {
    await place.raw.hset(WORKERS, {
      dead: JSON.stringify({ version: 1, at: Date.now() - 61_000, pod: 'dead' }),
      future: JSON.stringify({ version: 1, at: Date.now() + 3_600_000, pod: 'future' }),
      never: '{"at":NaN}',
      always: '{"at":1e999}',
      deep: '['.repeat(5_000),
      garbage: '\u0000{',
    });
    await eventually('only the living', async () => (await place.raw.hkeys(WORKERS)).join() === 'steady', {
      seconds: 12,
    });
    const text = (await place.raw.hget(WORKERS, 'steady')) ?? '';
    expect(Buffer.byteLength(text)).to.be.at.most(2048);
    const beat = JSON.parse(text) as { at: number; pool: string };
    const validate = new Ajv2020().compile(heartbeatSchema);
    expect(validate(beat), JSON.stringify(validate.errors)).to.equal(true);
    expect(beat.at).to.be.closeTo(Date.now(), 6_000);
    expect(beat).to.deep.include({ pod: 'steady', pool: 'default/previews', slots: 2, selfTest: 'passed' });
  });

  it('tries a transient failure again, a permanent one never', async () => {
    const away = `${place.site.previews}-away`;
    await rename(place.site.previews, away);
    await writeFile(place.site.previews, 'a file in the place of the sink');
    const options = { attempts: 3, backoff: { type: 'fixed', delay: 500 } };
    const transient = (await place.queue.add('preview', await payload(3), { jobId: 'transient', ...options })).id ?? '';
    const waiting = await place.inState(transient, 'delayed');
    await eventually('health says so', async () => !(await pod.health()).sink.ok, { seconds: 3 });
    expect(waiting.attemptsMade).to.equal(1);
    expect(waiting.failedReason).to.match(/^SinkUnavailable: /);
    await rm(place.site.previews);
    await rename(away, place.site.previews);
    expect((await place.inState(transient, 'completed')).attemptsMade).to.be.within(2, 3);
    await eventually('health says so', async () => (await pod.health()).sink.ok, { seconds: 3 });

    const source = { uri: pathToFileURL(join(place.site.inbox, 'absent.jpg')).href };
    await place.queue.add('preview', { ...(await payload(4)), source }, { jobId: 'permanent', ...options });
    const failed = await place.inState('permanent', 'failed');
    expect(failed.attemptsMade).to.equal(1);
    expect(failed.failedReason).to.match(/^SourceNotFound: .*absent\.jpg.*; /);
  });

  it('puts a payload off that only newer workers know, no attempt burnt, and fails it after 20 times', async () => {
    for (const [id, change] of Object.entries({
      version: { version: 2 },
      preset: { outputs: [{ preset: 'nobody' }] },
    })) {
      await place.queue.add('preview', { ...(await payload(5)), ...change }, { jobId: id, attempts: 5 });
      const delayed = await place.inState(id, 'delayed');
      expect(delayed.attemptsMade).to.equal(0);
      const due = delayed.timestamp + 30_000;
      expect(Number(await place.raw.zscore('bull:previews:delayed', id)) / 0x1000).to.be.closeTo(due, 10_000);
      await place.raw.hset(`bull:previews:${id}`, 'preview:newer', 19);
      await delayed.promote();
      await place.inState(id, 'delayed');
      expect(await place.raw.hget(`bull:previews:${id}`, 'preview:newer')).to.equal('20');
      await (await place.job(id)).promote();
      const failed = await place.inState(id, 'failed');
      expect(failed.failedReason).to.match(/^InvalidPayload: /);
      expect(failed.attemptsMade).to.equal(1);
    }
  });

  it('answers each kind of garbage that can be read, once, and takes the next job', async () => {
    const good = JSON.stringify(await payload(6));
    const now = String(Date.now());
    const garbage: Record<string, Record<string, string>> = {
      nothing: {},
      'no-data': { name: 'preview', timestamp: now },
      'data-null': { name: 'preview', timestamp: now, data: 'null' },
      'data-text': { name: 'preview', timestamp: now, data: '"text"' },
      'data-list': { name: 'preview', timestamp: now, data: '[[[]]]' },
      'data-number': { name: 'preview', timestamp: now, data: '1e400' },
      'wrong-types': { name: 'preview', timestamp: now, data: '{"version":"1","source":7,"outputs":{"length":1}}' },
      'unknown-host': { name: 'preview', timestamp: now, data: good.replace(/file:[^"]*/, 'https://[') },
      'bad-destination': {
        name: 'preview',
        timestamp: now,
        data: good.replace('"outputs"', '"destination":{"uri":"s3://["},"outputs"'),
      },
      'huge-string': {
        name: 'x'.repeat(1 << 20),
        timestamp: now,
        data: JSON.stringify({ version: 1, a: 'y'.repeat(8 << 20) }),
      },
      'deep-data': { name: 'preview', timestamp: now, data: `${'[['.repeat(50_000)}${']]'.repeat(50_000)}` },
      'attempts-endless': { name: 'preview', timestamp: now, data: '{}', opts: '{"attempts":1e308}' },
      'attempts-text': { name: 'preview', timestamp: now, data: '{}', opts: '{"attempts":"many"}' },
    };
    // Their data is fine; what BullMQ keeps beside it is not.
    const oddities: Record<string, Record<string, string>> = {
      'no-timestamp': { name: 'preview', data: good },
      'timestamp-text': { name: 'preview', timestamp: 'today', data: good },
      'delay-text': { name: 'preview', timestamp: now, data: good, opts: '{"delay":"soon"}' },
      'priority-text': { name: 'preview', timestamp: now, data: good, opts: '{"priority":{"a":1}}' },
      'priority-negative': { name: 'preview', timestamp: now, data: good, opts: '{"priority":-1e9}' },
      'no-name': { timestamp: now, data: good },
    };
    for (const [id, fields] of Object.entries({ ...garbage, ...oddities })) await plant(id, fields);
    for (const id of Object.keys(garbage)) {
      const failed = await place.inState(id, 'failed');
      expect(failed.failedReason, id).to.match(/^InvalidPayload: /);
      expect(failed.attemptsMade, id).to.equal(1);
    }
    for (const id of Object.keys(oddities)) expect((await place.inState(id, 'completed')).attemptsMade, id).to.equal(1);
    await eventually('no slot is taken by a ghost', async () => (await pod.health()).slots.busy === 0, { seconds: 3 });
  });

  it('works on when its own keys hold something else', async () => {
    await place.raw.del(STATS, WORKERS);
    await place.raw.set(STATS, 'no hash');
    await place.raw.set(WORKERS, 'no hash');
    expect(await place.outcome(await place.submit('wrong-keys.jpg', await picture(7)))).to.equal('completed');
    await eventually('a beat was refused', async () => (await pod.log()).includes('WRONGTYPE'), { seconds: 8 });
    expect((await pod.health()).status).to.equal('ok');
    await place.raw.del(STATS, WORKERS);
    await eventually(
      'what was counted meanwhile comes with the next beat',
      async () => Number(await place.raw.hget(STATS, 'finished:interactive')) >= 1,
      { seconds: 8 },
    );
    await place.raw.del(STATS);
  });

  it('its counters add up', async () => {
    const ids = await Promise.all([
      place.submit('count-1', slow(300, 7)),
      place.submit('count-2', slow(300, 8)),
      place.submit('count-3', poison('untyped')),
      place.submit('count-4.jpg', await picture(8), { dryRun: true }),
    ]);
    await place.queue.add('preview', await payload(9), { jobId: 'late', priority: 1_000_000 });
    for (const id of [...ids, 'late']) await place.outcome(id);
    const counts = await eventually('all are counted', async () => {
      const found = await place.raw.hgetall(STATS);
      return Number(found['started:interactive']) === 4 && Number(found['finished:backfill']) === 1 && found;
    });
    expect(counts).to.include({ 'started:backfill': '1', 'finished:interactive': '3', 'failed:interactive': '1' });
    expect(Number(counts['busyMs:interactive'])).to.be.within(600, 10_000);
    const [started, waits] = await Promise.all(
      ['preview_jobs_started_total', 'preview_job_wait_seconds_count'].map((name) => pod.metric(name)),
    );
    const answered = await pod.metric('preview_jobs_total');
    expect(answered, 'each start is answered').to.equal(started);
    expect(waits).to.be.at.most(started ?? 0);
  });

  it('ends jobs that can not be read, instead of taking them up for ever', async () => {
    for (const id of Object.keys(UNREADABLE)) {
      const state = async () => (await place.raw.zscore('bull:previews:failed', id)) !== null;
      await eventually(`${id} is failed`, state, { seconds: 45, every: 200 });
      expect(await place.raw.hget(`bull:previews:${id}`, 'failedReason'), id).to.match(/^InvalidPayload: /);
    }
    expect(await place.raw.llen('bull:previews:active')).to.equal(0);
  });
});

describe('a worker in trouble', function () {
  this.timeout(90_000);
  let place: Workplace;

  beforeEach(async function () {
    place = await Workplace.open({ appendonly: this.currentTest?.title.includes('Redis') ?? false });
  });
  afterEach(() => place?.close());

  const folders = (path: string) => readdir(path).catch(() => []);

  it('whose renderer is killed as a whole gives its jobs back unburnt and fetches nothing until there is one', async () => {
    const pod = await place.pod('bereft', { slots: 2 });
    const ids = [await place.submit('one', slow(3_000, 1)), await place.submit('two', slow(3_000, 2))];
    await running(pod, 2);
    const next = await place.submit('three.jpg', await picture(1));
    pod.renderer.kill('SIGKILL');
    await pod.renderer.exited;
    for (const id of ids) expect((await place.inState(id, 'prioritized')).attemptsMade, 'attempts burnt').to.equal(0);
    const health = await eventually('it says so', async () => {
      const answer = await pod.get('/api/preview/worker/health');
      return answer.status === 503 && JSON.parse(answer.body);
    });
    expect(health.consumption.reason).to.match(/no renderer/);
    expect(await pod.get('/readyz'), 'ready is latched').to.deep.equal({ status: 200, body: 'ok' });
    expect(await (await place.job(next)).getState(), 'nobody takes it').to.equal('prioritized');
    expect(await place.raw.llen('bull:previews:active')).to.equal(0);
    await pod.restartRenderer();
    for (const id of [...ids, next]) expect(await place.outcome(id)).to.equal('completed');
    for (const id of ids) {
      const { attemptsMade, stalledCounter } = await place.job(id);
      expect({ attemptsMade, stalledCounter }).to.deep.equal({ attemptsMade: 1, stalledCounter: 0 });
    }
  });

  it('whose renderer hangs is rid of it by that one’s own watchdog, and its jobs go back unburnt', async () => {
    const pod = await place.pod('hung', { slots: 1, hungSeconds: 5 });
    const id = await place.submit('one', slow(3_000, 1));
    await running(pod);
    pod.renderer.kill('SIGUSR2');
    expect(await pod.renderer.exited).to.match(/SIGKILL/);
    expect((await place.inState(id, 'prioritized')).attemptsMade, 'attempts burnt').to.equal(0);
    await eventually('nothing of it is left', () => pod.family().length === 0);
    await pod.restartRenderer();
    expect(await place.outcome(id)).to.equal('completed');
    expect((await place.job(id)).attemptsMade).to.equal(1);
  });

  it('gives a job back at five shutdowns, and fails it at the sixth', async () => {
    for (const [before, outcome] of [
      [4, 'prioritized'],
      [5, 'failed'],
    ] as const) {
      const pod = await place.pod(`short-${before}`, { slots: 1, graceSeconds: 0 });
      const id = await place.submit('long', slow(20_000));
      await running(pod);
      await place.raw.hset(`bull:previews:${id}`, 'preview:shutdown', before);
      expect(await pod.terminate()).to.deep.equal({ worker: 'code 0', renderer: 'code 0' });
      const job = await place.job(id);
      expect(await job.getState()).to.equal(outcome);
      if (outcome === 'failed') expect(job.failedReason).to.match(/^ShutdownTooShort: .*shutdownGraceSeconds/);
      else expect(job.attemptsMade).to.equal(0);
    }
  });

  it('whose Redis is killed and started again in the middle of a job ends that job once', async () => {
    const pod = await place.pod('patient', { slots: 2 });
    const id = await place.submit('during', slow(4_000));
    await running(pod);
    await place.crashRedis();
    await eventually('health says so', async () => (await pod.health()).redis.ok === false);
    expect((await pod.get('/api/preview/worker/health')).status).to.equal(503);
    expect(await pod.get('/livez')).to.deep.equal({ status: 200, body: 'ok' });
    expect(await pod.get('/readyz'), 'an outage blocks no drain').to.deep.equal({ status: 200, body: 'ok' });
    await place.reviveRedis();
    const { attemptsMade, attemptsStarted } = await place.inState(id, 'completed', 30);
    expect({ attemptsMade, attemptsStarted }).to.deep.equal({ attemptsMade: 1, attemptsStarted: 1 });
    expect(await folders(join(place.site.previews, 'artifacts'))).to.have.length(1);
    await eventually('it works again', async () => (await pod.health()).status === 'ok');
    expect(await place.outcome(await place.submit('later.jpg', await picture(2)))).to.equal('completed');
  });

  it('told to end while Redis is away ends in time, says why, and exits with an error', async () => {
    const busy = await place.pod('busy', { slots: 1, graceSeconds: 1 });
    await place.submit('long', slow(25_000));
    await running(busy);
    const idle = await place.pod('idle', { slots: 1, graceSeconds: 30 });
    const never = await place.pod('never', { redisUrl: 'redis://127.0.0.1:1', graceSeconds: 30, until: 'answering' });
    await eventually('it waits for Redis', async () => (await never.health()).selfTest.quickMilliseconds !== undefined);
    await place.crashRedis();
    const began = Date.now();
    const ends = await Promise.all([busy, idle, never].map((pod) => pod.terminate()));
    const codes = ends.map(({ worker }) => worker);
    // One that never reached Redis has nothing that somebody must take back.
    expect(codes).to.deep.equal(['code 1', 'code 1', 'code 0']);
    expect(Date.now() - began, 'milliseconds').to.be.lessThan(20_000);
    for (const pod of [busy, idle]) expect(await pod.log()).to.match(/"level":"(error|fatal)".*Redis/);
  });

  it('that lost the lock of a job ends its render; one artifact is to be seen', async () => {
    const pod = await place.pod('loser', { slots: 1 });
    const id = await place.submit('long', slow(30_000));
    await running(pod);
    await place.raw.set(`bull:previews:${id}:lock`, 'another', 'PX', 9_000);
    await eventually(
      'the render has ended',
      async () => (await pod.metric('preview_slot_restarts_total', 'cancel')) === 1,
      {
        seconds: 12,
      },
    );
    expect(await folders(join(place.site.previews, 'artifacts'))).to.deep.equal([]);
    await place.file('long', slow(0));
    const { attemptsMade } = await place.inState(id, 'completed', 40);
    expect(attemptsMade).to.equal(1);
    expect(await folders(join(place.site.previews, 'artifacts'))).to.have.length(1);
    expect(await pod.metric('preview_jobs_total', 'reason="LockLost"')).to.equal(1);
  });

  it('whose sink can not be written takes no job and says so, until it can', async () => {
    await rm(place.site.previews, { recursive: true });
    const pod = await place.pod('full', { until: 'answering' });
    const id = await place.submit('early.jpg', await picture(3));
    const health = await eventually('it has looked', async () => {
      const found = await pod.health();
      return found.sink.reason !== 'not looked at yet' && found.redis.ok && found;
    });
    expect(health.status).to.equal('unhealthy');
    expect(health.sink.reason).to.match(/folder .*previews can not be reached: ENOENT/);
    expect(health.consumption).to.deep.include({ ok: false });
    expect((await pod.get('/api/preview/worker/health')).status).to.equal(503);
    expect((await place.job(id)).attemptsStarted).to.equal(0);
    await mkdir(place.site.previews);
    expect(await place.outcome(id, 20)).to.equal('completed');
    expect((await place.job(id)).attemptsMade).to.equal(1);
  });

  it('whose renderer is killed while its sink can not be written finds the next one, and gives no job to the dead one', async () => {
    await rm(place.site.previews, { recursive: true });
    const pod = await place.pod('twice', { until: 'answering' });
    const id = await place.submit('early.jpg', await picture(3));
    await eventually('it has looked', async () => (await pod.health()).sink.reason?.includes('ENOENT'));
    pod.renderer.kill('SIGKILL');
    await eventually('it says so', async () => !(await pod.health()).renderer.ok);
    await mkdir(place.site.previews);
    await pod.restartRenderer();
    expect(await place.outcome(id, 20)).to.equal('completed');
    const { attemptsMade, attemptsStarted } = await place.job(id);
    expect({ attemptsMade, attemptsStarted }).to.deep.equal({ attemptsMade: 1, attemptsStarted: 1 });
  });

  it('whose port is taken ends with an error instead of hanging', async () => {
    const pod = await place.pod('first');
    const second = await place.pod('second', { until: 'started', listenPort: Number(new URL(pod.url).port) });
    const how = await Promise.race([
      second.worker.exited,
      new Promise((resolve) => setTimeout(resolve, 15_000, 'hangs')),
    ]);
    expect(how).to.equal('code 1');
    expect(await second.log()).to.match(/EADDRINUSE/);
  });

  it('takes up a password that was rotated, without a restart, and tells no secret', async () => {
    const [old, fresh] = ['first-s3cret', 'second-s3cret'];
    const passwordFile = join(place.site.folder, 'password');
    await writeFile(passwordFile, `${old}\n`);
    await place.raw.config('SET', 'requirepass', old);
    const pod = await place.pod('rotated', { config: { redis: { url: place.redis.url, passwordFile } } });
    expect(await place.outcome(await place.submit('before.jpg', await picture(4)))).to.equal('completed');

    await place.raw.config('SET', 'requirepass', fresh);
    const clients = ((await place.raw.client('LIST')) as string).split('\n').filter((line) => line.includes('rotated'));
    for (const client of clients) await place.raw.client('KILL', 'ID', /^id=(\d+)/.exec(client)?.[1] ?? '');
    expect(clients).to.have.length.above(1);
    await eventually('the old password is refused', async () => (await pod.log()).includes('WRONGPASS'));
    await writeFile(passwordFile, fresh);
    await eventually('it is back', async () => (await pod.health()).status === 'ok', { seconds: 25 });
    await place.raw.config('SET', 'requirepass', '');
    expect(await place.outcome(await place.submit('after.jpg', await picture(5)))).to.equal('completed');

    const beat = await eventually('a heartbeat', () =>
      place.raw.hget(WORKERS, 'rotated').then((text) => text ?? undefined),
    );
    const told = [await pod.log(), (await pod.get('/metrics')).body, JSON.stringify(await pod.health()), beat];
    expect(told.join('\n')).to.not.include('s3cret');
  });
});
