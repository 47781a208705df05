/** What puts a pool's queue and storage right: each through the command line, as somebody at night would. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { PreviewClient, type PreviewJob, type RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { scene } from '../fixtures/images.ts';
import { poison } from '../fixtures/poison-renderer.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import { Workplace } from './workplace.ts';

const run = promisify(execFile);
const LONG_AGO = new Date('2020-01-01');

describe('upkeep', function () {
  this.timeout(60_000);
  let place: Workplace;
  let config: string;

  beforeEach(async () => {
    place = await Workplace.open();
    await place.pod('keeper', { slots: 1 });
    config = join(place.site.folder, 'keeper', 'config.json');
  });
  afterEach(() => place?.close());

  const cli = async (command: string, ...args: string[]) => {
    const { stdout } = await run(process.execPath, ['worker/main.ts', command, '--config', config, '--json', ...args]);
    return stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const names = async (...parts: string[]) =>
    (await readdir(join(place.site.previews, ...parts)).catch(() => [])).sort();
  const picture = (seed: number) => scene({ width: 90, height: 60, seed }).jpeg().toBuffer();
  const payload = (uri: string): PreviewJob => ({ version: 1, source: { uri }, outputs: [{ preset: 'grid' }] });

  describe('sweep', () => {
    let producer: PreviewClient;
    beforeEach(() => {
      producer = new PreviewClient({
        redis: { url: place.redis.url },
        outbox: { file: { path: place.site.previews } },
      });
    });
    afterEach(() => producer?.close());

    it('adds again what Redis lost, and it ends once; forgets what is answered; leaves what is pending', async () => {
      const [one, two] = [await place.file('one.jpg', await picture(1)), await place.file('two.jpg', await picture(2))];
      const answered = await producer.submit(payload(one));
      await producer.result(answered.id);
      const failing = await producer.submit(payload(one.replace('one.jpg', 'absent.jpg')));
      expect(await place.outcome(failing.id)).to.equal('SourceNotFound');
      await place.queue.pause();
      const lost = await producer.submit(payload(two));
      expect(await names('outbox')).to.deep.equal([answered, failing, lost].map(({ id }) => `${id}.json`).sort());

      expect(await cli('sweep', '--outbox-seconds', '0')).to.deep.equal([
        { added: 0, answered: 2, pending: 1, orphans: 0 },
      ]);
      await place.raw.flushall();
      expect((await cli('sweep', '--outbox-seconds', '3600'))[0], 'too young to be lost').to.include({ pending: 1 });
      expect((await cli('sweep', '--outbox-seconds', '0'))[0]).to.include({ added: 1 });
      const { outputs } = (await producer.result(lost.id, { timeoutSeconds: 20 })) as RenderedResult;
      expect(outputs).to.have.length(1);
      expect((await place.job(lost.id)).attemptsMade).to.equal(1);
      expect((await cli('sweep', '--outbox-seconds', '0'))[0]).to.include({ answered: 1, pending: 0 });
      expect(await names('outbox')).to.deep.equal([]);
    });

    it('is not needed for an answer that the queue has dropped: a client that knows the sink reads it there', async () => {
      const uri = await place.file('dropped.jpg', await picture(7));
      const job: PreviewJob = { ...payload(uri), metadata: { order: '7' } };
      const { id } = await producer.submit(job);
      const { timings: _, ...told } = (await producer.result(id)) as RenderedResult;
      await place.raw.flushall();
      expect(await producer.result(id)).to.deep.equal({ ...told, cached: true, timings: {} });
      expect(await producer.result(`${id}-${randomUUID()}`), 'one that was forced').to.include({ requestKey: id });
      const ofAnother = producer.result(`r${'0'.repeat(64)}`).catch((error: Error) => error.message);
      expect(await ofAnother)
        .to.contain('never submitted here')
        .and.to.contain('preview-worker sweep');
      const unknowing = place.client.result(id).catch((error: Error) => error.message);
      expect(await unknowing).to.contain(`requests/${id}.json`);
    });

    it('is not led by what somebody else wrote into the outbox', async () => {
      await mkdir(join(place.site.previews, 'outbox'), { recursive: true });
      await writeFile(join(place.site.previews, 'outbox', 'a.json'), '{"version":1,"id":"../../x"}');
      await writeFile(join(place.site.previews, 'outbox', 'b.json'), '['.repeat(100_000));
      expect(await cli('sweep', '--outbox-seconds', '0')).to.deep.equal([
        { added: 0, answered: 0, pending: 0, orphans: 0 },
      ]);
    });

    it('removes old previews that never got their manifest, and nothing else', async () => {
      await place.client.result(await place.submit('whole.jpg', await picture(3)));
      const put = async (name: string, at: Date) => {
        const path = join(place.site.previews, name);
        await mkdir(join(path, '..'), { recursive: true });
        await writeFile(path, 'x');
        await utimes(path, at, at);
      };
      const key = (digit: string) => `c${digit.repeat(64)}`;
      await put(`artifacts/${key('a')}/grid.webp`, LONG_AGO);
      await put(`team/artifacts/${key('b')}/grid.webp`, LONG_AGO);
      await put(`artifacts/${key('c')}/grid.webp`, new Date());
      await put(`artifacts/${key('c')}/.${randomUUID()}.partial`, LONG_AGO);
      await put(`artifacts/${key('c')}/.${randomUUID()}.partial`, new Date());
      await put('artifacts/no-key/grid.webp', LONG_AGO);
      await put('mine/photo.webp', LONG_AGO);
      for (const file of await names('artifacts')) {
        if (file.startsWith('c') && !/^c(.)\1+$/.test(file)) {
          await utimes(join(place.site.previews, 'artifacts', file, 'grid.webp'), LONG_AGO, LONG_AGO);
        }
      }
      expect((await cli('sweep'))[0]).to.include({ orphans: 3 });
      const left = await names('artifacts');
      expect(left)
        .to.include.members([key('c'), 'no-key'])
        .and.to.have.length(3);
      expect(await names('mine')).to.deep.equal(['photo.webp']);
    });
  });

  it('no job can write among what is another’s, from where upkeep would take it for rubbish', async () => {
    const id = await place.submit('victim.jpg', await picture(7), {
      outputs: [{ name: '128', width: 20, height: 20 }],
    });
    const { manifest } = (await place.client.result(id)) as RenderedResult;
    const [folder] = await names('artifacts');
    const bytes = await picture(8);
    const taken = [
      `artifacts/${folder}`,
      'artifacts',
      'team/artifacts/x',
      'requests',
      'sources/x',
      'quarantine',
      'outbox',
    ];
    for (const [at, name] of taken.entries()) {
      const destination = { uri: `file://${place.site.previews}/${name}/` };
      expect(await place.outcome(await place.submit(`${at}.jpg`, bytes, { destination })), name).to.equal(
        'DestinationForbidden',
      );
    }
    await utimes(join(place.site.previews, 'artifacts', folder ?? '', '128.webp'), LONG_AGO, LONG_AGO);
    expect((await cli('sweep'))[0]).to.include({ orphans: 0 });
    expect(await names('artifacts', folder ?? '')).to.deep.equal(['128.webp', 'manifest.json']);
    expect(manifest).to.include(folder);
    const free = { uri: `file://${place.site.previews}/my-artifacts/outbox/` };
    expect(await place.outcome(await place.submit('free.jpg', bytes, { destination: free }))).to.equal('completed');
  });

  it('retry gives back what failed for a reason, and only that; force passes the quarantine', async () => {
    const source = join(place.site.inbox, 'late.jpg');
    const late = (await place.client.submit(payload(`file://${source}`))).id;
    const bad = await place.submit('bad', poison('untyped'));
    expect([await place.outcome(late), await place.outcome(bad)]).to.deep.equal(['SourceNotFound', 'DecodeFailed']);
    await writeFile(source, await picture(4));
    expect(await cli('retry', '--reason', 'SourceNotFound', '--dry-run')).to.have.length(1);
    expect(await place.outcome(late)).to.equal('SourceNotFound');
    expect((await cli('retry', '--reason', 'SourceNotFound,TimedOut')).map(({ id }) => id)).to.deep.equal([late]);
    expect(await place.outcome(late)).to.equal('completed');
    expect(await place.outcome(bad)).to.equal('DecodeFailed');

    await cli('retry', '--reason', 'DecodeFailed');
    const known = await eventually('it failed again', async () => {
      const job = await place.job(bad);
      return job.finishedOn !== undefined && job.failedReason.includes('known since') && job;
    });
    expect(known.attemptsMade).to.equal(1);
    await cli('retry', '--reason', 'DecodeFailed', '--force');
    await eventually('it was tried in earnest', async () => {
      const job = await place.job(bad);
      return job.finishedOn !== undefined && !job.failedReason.includes('known since');
    });
  });

  it('retry lets a job be put off and interrupted as often as a new one', async () => {
    const data = { ...payload('file:///nowhere'), outputs: [{ preset: 'nobody' }] };
    await place.queue.add('preview', data, { jobId: 'early' });
    await place.inState('early', 'delayed');
    const key = 'bull:previews:early';
    await place.raw.hset(key, { 'preview:newer': 20, 'preview:shutdown': 6, 'preview:renderer': 6 });
    await (await place.job('early')).promote();
    await place.inState('early', 'failed');
    expect(await cli('retry', '--reason', 'InvalidPayload')).to.have.length(1);
    await place.inState('early', 'delayed');
    expect(await place.raw.hmget(key, 'preview:newer', 'preview:shutdown', 'preview:renderer')).to.deep.equal([
      '1',
      null,
      null,
    ]);
  });

  it('reindex submits what another version rendered, behind what people wait for, and leaves the rest', async () => {
    const [stale, fresh] = [
      await place.submit('stale.jpg', await picture(5)),
      await place.submit('fresh.jpg', await picture(6)),
    ];
    const before = (await place.client.result(stale)) as RenderedResult;
    await place.client.result(fresh);
    const record = join(place.site.previews, 'requests', `${stale}.json`);
    await writeFile(record, (await readFile(record, 'utf8')).replace(/"image@[^"]*"/, '"image@0+old"'));
    expect(await cli('reindex', '--stale', '--dry-run')).to.deep.equal([
      { requestKey: stale, renderer: 'image@0+old' },
    ]);
    await place.queue.pause();
    expect(await cli('reindex', '--stale')).to.have.length(1);
    expect((await place.job(stale)).opts.priority).to.equal(1_000_000);
    await place.queue.resume();
    expect(await place.client.result(stale)).to.deep.include({ manifest: before.manifest, cached: true });
    expect(await cli('reindex', '--stale', '--dry-run')).to.deep.equal([]);
  });

  it('delete removes all of a source, but what another source has too', async () => {
    const bytes = await picture(7);
    const one = await place.submit('one.jpg', bytes);
    const two = await place.submit('two.jpg', bytes);
    const own = await place.submit('one.jpg', bytes, { outputs: [{ name: 'own', width: 20, height: 20 }] });
    const there = await place.submit('one.jpg', bytes, { destination: { uri: `file://${place.site.previews}/team` } });
    for (const id of [one, two, own, there]) await place.client.result(id);
    const bad = await place.submit('bad', poison('untyped'));
    expect(await place.outcome(bad)).to.equal('DecodeFailed');
    expect(await names('quarantine')).to.have.length(1);
    const uri = (name: string) => `file://${join(place.site.inbox, name)}`;

    const found = { artifacts: 2, shared: 1, requests: 3, pending: 0 };
    const before = await readdir(place.site.previews, { recursive: true });
    expect((await cli('delete', '--source', uri('one.jpg'), '--dry-run'))[0]).to.include(found);
    expect(await readdir(place.site.previews, { recursive: true })).to.have.members(before);
    expect((await cli('delete', '--source', join(place.site.inbox, 'one.jpg')))[0]).to.include(found);
    expect(await names('requests')).to.deep.equal([`${two}.json`]);
    expect(await names('artifacts')).to.have.length(1);
    expect(await names('team', 'artifacts')).to.deep.equal([]);
    expect((await cli('delete', '--source', uri('two.jpg')))[0]).to.include({ artifacts: 1, shared: 0, requests: 1 });
    await cli('delete', '--source', uri('bad'));
    for (const folder of ['artifacts', 'requests', 'sources', 'quarantine'])
      expect(await names(folder), folder).to.deep.equal([]);
    expect((await cli('delete', '--source', uri('never.jpg')))[0]).to.include({ artifacts: 0, requests: 0 });
  });

  it('jobs of people who wait go before those that nobody waits for, and urgent ones before them', async () => {
    const busy = await place.submit('busy', slow(1_500));
    await eventually('it runs', async () => (await (await place.job(busy)).getState()) === 'active');
    const order = ['backfill', 'interactive', 'urgent'] as const;
    const ids = [];
    for (const [seed, lane] of order.entries()) {
      const uri = await place.file(`${lane}.jpg`, await picture(20 + seed));
      ids.push((await place.client.submit(payload(uri), { lane })).id);
    }
    for (const id of ids) expect(await place.outcome(id)).to.equal('completed');
    const started = await Promise.all(ids.map(async (id) => (await place.job(id)).processedOn ?? 0));
    expect(started[2], 'urgent before interactive').to.be.lessThan(started[1] ?? 0);
    expect(started[1], 'interactive before backfill').to.be.lessThan(started[0] ?? 0);
  });

  it('whoever watches hears the stages that last', async () => {
    const heard: string[] = [];
    const uri = await place.file('watched', slow(800));
    await place.queue.pause();
    const { id } = await place.client.submit(payload(uri));
    const stop = place.client.onProgress(id, (stage) => heard.push(stage));
    await place.client.result(id, { timeoutSeconds: 1 }).catch(() => {});
    await place.queue.resume();
    await place.client.result(id);
    await eventually('render was told', () => heard.includes('render'));
    stop();
  });

  it('of many payloads none is sent when one is wrong', async () => {
    const uri = await place.file('many.jpg', await picture(9));
    const outputs = (width: number): PreviewJob['outputs'] => [{ name: 'a', width, height: 9 }];
    const payloads = Array.from({ length: 120 }, (_, at) => ({ ...payload(uri), outputs: outputs(at + 1) }));
    const wrong = [...payloads.slice(0, 119), { ...payload(uri), outputs: outputs(0) }];
    const failure = await place.client.submitMany(wrong).catch((error: Error) => error);
    expect(String(failure)).to.match(/payload 119 of 120: outputs\[0\]\.width/);
    expect(await place.queue.getJobCountByTypes('wait', 'active', 'completed', 'prioritized')).to.equal(0);
    const submitted = await place.client.submitMany(payloads, { lane: 'backfill' });
    expect(new Set(submitted.map(({ id }) => id)).size).to.equal(120);
    expect(await place.outcome(submitted[119]?.id ?? '')).to.equal('completed');
  });
});
