/**
 * Pictures that a person has seen once and found right, held by a perceptual measure: encoders may change their bytes.
 * GOLDEN=write makes them anew; look at each before it is committed.
 */
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import pixelmatch from 'pixelmatch';
import sharp from 'sharp';
import type { ResolvedOutput } from '../../../worker/renderer/protocol.ts';
import { drawing, QUARTERS } from '../../fixtures/drawings.ts';
import { heif } from '../../fixtures/heic.ts';
import { animation, disc, scene } from '../../fixtures/images.ts';
import { letter, pdf } from '../../fixtures/pdf.ts';
import { LANGUAGES, PROSE } from '../../fixtures/texts.ts';
import { Bench, output } from './conformance.ts';

interface Golden {
  readonly source: () => Buffer | Promise<Buffer>;
  readonly look?: Partial<ResolvedOutput>;
}

const photo = () => scene({ width: 900, height: 500, seed: 11 });
const jpeg = () => photo().jpeg().toBuffer();
const page = { width: 480, height: 480 };

const GOLDEN: Readonly<Record<string, Golden>> = {
  'look/inside': { source: jpeg },
  'look/cover-attention': { source: jpeg, look: { fit: 'cover', position: 'attention' } },
  'look/contain-on-colour': { source: jpeg, look: { fit: 'contain', background: '#223344' } },
  'look/fill-sharpened': { source: jpeg, look: { fit: 'fill', sharpen: true } },
  'image/display-p3': { source: () => photo().withIccProfile('p3').jpeg().toBuffer() },
  'image/cmyk': { source: () => photo().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer() },
  'image/grey': { source: () => photo().toColourspace('b-w').jpeg().toBuffer() },
  'image/sixteen-bits': { source: () => photo().toColourspace('rgb16').png().toBuffer() },
  'image/on-its-side': { source: () => photo().withMetadata({ orientation: 6 }).jpeg().toBuffer() },
  'image/alpha': { source: () => disc(200, [30, 90, 220]).png().toBuffer() },
  'image/second-frame': {
    source: () =>
      animation(90, 60, [
        [220, 40, 40],
        [40, 160, 60],
      ])
        .gif()
        .toBuffer(),
    look: { page: 2 },
  },
  'heic/scene': { source: () => heif() },
  'pdf/letter': { source: () => pdf([letter()]), look: page },
  'svg/quarters': { source: () => drawing(QUARTERS) },
  'text/prose': { source: () => Buffer.from(PROSE), look: page },
  'text/json': { source: () => Buffer.from(LANGUAGES.json), look: page },
  'text/csv': { source: () => Buffer.from(LANGUAGES.csv), look: page },
  'text/markdown': { source: () => Buffer.from(LANGUAGES.markdown), look: page },
  'text/typescript': { source: () => Buffer.from(LANGUAGES.typescript), look: page },
};

describe('goldens', function () {
  this.timeout(60_000);
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  for (const [name, { source, look }] of Object.entries(GOLDEN)) {
    it(`looks as it did: ${name}`, async () => {
      const wanted = output({ width: 96, height: 96, format: 'png', ...look });
      const { files } = await bench.render(await source(), [wanted], { pages: 10, frames: 10 });
      const [file = Buffer.alloc(0)] = files;
      const golden = `test/golden/${name}.png`;
      if (process.env['GOLDEN'] === 'write') await sharp(file).toFile(golden);
      const [seen, before] = await Promise.all([pixelsOf(file), pixelsOf(await readFile(golden))]);
      const { width, height } = before.info;
      expect(seen.info).to.include({ width, height });
      const differing = pixelmatch(seen.data, before.data, undefined, width, height, { threshold: 0.06 });
      expect(differing, 'pixels that look different').to.be.at.most(Math.ceil(inked(before.data) / 100));
    });
  }
});

/** Pixels unlike the first: of a page with three words, what its white says does not count. */
function inked(data: Buffer): number {
  const ground = data.readUInt32LE(0);
  let pixels = 0;
  for (let at = 0; at < data.length; at += 4) if (data.readUInt32LE(at) !== ground) pixels++;
  return pixels;
}

const pixelsOf = (bytes: Buffer) => sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
