/** What applications see: PreviewClient on a real Redis, with a worker at the other end or none. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { PreviewClient, PreviewFailure, type PreviewJob, type RenderedResult } from '../../worker/client.ts';
import { OUTPUT_DEFAULTS } from '../../worker/keys.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis } from '../cluster/redis.ts';
import { startHeldLine } from '../faults/held-line.ts';
import { scene } from '../fixtures/images.ts';
import { poison } from '../fixtures/poison-renderer.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const picture = (seed: number) => scene({ width: 120, height: 90, seed }).jpeg().toBuffer();
const JOB: PreviewJob = { version: 1, source: { uri: 'file:///inbox/a.jpg' }, outputs: [{ preset: 'grid' }] };

async function failureOf(work: Promise<unknown>): Promise<PreviewFailure> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (problem: unknown) => problem,
  );
  if (error instanceof PreviewFailure) return error;
  throw error;
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it did not fail',
    (error: Error) => error.message,
  );
}

describe('a client and a worker', function () {
  this.timeout(60_000);
  let place: Workplace;
  let pod: Pod;

  before(async () => {
    place = await Workplace.open();
    pod = await place.pod('steady');
  });
  after(() => place?.close());

  const jobFor = async (name: string, bytes: Buffer, more: Partial<PreviewJob> = {}): Promise<PreviewJob> => {
    const source = { uri: await place.file(name, bytes), ...more.source };
    return { ...JOB, ...more, source };
  };
  const started = () => pod.metric('preview_jobs_started_total');
  const rendered = async (id: string) => (await place.client.result(id, { timeoutSeconds: 30 })) as RenderedResult;
  const sinkHolds = async () => (await readdir(place.site.previews, { recursive: true })).sort();

  it('a dry run tells its plan, and neither reads nor renders nor writes anything', async () => {
    const before = await sinkHolds();
    const stages = await pod.metric('preview_stage_duration_seconds_count');
    const job: PreviewJob = {
      version: 1,
      source: { uri: pathToFileURL(join(place.site.inbox, 'not-even-there.jpg')).href },
      outputs: [{ preset: 'grid' }, { name: 'large', width: 1600, height: 1200 }],
      destination: { uri: pathToFileURL(join(place.site.previews, 'shop')).href },
      dryRun: true,
      metadata: { order: '17' },
    };
    const { id, requestKey } = await place.client.submit(job);
    const rest = OUTPUT_DEFAULTS;
    expect(await place.client.result(id)).to.deep.equal({
      requestKey,
      dryRun: true,
      plan: {
        source: job.source.uri,
        destination: pathToFileURL(join(place.site.previews, 'shop/')).href,
        outputs: [
          { name: 'grid', width: 64, height: 64, ...rest },
          { name: 'large', width: 1600, height: 1200, ...rest },
        ],
      },
      metadata: { order: '17' },
    });
    expect(await sinkHolds()).to.deep.equal(before);
    expect(await readdir(place.site.inbox)).to.not.include('not-even-there.jpg');
    expect(await pod.metric('preview_stage_duration_seconds_count'), 'no stage was begun').to.equal(stages);
    expect(await pod.metric('preview_jobs_total', 'outcome="dry_run"')).to.equal(1);
    expect(await pod.log()).to.match(/"outcome":"dry_run".*"requestKey":"r[0-9a-f]{64}"/);
  });

  it('a result names files that are there, and the record in the sink has the name of its requestKey', async () => {
    const { id, requestKey } = await place.client.submit(await jobFor('found.jpg', await picture(1)));
    const { outputs, manifest, source } = await rendered(id);
    for (const { uri, bytes, sha256, width, height } of outputs) {
      const content = await readFile(new URL(uri));
      expect(content).to.have.length(bytes);
      expect(createHash('sha256').update(content).digest('hex')).to.equal(sha256);
      expect([width, height]).to.deep.equal([64, 48]);
    }
    expect(JSON.parse(await readFile(new URL(manifest), 'utf8')).outputs).to.deep.equal(outputs);
    expect(source.sha256).to.equal(
      createHash('sha256')
        .update(await picture(1))
        .digest('hex'),
    );
    const record = JSON.parse(await readFile(join(place.site.previews, 'requests', `${requestKey}.json`), 'utf8'));
    expect(pathToFileURL(join(place.site.previews, record.manifest)).href).to.equal(manifest);
  });

  it('an optional field that is undefined changes neither the key nor the record’s name', async () => {
    const job = await jobFor('undefined.jpg', await picture(2));
    const odd = { ...job, tenant: undefined, outputs: [{ preset: 'grid', name: undefined, page: undefined }] };
    const { id, requestKey } = await place.client.submit(odd as unknown as PreviewJob);
    expect((await rendered(id)).requestKey).to.equal(requestKey);
    expect(await readdir(join(place.site.previews, 'requests'))).to.include(`${requestKey}.json`);
  });

  it('the same payload, given again while it runs, is the same job and is executed once', async () => {
    const before = await started();
    const job = await jobFor('twice', slow(1_000, 1));
    const first = await place.client.submit(job);
    const other = new PreviewClient({ redis: { url: place.redis.url } });
    const again = await Promise.all([place.client.submit({ ...job, metadata: { who: 'another' } }), other.submit(job)]);
    for (const submitted of again) expect(submitted).to.deep.equal(first);
    const results = await Promise.all([rendered(first.id), other.result(first.id)]);
    await other.close();
    expect(results[0]).to.deep.equal(results[1]);
    expect(await started()).to.equal(before + 1);
  });

  it('a finished job whose content is not pinned runs again: the file may have changed', async () => {
    const job = await jobFor('changing.jpg', await picture(3));
    const first = await place.client.submit(job);
    const one = await rendered(first.id);
    await place.file('changing.jpg', await picture(4));
    const second = await place.client.submit(job);
    expect(second).to.deep.equal({ id: first.id, requestKey: first.requestKey });
    const other = await rendered(second.id);
    expect(other.source.sha256).to.not.equal(one.source.sha256);
    expect((await place.job(second.id)).attemptsMade, 'as a job of its own').to.equal(1);
  });

  it('a finished job whose content is pinned is answered at once, and not executed again', async () => {
    const bytes = await picture(5);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const uri = await place.file('pinned.jpg', bytes);
    const job: PreviewJob = { ...JOB, source: { uri, sha256 } };
    const first = await place.client.submit(job);
    const result = await rendered(first.id);
    const before = await started();
    expect(await place.client.submit({ ...job, metadata: { a: 'b' } })).to.deep.equal({ ...first, result });
    expect(await started()).to.equal(before);
    expect(
      await failureOf(
        place.client.result(
          (
            await place.client.submit({
              ...job,
              source: { uri, sha256: sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
            })
          ).id,
        ),
      ),
    ).to.include({ reason: 'SourceChanged' });
  });

  it('a failed job runs again when it is submitted again', async () => {
    const job = { ...JOB, source: { uri: pathToFileURL(join(place.site.inbox, 'late.jpg')).href } };
    const first = await place.client.submit(job);
    expect((await failureOf(place.client.result(first.id))).reason).to.equal('SourceNotFound');
    await place.file('late.jpg', await picture(6));
    expect(await place.client.submit(job)).to.deep.equal(first);
    expect((await rendered(first.id)).outputs).to.have.length(1);
  });

  it('a file that failed for good is answered at once the next time, and rendered again only by force', async () => {
    const job = await jobFor('poison', poison('untyped'));
    const first = await place.client.submit(job);
    expect((await failureOf(place.client.result(first.id))).reason).to.equal('DecodeFailed');
    const before = await pod.metric('preview_quarantine_total');
    await place.client.submit(job);
    expect((await failureOf(place.client.result(first.id))).message).to.match(/known since .*force/);
    expect(await pod.metric('preview_quarantine_total')).to.equal(before);
    const forced = await place.client.submit({ ...job, force: true });
    expect((await failureOf(place.client.result(forced.id))).message).to.not.match(/known since/);
  });

  it('force is a job of its own each time, that renders again under the same key', async () => {
    const job = await jobFor('forced.jpg', await picture(7));
    const plain = await place.client.submit(job);
    expect((await rendered(plain.id)).cached).to.equal(false);
    const forced = await Promise.all([1, 2].map(() => place.client.submit({ ...job, force: true })));
    expect(new Set([plain.id, ...forced.map(({ id }) => id)]).size).to.equal(3);
    for (const { id, requestKey } of forced) {
      expect(requestKey).to.equal(plain.requestKey);
      expect((await rendered(id)).cached).to.equal(false);
    }
    await place.client.submit(job);
    expect((await rendered(plain.id)).cached, 'without force').to.equal(true);
  });

  it('many who submit and await the same at once all get its result, again and again', async () => {
    const job = await jobFor('crowd.jpg', await picture(8));
    const clients = Array.from({ length: 4 }, () => new PreviewClient({ redis: { url: place.redis.url } }));
    try {
      for (let round = 0; round < 8; round++) {
        const results = await Promise.all(
          Array.from({ length: 12 }, async (_, turn) => {
            const client = clients[turn % clients.length] ?? place.client;
            const { id } = await client.submit(job);
            return (await client.result(id, { timeoutSeconds: 30 })) as RenderedResult;
          }),
        );
        expect(new Set(results.map(({ manifest }) => manifest)).size).to.equal(1);
      }
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  });

  /** Submits a finished job again, by a client one of whose scripts is kept back on its way to Redis. */
  const interrupted = async (job: PreviewJob, script: string, meanwhile: (id: string) => Promise<void>) => {
    const line = await startHeldLine(place.redis.port);
    const client = new PreviewClient({ redis: { url: `redis://127.0.0.1:${line.port}` } });
    try {
      const { id } = await place.client.submit(job);
      await rendered(id);
      line.hold(script);
      const submitting = client.submit(job);
      submitting.catch(() => {});
      await eventually(`'${script}' is kept back`, () => line.held);
      await meanwhile(id);
      line.release();
      expect((await submitting).id).to.equal(id);
    } finally {
      await client.close();
      await line.stop();
    }
  };

  it('a submit joins the job that another client has added, and a worker taken, while it looked at the finished one', async () => {
    const job = await jobFor('overtaken', slow(0, 3));
    await interrupted(job, 'Remove a job from all', async (id) => {
      expect(await (await place.job(id)).getState()).to.equal('completed');
      await place.file('overtaken', slow(2_000, 4));
      await place.client.submit(job);
      await place.inState(id, 'active');
    });
    const before = await started();
    expect((await rendered((await place.client.submit(job)).id)).cached).to.equal(false);
    expect(await started(), 'all three were one').to.equal(before);
  });

  it('a result is waited for also in the moment in which another client submits the job again', async () => {
    const job = await jobFor('away', slow(0, 5));
    let result: Promise<RenderedResult> | undefined;
    await interrupted(job, 'Adds a prioritized job to the queue', async (id) => {
      expect(await place.raw.exists(`bull:previews:${id}`), 'it is away').to.equal(0);
      const looks = async () => Number(/cmdstat_hgetall:calls=(\d+)/.exec(await place.raw.info('commandstats'))?.[1]);
      const before = await looks();
      result = rendered(id);
      result.catch(() => {});
      await eventually('it was looked for', async () => (await looks()) > before, { every: 5 });
    });
    expect((await result)?.outputs).to.have.length(1);
  });

  it('bad input fails once, with a reason, what is wrong and what to do', async () => {
    const { inbox, folder, previews } = place.site;
    await mkdir(join(folder, 'inbox-other'));
    await writeFile(join(folder, 'inbox-other', 'secret.jpg'), await picture(9));
    await symlink(join(folder, 'inbox-other', 'secret.jpg'), join(inbox, 'door.jpg'));
    await mkdir(join(inbox, 'folder.jpg'));
    const uri = (...path: string[]) => ({ source: { uri: pathToFileURL(join(...path)).href } });
    const text = await place.file('notes.jpg', Buffer.from('this is no picture'));
    const bad: [Partial<PreviewJob>, RegExp][] = [
      [uri(inbox, 'absent.jpg'), /^SourceNotFound: there is no file .*absent\.jpg.*check source\.uri/],
      [uri(folder, 'inbox-other', 'secret.jpg'), /^SourceForbidden: .*does not lie inside .*worker\.sources/],
      [
        { source: { uri: `${pathToFileURL(inbox).href}/../inbox-other/secret.jpg` } },
        /^SourceForbidden: .*worker\.sources/,
      ],
      [uri(inbox, 'door.jpg'), /^SourceForbidden: .*does not lie inside .*no link leads out of/],
      [uri(inbox, 'folder.jpg'), /^SourceForbidden: .*not a regular file.*worker\.sources/],
      [
        { source: { uri: 'https://example.org/a.jpg' } },
        /^SourceForbidden: this pool reads no https: URIs.*worker\.sources/,
      ],
      [{ source: { uri: text } }, /^UnsupportedMedia: .*send a format/],
      [
        { source: { uri: text }, destination: { uri: pathToFileURL(`${previews}-other`).href } },
        /^DestinationForbidden: .*sink of this pool.*leave destination out/,
      ],
    ];
    await eventually('nothing runs', async () => (await pod.health()).slots.busy === 0);
    const before = await sinkHolds();
    const ids = await Promise.all(bad.map(async ([change]) => (await place.client.submit({ ...JOB, ...change })).id));
    for (const [at, [change, expected]] of bad.entries()) {
      const { reason, message, remedy } = await failureOf(place.client.result(ids[at] ?? ''));
      expect(`${reason}: ${message}`, JSON.stringify(change)).to.match(expected);
      expect(message).to.include(remedy);
      expect((await place.job(ids[at] ?? '')).attemptsMade, JSON.stringify(change)).to.equal(1);
    }
    expect(await sinkHolds()).to.deep.equal(before);
  });
});

