/** Limits and placeholders on the way from a payload through a pod to the manifest. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PreviewJob, RenderedResult } from '../../worker/client.ts';
import { scene } from '../fixtures/images.ts';
import { poison } from '../fixtures/poison-renderer.ts';
import { LIMITS, type Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

describe('a job’s limits', function () {
  this.timeout(60_000);
  let place: Workplace;
  let picture: Buffer;
  let pod: Pod;

  before(async () => {
    place = await Workplace.open();
    // 12,000 pixels; the renderer may read more than the pool says of others.
    picture = await scene({ width: 120, height: 100 }).jpeg().toBuffer();
    pod = await place.pod('limited', {
      // The slot that `swell` leaves hanging is given a job, which no end needs to wait for.
      graceSeconds: 1,
      perJob: { pixels: 10_000 },
      config: { renderers: [{ name: 'image', perJob: { pixels: 20_000, outputBytes: 5_000 } }, { name: 'slow' }] },
    });
  });
  after(() => place?.close());

  const outcome = async (more: Partial<PreviewJob>) => place.outcome(await place.submit('a.jpg', picture, more));

  it('are the renderer’s where the pool names some', async () => {
    expect(await outcome({})).to.equal('completed');
    const large = await scene({ width: 210, height: 100 }).jpeg().toBuffer();
    expect(await place.outcome(await place.submit('large.jpg', large))).to.equal('LimitExceeded');
  });

  it('can be tightened by the job, which puts no file into quarantine for others', async () => {
    for (const [limits, reason] of [
      [{ pixels: 11_000 }, 'LimitExceeded'],
      [{ sourceBytes: 100 }, 'SourceTooLarge'],
      [{ outputBytes: 10 }, 'LimitExceeded'],
    ] as const) {
      expect(await outcome({ limits, force: true }), JSON.stringify(limits)).to.equal(reason);
    }
    const other: PreviewJob['outputs'] = [{ name: 'other', width: 30, height: 30 }];
    expect(await outcome({ outputs: other, limits: { pixels: 9 } })).to.equal('LimitExceeded');
    expect(await outcome({ outputs: other })).to.equal('completed');
  });

  it('can not be loosened by the job', async () => {
    const large = await scene({ width: 220, height: 100 }).jpeg().toBuffer();
    const limits = { pixels: 1_000_000_000, timeoutSeconds: 3_600 };
    expect(await place.outcome(await place.submit('larger.jpg', large, { limits }))).to.equal('LimitExceeded');
  });

  it('hold against a renderer that was taken over: what it leaves in the job’s folder is not stored beyond them', async () => {
    expect(await place.outcome(await place.submit('swell', poison('swell')))).to.equal('LimitExceeded');
    const stored = await readdir(place.site.previews, { recursive: true, withFileTypes: true });
    const files = stored.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    for (const file of files) expect((await stat(file)).size, file).to.be.below(LIMITS.outputBytes);
  });

  it('are no other’s: a renderer that was taken over can name none that its image has not', async () => {
    expect(await place.outcome(await place.submit('pretend', poison('pretend')))).to.equal('RendererCrashed');
    expect((await pod.get('/metrics')).body).to.not.include('nobody');
  });

  it('placeholders are in the result and in the manifest, and make a request of its own', async () => {
    const plain = await place.submit('tiny.jpg', picture);
    const asked = await place.submit('tiny.jpg', picture, { placeholder: ['thumbhash', 'blurhash'] });
    expect(asked).to.not.equal(plain);
    const { placeholder, manifest } = (await place.client.result(asked)) as RenderedResult;
    expect(placeholder).to.have.keys('thumbhash', 'blurhash');
    expect(JSON.parse(await readFile(new URL(manifest), 'utf8'))).to.deep.include({ placeholder });
  });
});
