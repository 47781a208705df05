import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Job, Queue } from 'bullmq';
import { expect } from 'chai';
import { PreviewClient, PreviewFailure, type PreviewResult, type RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { scene } from '../fixtures/images.ts';
import { poison } from '../fixtures/poison-renderer.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import { makeSite, type Pod, type PodOptions, type Site, startPod } from '../worker/pod.ts';

describe('gate 3', function () {
  this.timeout(180_000);
  let redis: TestRedis;
  let site: Site;
  let client: PreviewClient;
  let queue: Queue;
  let pods: Pod[];

  const pod = async (name: string, options: Partial<PodOptions> = {}): Promise<Pod> => {
    const started = await startPod({ site, redisUrl: redis.url, name, ...options });
    pods.push(started);
    return started;
  };
  const submit = async (name: string, bytes: Buffer, more: object = {}): Promise<string> => {
    const path = join(site.inbox, name);
    await writeFile(path, bytes);
    const source = { uri: pathToFileURL(path).href };
    const { id } = await client.submit({ version: 1, source, outputs: [{ preset: 'grid' }], ...more });
    return id;
  };
  const outcome = (id: string): Promise<string> =>
    client.result(id, { timeoutSeconds: 120 }).then(
      () => 'completed',
      (error) => (error instanceof PreviewFailure ? error.reason : String(error)),
    );
  const jobOf = async (id: string): Promise<Job> => (await queue.getJob(id)) as Job;

  beforeEach(async () => {
    pods = [];
    redis = await startRedis();
    site = await makeSite();
    client = new PreviewClient({ redis: { url: redis.url } });
    queue = new Queue('previews', { connection: { url: redis.url } });
  });
  afterEach(async () => {
    await client?.close();
    await queue?.close();
    await Promise.all((pods ?? []).map((one) => one.stop()));
    await redis?.stop();
    await site?.remove();
  });

  it('3 poison files in 40 jobs at 8 slots: exactly those 3 fail, each with its reason, and nobody else', async () => {
    const one = await pod('poisoned', { slots: 8, perJob: { timeoutSeconds: 5 } });
    const kinds = ['crash', 'hang', 'balloon'] as const;
    const expected = new Map<string, string>();
    for (let number = 0; number < 40; number += 1) {
      const kind = kinds[(number - 5) / 12];
      const bytes =
        kind === undefined ? await scene({ width: 320, height: 240, seed: number }).jpeg().toBuffer() : poison(kind);
      const reason = { crash: 'RendererCrashed', hang: 'TimedOut', balloon: 'OutOfMemory' };
      expected.set(await submit(`file-${number}`, bytes), kind === undefined ? 'completed' : reason[kind]);
    }
    const outcomes = new Map<string, string>();
    await Promise.all([...expected.keys()].map(async (id) => outcomes.set(id, await outcome(id))));
    expect(Object.fromEntries(outcomes)).to.deep.equal(Object.fromEntries(expected));
    expect([...expected.values()].filter((reason) => reason !== 'completed')).to.have.length(3);
    const started = await Promise.all([...expected.keys()].map(async (id) => (await jobOf(id)).attemptsStarted));
    expect(Math.max(...started), 'starts of a job').to.equal(1);
    expect(await setsOfOutputs(site)).to.have.length(37);
    await eventually('8 slots and nobody else', () => one.family().length === 8);
  });

  it('100 slot kills leave 0 processes and 0 zombies', async () => {
    const one = await pod('killed', { slots: 8, perJob: { timeoutSeconds: 1 } });
    const kind = (number: number) => (number % 5 === 0 ? 'fork' : 'crash');
    const ids = [];
    for (let number = 0; number < 100; number += 1) {
      ids.push(await submit(`${kind(number)}-${number}`, poison(kind(number)), { force: true }));
    }
    const reasons = await Promise.all(ids.map(outcome));
    const count = (reason: string) => reasons.filter((one) => one === reason).length;
    const kills = { crashed: count('RendererCrashed'), hung: count('TimedOut') };
    expect(kills, reasons.join()).to.deep.equal({ crashed: 80, hung: 20 });
    await eventually('8 slots and nobody else', () => one.family().length === 8);
    const renderer = one.renderer.pid;
    await one.terminate();
    expect(one.family(), `after renderer ${renderer} ended`).to.deep.equal([]);
  });

  it('SIGKILL of a worker with an idle slot beside a busy one: nothing lost, no attempt burnt', async () => {
    const first = await pod('doomed', { slots: 2 });
    const id = await submit('slow', slow(4_000));
    await eventually('the job is running', async () => (await first.health()).slots.busy === 1);
    first.worker.kill('SIGKILL');
    await first.worker.exited;
    await first.renderer.exited;
    await pod('heir', { slots: 2 });
    const result = (await client.result(id, { timeoutSeconds: 90 })) as RenderedResult;
    await isWhole(site, result);
    const job = await jobOf(id);
    expect({ attempts: job.attemptsMade, stalled: job.stalledCounter }).to.deep.equal({ attempts: 1, stalled: 1 });
    expect(first.family()).to.deep.equal([]);
  });

  it('SIGTERM of a worker with an idle slot beside a busy one: nothing lost, no attempt burnt', async () => {
    for (let round = 1; round <= 4; round += 1) {
      const first = await pod(`drained-${round}`, { slots: 2, graceSeconds: 1 });
      const id = await submit(`slow-${round}`, slow(5_000, round));
      await eventually('the job is running', async () => (await first.health()).slots.busy === 1);
      expect(await first.terminate()).to.deep.equal({ worker: 'code 0', renderer: 'code 0' });
      const returned = await jobOf(id);
      expect(await returned.getState(), 'given back, not taken up by the idle slot').to.equal('waiting');
      expect(returned.attemptsMade, 'attempts burnt').to.equal(0);
      const second = await pod(`heir-${round}`, { slots: 2 });
      const result = (await client.result(id, { timeoutSeconds: 60 })) as RenderedResult;
      await isWhole(site, result);
      const job = await jobOf(id);
      expect({ attempts: job.attemptsMade, stalled: job.stalledCounter }).to.deep.equal({ attempts: 1, stalled: 0 });
      await second.terminate();
    }
    expect(await setsOfOutputs(site)).to.have.length(4);
  });

  it('SIGTERM lets a job that fits into the grace finish where it runs', async () => {
    const one = await pod('patient', { slots: 2, graceSeconds: 20 });
    const id = await submit('slow', slow(2_000));
    await eventually('the job is running', async () => (await one.health()).slots.busy === 1);
    await one.terminate();
    const job = await jobOf(id);
    expect({ state: await job.getState(), starts: job.attemptsStarted }).to.deep.equal({
      state: 'completed',
      starts: 1,
    });
    await isWhole(site, job.returnvalue as PreviewResult);
  });
});

/** Folders of artifacts; a file that is no manifest and no preview fails the test. */
async function setsOfOutputs({ previews }: Site): Promise<string[]> {
  const folders = await readdir(join(previews, 'artifacts'));
  for (const folder of folders) {
    expect((await readdir(join(previews, 'artifacts', folder))).sort()).to.deep.equal(['grid.webp', 'manifest.json']);
  }
  return folders;
}

async function isWhole(site: Site, result: PreviewResult): Promise<void> {
  const { manifest, outputs } = result as RenderedResult;
  const written = JSON.parse(await readFile(new URL(manifest), 'utf8')) as { outputs: unknown };
  expect(written.outputs).to.deep.equal(outputs);
  await setsOfOutputs(site);
}