describe('a client alone', function () {
  this.timeout(60_000);
  const away = { redis: { url: 'redis://127.0.0.1:1' } };

  it('refuses a payload that is none before it asks for Redis', async () => {
    const client = new PreviewClient(away);
    const began = Date.now();
    for (const [payload, expected] of [
      [{ ...JOB, outputs: [] }, /^InvalidPayload: outputs /],
      [{ ...JOB, source: { uri: '/inbox/a.jpg' } }, /^InvalidPayload: source\.uri must match/],
      [{ ...JOB, colour: 'red' }, /^InvalidPayload: .*unknown field 'colour'.*remove it/],
      [{ ...JOB, version: 2 }, /^NewerPayload: version is 2/],
      [null, /^InvalidPayload: /],
    ] as const) {
      const { reason, message } = await failureOf(client.submit(payload as PreviewJob));
      expect(`${reason}: ${message}`).to.match(expected);
    }
    expect(Date.now() - began, 'milliseconds').to.be.lessThan(2_000);
    await client.close();
  });

  it('says what to look at when nobody knows the job, when no worker takes it, and when it waits no longer', async () => {
    const redis = await startRedis();
    const client = new PreviewClient({ redis: { url: redis.url }, queue: 'nobody-works-here' });
    try {
      expect(await messageOf(client.result('r0'))).to.match(/the queue has no job r0: .*requests\/r0\.json/);
      const { id } = await client.submit(JOB);
      const began = Date.now();
      expect(await messageOf(client.result(id, { timeoutSeconds: 1 }))).to.match(
        /not over after 1 s: it is prioritized, and no worker/,
      );
      expect(Date.now() - began, 'milliseconds').to.be.within(900, 5_000);
      expect(await messageOf(client.result(id, { timeoutSeconds: 0 }))).to.match(/not over after 0 s/);
      expect((await client.submit(JOB)).id, 'it still waits').to.equal(id);
    } finally {
      await client.close();
      await redis.stop();
    }
  });

  it('rejects in about 10 s, naming what to check, and closes, where Redis is absent or does not answer', async () => {
    const frozen = await startRedis();
    const clients = [away, { redis: { url: frozen.url } }].map((options) => new PreviewClient(options));
    try {
      await messageOf(clients[1]?.result('r0') ?? Promise.resolve());
      process.kill(frozen.pid, 'SIGSTOP');
      const began = Date.now();
      const asked = clients.flatMap((client) => [client.submit(JOB), client.result('r0')]);
      for (const told of await Promise.all(asked.map(messageOf))) {
        expect(told).to.match(/^Redis did not answer within 10 s.*: check the address and the credentials/);
      }
      expect(Date.now() - began, 'milliseconds').to.be.lessThan(14_000);
      const closing = Date.now();
      await Promise.all(clients.map((client) => client.close()));
      expect(Date.now() - closing, 'milliseconds').to.be.lessThan(4_000);
    } finally {
      process.kill(frozen.pid, 'SIGCONT');
      await frozen.stop();
    }
  });

  it('that is closed answers nothing more: what waits and what is asked later rejects, and no connection is left', async () => {
    const redis = await startRedis();
    const watcher = new Redis(redis.url);
    const clients = [0, 1].map(() => new PreviewClient({ redis: { url: redis.url } }));
    const [client, untouched] = clients as [PreviewClient, PreviewClient];
    const connections = async () =>
      ((await watcher.client('LIST')) as string).split(/\s/).filter((field) => field.startsWith('name=preview-client'));
    try {
      const { id } = await client.submit(JOB);
      const waiting = messageOf(client.result(id, { timeoutSeconds: 30 }));
      await eventually('it listens', async () => (await connections()).includes('name=preview-client-events'));
      await Promise.all(clients.map((one) => one.close()));
      const asked = [client.submit(JOB), client.result(id), untouched.submit(JOB), untouched.result(id)];
      for (const told of await Promise.all([waiting, ...asked.map(messageOf)])) expect(told).to.match(/closed/);
      await eventually('no connection is left', async () => (await connections()).length === 0, { seconds: 5 });
    } finally {
      await Promise.all(clients.map((one) => one.close()));
      watcher.disconnect();
      await redis.stop();
    }
  });

  it('is answered when Redis is there again', async () => {
    const redis = await startRedis();
    const client = new PreviewClient({ redis: { url: redis.url } });
    await client.submit(JOB);
    await redis.stop();
    const back = await startRedis({ port: redis.port });
    try {
      await eventually('a submit is accepted', () => client.submit(JOB).then(() => true));
    } finally {
      await client.close();
      await back.stop();
    }
  });
});
