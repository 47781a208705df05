import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PreviewResult, RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { figure, tallied } from '../faults/figures.ts';
import { scene } from '../fixtures/images.ts';
import { poison } from '../fixtures/poison-renderer.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import type { Site } from '../worker/pod.ts';
import { running, Workplace } from '../worker/workplace.ts';

describe('gate 3: worker and local node', function () {
  this.timeout(180_000);
  let place: Workplace;

  beforeEach(async () => {
    place = await Workplace.open();
  });
  afterEach(() => place?.close());

  it('3 poison files in 40 jobs at 8 slots: exactly those 3 fail, each with its reason, and nobody else', async () => {
    const one = await place.pod('poisoned', { slots: 8, perJob: { timeoutSeconds: 5 } });
    const kinds = ['crash', 'hang', 'balloon'] as const;
    const expected = new Map<string, string>();
    for (let number = 0; number < 40; number += 1) {
      const kind = kinds[(number - 5) / 12];
      const bytes =
        kind === undefined ? await scene({ width: 320, height: 240, seed: number }).jpeg().toBuffer() : poison(kind);
      const reason = { crash: 'RendererCrashed', hang: 'TimedOut', balloon: 'OutOfMemory' };
      expected.set(await place.submit(`file-${number}`, bytes), kind === undefined ? 'completed' : reason[kind]);
    }
    const outcomes = new Map<string, string>();
    await Promise.all([...expected.keys()].map(async (id) => outcomes.set(id, await place.outcome(id))));
    expect(Object.fromEntries(outcomes)).to.deep.equal(Object.fromEntries(expected));
    expect([...expected.values()].filter((reason) => reason !== 'completed')).to.have.length(3);
    const innocents = [...expected]
      .filter(([, reason]) => reason === 'completed')
      .map(([id]) => outcomes.get(id) ?? '');
    const failed = innocents.filter((outcome) => outcome !== 'completed').length;
    figure(16, `40 jobs at 8 slots, 3 of them poison: ${tallied(outcomes.values())}; innocents failed ${failed}`);
    const started = await Promise.all([...expected.keys()].map(async (id) => (await place.job(id)).attemptsStarted));
    expect(Math.max(...started), 'starts of a job').to.equal(1);
    expect(await setsOfOutputs(place.site)).to.have.length(37);
    await eventually('8 slots and nobody else', () => one.family().length === 8);
  });

  it('100 slot kills leave 0 processes and 0 zombies', async () => {
    const one = await place.pod('killed', { slots: 8, perJob: { timeoutSeconds: 1 } });
    const kind = (number: number) => (number % 5 === 0 ? 'fork' : 'crash');
    const ids = [];
    for (let number = 0; number < 100; number += 1) {
      ids.push(await place.submit(`${kind(number)}-${number}`, poison(kind(number)), { force: true }));
    }
    const reasons = await Promise.all(ids.map((id) => place.outcome(id)));
    const count = (reason: string) => reasons.filter((one) => one === reason).length;
    const kills = { crashed: count('RendererCrashed'), hung: count('TimedOut') };
    expect(kills, reasons.join()).to.deep.equal({ crashed: 80, hung: 20 });
    await eventually('8 slots and nobody else', () => one.family().length === 8);
    const renderer = one.renderer.pid;
    await one.terminate();
    expect(one.family(), `after renderer ${renderer} ended`).to.deep.equal([]);
  });

  it('SIGKILL of a worker with an idle slot beside a busy one: nothing lost, no attempt burnt', async () => {
    const first = await place.pod('doomed', { slots: 2 });
    const id = await place.submit('slow', slow(4_000));
    await running(first);
    first.worker.kill('SIGKILL');
    await first.worker.exited;
    await first.renderer.exited;
    await place.pod('heir', { slots: 2 });
    const result = (await place.client.result(id, { timeoutSeconds: 90 })) as RenderedResult;
    await isWhole(place.site, result);
    const job = await place.job(id);
    expect({ attempts: job.attemptsMade, stalled: job.stalledCounter }).to.deep.equal({ attempts: 1, stalled: 1 });
    expect(first.family()).to.deep.equal([]);
  });

  it('SIGTERM of a worker with an idle slot beside a busy one: nothing lost, no attempt burnt', async () => {
    for (let round = 1; round <= 4; round += 1) {
      const first = await place.pod(`drained-${round}`, { slots: 2, graceSeconds: 1 });
      const id = await place.submit(`slow-${round}`, slow(5_000, round));
      await running(first);
      expect(await first.terminate()).to.deep.equal({ worker: 'code 0', renderer: 'code 0' });
      const returned = await place.job(id);
      expect(await returned.getState(), 'given back, not taken up by the idle slot').to.equal('prioritized');
      expect(returned.attemptsMade, 'attempts burnt').to.equal(0);
      const second = await place.pod(`heir-${round}`, { slots: 2 });
      const result = (await place.client.result(id, { timeoutSeconds: 60 })) as RenderedResult;
      await isWhole(place.site, result);
      const job = await place.job(id);
      expect({ attempts: job.attemptsMade, stalled: job.stalledCounter }).to.deep.equal({ attempts: 1, stalled: 0 });
      await second.terminate();
    }
    expect(await setsOfOutputs(place.site)).to.have.length(4);
  });

  it('SIGTERM lets a job that fits into the grace finish where it runs', async () => {
    const one = await place.pod('patient', { slots: 2, graceSeconds: 20 });
    const id = await place.submit('slow', slow(2_000));
    await running(one);
    await one.terminate();
    const job = await place.job(id);
    expect({ state: await job.getState(), starts: job.attemptsStarted }).to.deep.equal({
      state: 'completed',
      starts: 1,
    });
    await isWhole(place.site, job.returnvalue as PreviewResult);
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
