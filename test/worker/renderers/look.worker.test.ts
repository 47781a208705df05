/** What an output may ask for beside its size: each held against what is to be seen. */
import { expect } from 'chai';
import sharp from 'sharp';
import type { ResolvedOutput } from '../../../worker/renderer/protocol.ts';
import { animation, disc, scene } from '../../fixtures/images.ts';
import { colourAt, near } from './colours.ts';
import { Bench, output } from './conformance.ts';

const PALE = '#f2efe6';
const [RED, BLUE] = [
  [220, 30, 30],
  [30, 30, 220],
] as const;

/** A plain picture with one loud spot at its right end. */
const spotted = async () =>
  sharp({ create: { width: 600, height: 200, channels: 3, background: PALE } })
    .composite([{ input: await disc(120, [210, 20, 20]).png().toBuffer(), left: 450, top: 40 }])
    .png()
    .toBuffer();
const DELAYS = [70, 120, 300, 90];
const clip = (frames: readonly (readonly [number, number, number])[]) =>
  animation(80, 60, frames)
    .gif({ delay: DELAYS.slice(0, frames.length), loop: 2 })
    .toBuffer();

describe('the look of an output', function () {
  this.timeout(60_000);
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  const one = async (source: Buffer, look: Partial<ResolvedOutput>, limits = {}) => {
    const { files, result } = await bench.render(source, [output(look)], limits);
    return { file: files[0]!, told: result.outputs[0]!, result };
  };

  it('position: cover keeps the middle, what attracts or where detail is, in a window of the same size', async () => {
    const source = await spotted();
    const square = { fit: 'cover', width: 100, height: 100, format: 'png' } as const;
    const redness = async (position: ResolvedOutput['position']) => {
      const { file, told } = await one(source, { ...square, position });
      expect(told).to.include({ width: 100, height: 100 });
      const [, , blue] = (await sharp(file).stats()).channels;
      return 255 - (blue?.mean ?? 0);
    };
    const [centre, attention, entropy] = await Promise.all((['centre', 'attention', 'entropy'] as const).map(redness));
    expect(attention, 'attention').to.be.greaterThan((centre ?? 0) + 20);
    expect(entropy, 'entropy').to.be.greaterThan((centre ?? 0) + 20);
  });

  for (const format of ['png', 'webp', 'jpeg'] as const) {
    it(`background: a colour behind transparency and around contain, in ${format}`, async () => {
      const source = await disc(100, [30, 30, 220]).png().toBuffer();
      const { file } = await one(source, { fit: 'contain', width: 80, height: 40, format, background: '#ffcc00' });
      near(await colourAt(file, [0.02, 0.5]), [255, 204, 0, 255], 12, 'padding');
      near(await colourAt(file, [0.28, 0.06]), [255, 204, 0, 255], 12, 'corner of the source');
      near(await colourAt(file, [0.5, 0.5]), [30, 30, 220, 255], 12, 'middle');
    });
  }

  it('background: is its colour around a grey picture too', async () => {
    const source = await scene({ width: 200, height: 100 }).toColourspace('b-w').png().toBuffer();
    const { file } = await one(source, { fit: 'contain', width: 60, height: 60, format: 'png', background: '#c01020' });
    near(await colourAt(file, [0.5, 0.02]), [192, 16, 32, 255], 3, 'padding');
  });

  it('lossless: webp and avif give the very pixels that png gives', async () => {
    const source = await scene({ width: 300, height: 200, seed: 5 }).png().toBuffer();
    const raw = async (look: Partial<ResolvedOutput>) =>
      sharp((await one(source, look)).file)
        .raw()
        .toBuffer();
    const exact = await raw({ format: 'png' });
    expect((await raw({ format: 'webp', lossless: true })).equals(exact), 'webp').to.equal(true);
    expect((await raw({ format: 'avif', lossless: true })).equals(exact), 'avif').to.equal(true);
    expect((await raw({ format: 'webp' })).equals(exact), 'webp with loss').to.equal(false);
  });

  it('quality and effort: less quality is fewer bytes, and every effort up to 9 is taken', async () => {
    const source = await scene({ width: 900, height: 600, seed: 7 }).jpeg().toBuffer();
    const size = { width: 400, height: 400 };
    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      const [low, high] = [
        await one(source, { ...size, format, quality: 30 }),
        await one(source, { ...size, format, quality: 90 }),
      ];
      expect(low.file.length, format).to.be.lessThan(high.file.length);
    }
    for (const effort of [0, 9]) {
      for (const format of ['webp', 'avif', 'png', 'jpeg'] as const) await one(source, { format, effort });
    }
  });

  it('sharpen: edges are steeper, flat areas stay', async () => {
    const source = await scene({ width: 1200, height: 800, seed: 3 }).jpeg({ quality: 95 }).toBuffer();
    const sharpness = async (sharpen: boolean) => {
      const { file } = await one(source, { width: 300, height: 300, format: 'png', sharpen });
      return (await sharp(file).stats()).sharpness;
    };
    expect(await sharpness(true)).to.be.greaterThan((await sharpness(false)) * 1.1);
    const flat = await sharp({ create: { width: 300, height: 200, channels: 3, background: PALE } })
      .png()
      .toBuffer();
    const { file } = await one(flat, { format: 'png', sharpen: true });
    near(await colourAt(file, [0.5, 0.5]), [242, 239, 230, 255], 1, 'flat');
  });

  for (const [title, look] of [
    ['inside', { width: 40, height: 40 }],
    ['cover', { fit: 'cover', width: 30, height: 40 }],
    ['contain', { fit: 'contain', width: 50, height: 20, background: '#00ff00' }],
    ['its own size', { width: 200, height: 200 }],
  ] as const) {
    it(`animated: every frame, its time and the loop, ${title}`, async () => {
      const source = await clip([RED, BLUE, RED]);
      const { file, told, result } = await one(source, { ...look, animated: true }, { frames: 100 });
      const seen = await sharp(file, { animated: true }).metadata();
      expect(seen).to.deep.include({ format: 'webp', pages: 3, pageHeight: told.height, width: told.width });
      expect([seen.delay, seen.loop]).to.deep.equal([DELAYS.slice(0, 3), 2]);
      expect(result.source.frames).to.equal(3);
      for (const [page, colour] of [RED, BLUE, RED].entries()) {
        near(
          await colourAt(await sharp(file, { page }).png().toBuffer(), [0.5, 0.5]),
          [...colour],
          14,
          `frame ${page}`,
        );
      }
    });
  }

  it('animated: is cut to the frames and pixels that a job may read, and is a still where the format can not move', async () => {
    const source = await clip([RED, BLUE, RED, BLUE]);
    const frames = async (limits: object, format: ResolvedOutput['format'] = 'webp') =>
      (await sharp((await one(source, { animated: true, format }, limits)).file, { animated: true }).metadata())
        .pages ?? 1;
    expect(await frames({ frames: 2 })).to.equal(2);
    expect(await frames({ frames: 100, pixels: 80 * 60 * 3 })).to.equal(3);
    expect(await frames({ frames: 1 })).to.equal(1);
    expect(await frames({ frames: 100 }, 'png')).to.equal(1);
  });

  it('animated: a still stays one, and one output may move beside one that does not', async () => {
    const photo = await scene({ width: 90, height: 60 }).jpeg().toBuffer();
    expect((await sharp((await one(photo, { animated: true })).file).metadata()).pages ?? 1).to.equal(1);
    const outputs = [output({ animated: true }), output({ name: 'still' })];
    const { files } = await bench.render(await clip([RED, BLUE]), outputs, { frames: 9 });
    const pages = await Promise.all(
      files.map(async (file) => (await sharp(file, { animated: true }).metadata()).pages ?? 1),
    );
    expect(pages).to.deep.equal([2, 1]);
  });

  it('copyright: is carried over when asked for, and nothing else of EXIF ever is', async () => {
    const exif = {
      IFD0: { Copyright: '© Ana', Artist: 'Ana', Make: 'SecretCam' },
      IFD3: { GPSLatitude: '1/1 2/1 3/1' },
    };
    const source = await scene({ width: 90, height: 60 }).withExif(exif).jpeg().toBuffer();
    for (const format of ['jpeg', 'webp', 'png', 'avif'] as const) {
      const kept = (await sharp((await one(source, { format, copyright: true })).file).metadata()).exif?.toString(
        'latin1',
      );
      expect(kept, format).to.include('Ana');
      expect(kept, format).to.not.match(/SecretCam|GPS/);
      expect((await sharp((await one(source, { format })).file).metadata()).exif, format).to.equal(undefined);
    }
    const hostile = await scene({ width: 9, height: 6 })
      .withExif({ IFD0: { Copyright: 'x'.repeat(50_000) } })
      .jpeg()
      .toBuffer();
    expect((await one(hostile, { copyright: true, format: 'jpeg' })).file.length).to.be.lessThan(3_000);
  });

  it('placeholders: thumbhash and blurhash of the first output, the same each time', async () => {
    const { decode } = await import('blurhash');
    const { thumbHashToAverageRGBA } = await import('thumbhash');
    const source = await sharp({ create: { width: 640, height: 400, channels: 3, background: '#c03020' } })
      .png()
      .toBuffer();
    const make = () => bench.render(source, [output()], {}, ['thumbhash', 'blurhash']);
    const [{ result }, again] = [await make(), await make()];
    const { thumbhash = '', blurhash = '' } = result.placeholder ?? {};
    expect(again.result.placeholder).to.deep.equal(result.placeholder);
    const { r, g, b } = thumbHashToAverageRGBA(Buffer.from(thumbhash, 'base64'));
    near([r * 255, g * 255, b * 255], [192, 48, 32], 12, 'thumbhash');
    near([...decode(blurhash, 8, 8)].slice(4 * 36, 4 * 36 + 3), [192, 48, 32], 20, 'blurhash');
    expect((await bench.render(source)).result.placeholder).to.equal(undefined);
    const pixel = await sharp({ create: { width: 1, height: 1, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    expect((await bench.render(pixel, [output()], {}, ['thumbhash', 'blurhash'])).result.placeholder).to.have.keys(
      'thumbhash',
      'blurhash',
    );
  });
});
