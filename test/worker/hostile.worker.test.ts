/** Files that mean harm, between files that do not: rows 21 and 22 of the fault table. */
import { expect } from 'chai';
import type { RenderedResult } from '../../worker/client.ts';
import { heif } from '../fixtures/heic.ts';
import { hostileFiles, type Seedling } from '../fixtures/hostile.ts';
import { animation, pixelBomb, scene } from '../fixtures/images.ts';
import { deflated, letter, nested, pdf, picturePage } from '../fixtures/pdf.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const FILES = 400;
const INNOCENTS = 100;

/** What a file may end with: a preview, or a reason that speaks of the file. */
const TYPED = new Set([
  ...['completed', 'DecodeFailed', 'UnsupportedMedia', 'LimitExceeded', 'InvalidPayload', 'PasswordProtected'],
  ...['TimedOut', 'OutOfMemory', 'RendererCrashed'],
]);

async function seedlings(): Promise<Seedling[]> {
  const photo = scene({ width: 160, height: 120, seed: 5 });
  const raster = await Promise.all(
    (['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const).map(async (format) => ({
      format,
      bytes: await photo.clone().toFormat(format).toBuffer(),
    })),
  );
  const clip = animation(40, 30, [
    [9, 9, 9],
    [200, 9, 9],
  ]);
  return [
    ...raster,
    { format: 'progressive jpeg', bytes: await photo.clone().jpeg({ progressive: true }).toBuffer() },
    { format: 'animated gif', bytes: await clip.gif().toBuffer() },
    { format: 'heic', bytes: heif() },
    { format: 'pdf', bytes: pdf([letter(10)]) },
  ];
}

describe('hostile files', function () {
  this.timeout(180_000);
  let place: Workplace;
  let pod: Pod;

  before(async () => {
    place = await Workplace.open();
    pod = await place.pod('attacked', { slots: 2, perJob: { timeoutSeconds: 8, memoryBytes: 400 * 2 ** 20 } });
  });
  after(() => place?.close());

  const innocent = (seed: number) => scene({ width: 120, height: 90, seed }).jpeg().toBuffer();

  it(`${FILES} damaged files of every format: each a preview or a typed failure, and their neighbours unharmed`, async () => {
    const { pid } = pod.worker;
    const first = (await place.client.result(await place.submit('first.jpg', await innocent(0)))) as RenderedResult;
    const hostile = new Map<string, string>();
    const innocents: string[] = [];
    const every = Math.floor(FILES / INNOCENTS);
    let number = 0;
    for (const { title, bytes } of hostileFiles(await seedlings(), FILES)) {
      hostile.set(title, await place.submit(`hostile-${number}`, bytes));
      if (number % every === 0)
        innocents.push(await place.submit(`innocent-${number}.jpg`, await innocent(number + 1)));
      number += 1;
    }
    const counts: Record<string, number> = {};
    for (const [title, id] of hostile) {
      const outcome = await place.outcome(id, 120);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      expect(TYPED.has(outcome), `${title}: ${outcome}`).to.equal(true);
      expect((await place.job(id)).attemptsStarted, `${title}: starts`).to.equal(1);
    }
    for (const id of innocents) expect(await place.outcome(id)).to.equal('completed');
    console.log(
      `      ${FILES} files: ${Object.entries(counts)
        .map(([outcome, count]) => `${count} ${outcome}`)
        .join(', ')}`,
    );
    expect(pod.worker.pid, 'the worker').to.equal(pid);
    expect((await pod.health()).status).to.equal('ok');
    // What a file left behind in a decoder would show in the next picture.
    const again = (await place.client.result(
      await place.submit('first.jpg', await innocent(0), { force: true }),
    )) as RenderedResult;
    expect(again.outputs[0]?.sha256, 'the same picture as before').to.equal(first.outputs[0]?.sha256);
  });

  it('bombs end typed, while their neighbours are served', async () => {
    const bombs: Record<string, Buffer> = {
      'a PNG of 30,000²': pixelBomb({ whole: true }),
      'a PNG that says it has 60,000²': pixelBomb({ width: 60_000, height: 60_000 }),
      'a GIF of 3,000 frames': await animation(
        20,
        20,
        Array.from({ length: 3_000 }, (_, frame) => [frame % 256, 9, 9] as const),
      )
        .gif()
        .toBuffer(),
      'a PDF of nested forms': nested(9, 9),
      'a PDF that unpacks to 256 MB': pdf([
        { width: 100, height: 100, content: await deflated(' ', 2 ** 28), filter: '/Filter/FlateDecode' },
      ]),
      'a PDF with a picture of 20,000²': await picturePage(20_000),
    };
    const ids = new Map<string, string>();
    for (const [title, bytes] of Object.entries(bombs)) ids.set(title, await place.submit(`bomb-${ids.size}`, bytes));
    const neighbours = [];
    for (let seed = 1_000; seed < 1_000 + INNOCENTS; seed += 1) {
      neighbours.push(await place.submit(`neighbour-${seed}.jpg`, await innocent(seed)));
    }
    for (const id of neighbours) expect(await place.outcome(id)).to.equal('completed');
    for (const [title, id] of ids) {
      const outcome = await place.outcome(id);
      console.log(`      ${title}: ${outcome}`);
      expect(TYPED.has(outcome), `${title}: ${outcome}`).to.equal(true);
    }
    expect((await pod.health()).status).to.equal('ok');
  });
});
