import { expect } from 'chai';
import sharp, { type Sharp } from 'sharp';
import { heif } from '../../fixtures/heic.ts';
import {
  animation,
  cut,
  damaged,
  disc,
  generateImages,
  pixelBomb,
  png,
  quadrants,
  scene,
  tiff,
} from '../../fixtures/images.ts';
import { colourAt, near, upright } from './colours.ts';
import { Bench, conforms, output, type Rendered } from './conformance.ts';

const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
const photo = scene({ width: 600, height: 400 });
const encoded = (format: (typeof FORMATS)[number]) => photo.clone().toFormat(format).toBuffer();
const png8 = output({ format: 'png' });
const only = ({ files }: Rendered): Buffer => files[0]!;

describe('the image renderer', function () {
  this.timeout(60_000);
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  conforms(
    {
      renderer: 'image',
      good: [
        ...FORMATS.map((format) => ({
          title: format,
          make: () => encoded(format),
          mediaType: `image/${format}`,
          width: 600,
          height: 400,
        })),
        {
          title: 'AVIF that calls itself HEIC',
          make: async () => {
            const avif = await encoded('avif');
            return Buffer.from(avif.toString('latin1').replaceAll('ftypavif', 'ftypheic'), 'latin1');
          },
          mediaType: 'image/avif',
          width: 600,
          height: 400,
        },
        {
          title: 'AVIF in the brand of every codec',
          make: async () => {
            const avif = await encoded('avif');
            return Buffer.from(avif.toString('latin1').replaceAll('ftypavif', 'ftypmif1'), 'latin1');
          },
          mediaType: 'image/avif',
          width: 600,
          height: 400,
        },
        {
          title: 'one pixel',
          make: () => scene({ width: 1, height: 1 }).png().toBuffer(),
          mediaType: 'image/png',
          width: 1,
          height: 1,
        },
        {
          title: 'a hair',
          make: () => scene({ width: 3000, height: 1 }).png().toBuffer(),
          mediaType: 'image/png',
          width: 3000,
          height: 1,
        },
        {
          title: 'transparent PNG',
          make: () => disc(80, [200, 30, 30]).png().toBuffer(),
          mediaType: 'image/png',
          width: 80,
          height: 80,
        },
        {
          title: 'grey PNG',
          make: () => photo.clone().toColourspace('b-w').png().toBuffer(),
          mediaType: 'image/png',
          width: 600,
          height: 400,
        },
        {
          title: 'CMYK JPEG',
          make: () => photo.clone().toColourspace('cmyk').jpeg().toBuffer(),
          mediaType: 'image/jpeg',
          width: 600,
          height: 400,
        },
        {
          title: '16-bit PNG',
          make: () => photo.clone().toColourspace('rgb16').png().toBuffer(),
          mediaType: 'image/png',
          width: 600,
          height: 400,
        },
        {
          title: 'animated WebP',
          make: () =>
            animation(60, 40, [
              [9, 9, 9],
              [200, 9, 9],
            ])
              .webp()
              .toBuffer(),
          mediaType: 'image/webp',
          width: 60,
          height: 40,
          pages: 2,
        },
        {
          title: 'big-endian TIFF of two pages',
          make: () =>
            tiff(
              [
                { width: 30, height: 20, samples: [9, 99, 199] },
                { width: 20, height: 40, samples: [99] },
              ],
              'MM',
            ),
          mediaType: 'image/tiff',
          width: 30,
          height: 20,
          pages: 2,
        },
      ],
      bad: [
        {
          title: 'a HEVC picture whose header lies behind what is looked at',
          make: () => heif({ brands: ['mif1', 'mif1'], before: 5000 }),
          reason: 'UnsupportedMedia',
        },
        { title: 'text', make: () => Buffer.from('this is no picture\n'), reason: 'UnsupportedMedia' },
        { title: 'a sound', make: () => Buffer.from(`OggS${'\0'.repeat(24)}\x01vorbis\0`), reason: 'UnsupportedMedia' },
        { title: 'a PNG of 30000 × 30000 pixels in a few bytes', make: () => pixelBomb(), reason: 'LimitExceeded' },
        {
          title: 'a whole PNG of 30000 × 30000 pixels',
          make: () => pixelBomb({ whole: true }),
          reason: 'LimitExceeded',
        },
        {
          title: 'a PNG without its data',
          make: () => cut(pixelBomb({ width: 60, height: 60, whole: true }), 0.6),
          reason: 'DecodeFailed',
        },
        {
          title: 'noise behind a JPEG header',
          make: async () => damaged(await photo.clone().jpeg({ progressive: true }).toBuffer()),
          reason: 'DecodeFailed',
        },
        { title: 'noise in a PNG', make: async () => damaged(await encoded('png')), reason: 'DecodeFailed' },
        ...FORMATS.map((format) => ({
          title: `half a ${format}`,
          make: async () => cut(await encoded(format)),
          reason: 'DecodeFailed' as const,
        })),
        ...FORMATS.map((format) => ({
          title: `the first 40 bytes of a ${format}`,
          make: async () => (await encoded(format)).subarray(0, 40),
          reason: 'DecodeFailed' as const,
        })),
      ],
    },
    bench,
  );

  describe('upright', () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      it(`turns what EXIF orientation ${orientation} says`, async () => {
        // Stored as the camera would have: the inverse of what a viewer does for this orientation.
        const stored = await quadrants(80, 60).png().toBuffer();
        const image = await asStored(stored, orientation);
        const turned = await image
          .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
          .withMetadata({ orientation })
          .toBuffer();
        const rendered = await bench.render(turned, [png8]);
        expect(rendered.result.source).to.include({ width: 80, height: 60 });
        expect(rendered.result.outputs[0]).to.include({ width: 64, height: 48 });
        await upright(only(rendered), 12);
      });
    }
  });

  describe('colour', () => {
    const colours: readonly [string, () => Promise<Buffer> | Buffer, number][] = [
      ['plain RGB', () => quadrants(80, 60).png().toBuffer(), 2],
      ['CMYK JPEG', () => quadrants(80, 60).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), 75],
      ['16-bit PNG', () => quadrants(80, 60).toColourspace('rgb16').png().toBuffer(), 3],
      ['palette PNG', () => quadrants(80, 60).png({ palette: true }).toBuffer(), 4],
      ['a P3 profile', () => quadrants(80, 60).withIccProfile('p3').png().toBuffer(), 6],
      ['lossless WebP', () => quadrants(80, 60).webp({ lossless: true }).toBuffer(), 3],
      ['GIF', () => quadrants(80, 60).gif().toBuffer(), 6],
      ['AVIF', () => quadrants(80, 60).avif({ quality: 90 }).toBuffer(), 14],
    ];
    for (const [title, make, tolerance] of colours) {
      it(`${title} comes out as sRGB`, async () => {
        await upright(only(await bench.render(await make(), [png8])), tolerance);
      });
    }

    it('grey stays grey, 8-bit and 16-bit', async () => {
      for (const page of [
        { width: 60, height: 40, samples: [130] },
        { width: 60, height: 40, samples: [130 * 257], bits: 16 },
      ] as const) {
        for (const format of ['png', 'jpeg', 'webp', 'avif'] as const) {
          const file = only(await bench.render(tiff([page]), [output({ format })]));
          near(
            await colourAt(file, [0.5, 0.5]),
            [130, 130, 130, 255],
            4,
            `${format} of ${'bits' in page ? 16 : 8} bits`,
          );
        }
      }
    });

    it('CMYK TIFF comes out as sRGB', async () => {
      const file = only(await bench.render(tiff([{ width: 60, height: 40, samples: [0, 255, 255, 0] }]), [png8]));
      const [red = 0, green = 0, blue = 0] = await colourAt(file, [0.5, 0.5]);
      expect(red).to.be.above(180);
      expect(Math.max(green, blue)).to.be.below(90);
    });

    it('transparency is kept where the format can, and is white where not', async () => {
      const source = await disc(80, [200, 30, 30]).png().toBuffer();
      const { files } = await bench.render(source, [png8, output({ name: 'opaque', format: 'jpeg', quality: 95 })]);
      expect((await colourAt(files[0]!, [0.02, 0.02]))[3]).to.equal(0);
      near(await colourAt(files[1]!, [0.02, 0.02]), [255, 255, 255, 255], 6, 'corner');
    });

    it('padding is transparent, or white in JPEG, for colour and for grey', async () => {
      for (const samples of [[130, 130, 130], [130]]) {
        const { files } = await bench.render(tiff([{ width: 80, height: 20, samples }]), [
          output({ format: 'png', fit: 'contain' }),
          output({ name: 'opaque', format: 'jpeg', fit: 'contain', quality: 95 }),
        ]);
        expect((await colourAt(files[0]!, [0.5, 0.05]))[3], `${samples}`).to.equal(0);
        near(await colourAt(files[0]!, [0.5, 0.5]), [130, 130, 130, 255], 2, `picture of ${samples}`);
        near(await colourAt(files[1]!, [0.5, 0.05]), [255, 255, 255], 4, `padding of ${samples}`);
      }
    });
  });

  describe('pages and frames', () => {
    const clip = () =>
      animation(60, 40, [
        [220, 40, 40],
        [40, 200, 60],
        [40, 60, 220],
      ])
        .gif()
        .toBuffer();

    it('shows an animation’s first frame, also where a job may read one frame only', async () => {
      const rendered = await bench.render(await clip(), [png8], { frames: 1 });
      expect(rendered.result.source).to.include({ width: 60, height: 40, pages: 3 });
      near(await colourAt(only(rendered), [0.5, 0.5]), [220, 40, 40], 8, 'first frame');
    });

    it('shows the frame asked for, within the frames that a job may read', async () => {
      const third = [output({ format: 'png', page: 3 })];
      near(
        await colourAt(only(await bench.render(await clip(), third, { frames: 3 })), [0.5, 0.5]),
        [40, 60, 220],
        8,
        'third',
      );
      expect((await bench.failure(await clip(), third, { frames: 2 })).reason).to.equal('LimitExceeded');
    });

    it('plans each page of a TIFF by its own size, and reads no more pages than the job may', async () => {
      const source = tiff([
        { width: 40, height: 20, samples: [220, 40, 40] },
        { width: 10, height: 30, samples: [40, 60, 220] },
      ]);
      const outputs = [png8, output({ name: 'second', format: 'png', page: 2 })];
      const { result, files } = await bench.render(source, outputs, { pages: 2 });
      expect(result.outputs.map(({ width, height }) => [width, height])).to.deep.equal([
        [40, 20],
        [10, 30],
      ]);
      near(await colourAt(files[1]!, [0.5, 0.5]), [40, 60, 220], 2, 'second page');
      expect((await bench.render(source, [outputs[1]!], { pages: 1 })).result.outputs).to.have.length(1);
      expect((await bench.failure(source, outputs, { pages: 1 })).reason).to.equal('LimitExceeded');
    });

    it('holds the pixel limit against the page that is read, not the first', async () => {
      const source = tiff([
        { width: 4, height: 4, samples: [9] },
        { width: 400, height: 400, samples: [9] },
      ]);
      const failure = await bench.failure(source, [output({ page: 2 })], { pixels: 10_000, pages: 2 });
      expect(failure.reason).to.equal('LimitExceeded');
    });
  });

  describe('boxes', () => {
    it('never enlarges, whatever the fit', async () => {
      const fits = ['inside', 'cover', 'contain', 'fill'] as const;
      const outputs = fits.map((fit) => output({ name: fit, fit, width: 4000, height: 4000, format: 'png' }));
      const { result } = await bench.render(await scene({ width: 30, height: 20 }).png().toBuffer(), outputs);
      expect(result.outputs.map(({ width, height }) => [width, height])).to.deep.equal([
        [30, 20],
        [20, 20],
        [30, 30],
        [20, 20],
      ]);
    });

    it('a side of 16384 pixels becomes what each format can hold', async () => {
      const source = png({ width: 20_000, height: 2, bits: 8, colourType: 0 }, Buffer.alloc((20_000 + 1) * 2));
      const formats = ['webp', 'jpeg', 'png', 'avif'] as const;
      const outputs = formats.map((format) => output({ name: format, format, width: 16384, height: 16384 }));
      const { result } = await bench.render(source, outputs);
      expect(result.outputs.map(({ width }) => width)).to.deep.equal([16383, 16384, 16384, 16384]);
    });
  });

  describe('files as they are found', () => {
    it('answers for a TIFF whose pages run in a circle', async () => {
      const source = tiff([
        { width: 4, height: 4, samples: [9] },
        { width: 4, height: 4, samples: [9] },
      ]);
      // The last page's directory ends with the offset of the next one: the first is at 8.
      source.writeUInt32LE(8, source.lastIndexOf(Buffer.from([0x1c, 0x01, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0])) + 12);
      const answer = await bench.render(source).then(
        ({ result }) => result.source.pages,
        (error) => error.reason,
      );
      expect(answer).to.be.oneOf([1, 2, 'DecodeFailed']);
    });

    it('renders a JPEG with bytes behind its end', async () => {
      await bench.render(Buffer.concat([await encoded('jpeg'), Buffer.alloc(5000, 7)]));
    });

    it('renders a JPEG whose scan header is wrong the way some phones write it', async () => {
      const source = await quadrants(80, 60).jpeg({ quality: 95 }).toBuffer();
      const scan = source.indexOf(Buffer.from([0xff, 0xda])) + 2;
      source[scan + source.readUInt16BE(scan) - 2] = 0;
      expect(await sharp(source).raw().toBuffer().catch(String)).to.include('Invalid SOS parameters');
      await upright(only(await bench.render(source, [png8])), 20);
    });

    it('renders a JPEG with stray bytes between its headers', async () => {
      const source = await encoded('jpeg');
      const frame = source.indexOf(Buffer.from([0xff, 0xc0]));
      const stray = Buffer.concat([source.subarray(0, frame), Buffer.alloc(5), source.subarray(frame)]);
      expect(await sharp(stray).raw().toBuffer().catch(String)).to.include('extraneous bytes before marker 0xc0');
      await bench.render(stray);
    });

    it('renders every file of the demo but the broken one and the bomb', async () => {
      const failed: string[] = [];
      for await (const { name, bytes } of generateImages()) {
        await bench
          .render(bytes)
          .catch((error: Error) => failed.push(`${name} ${'reason' in error ? error.reason : error}`));
      }
      expect(failed).to.deep.equal(['broken-01.jpg DecodeFailed', 'bomb-01.png LimitExceeded']);
    });
  });
});

/** The pixels as a camera stores them for an EXIF orientation, so that a viewer that obeys it shows `picture`. */
async function asStored(picture: Buffer, orientation: number): Promise<Sharp> {
  const angle = { 3: 180, 4: 180, 5: 90, 6: 270, 7: 270, 8: 90 }[orientation] ?? 0;
  const turned = sharp(await sharp(picture).rotate(angle).png().toBuffer());
  return [2, 4, 5, 7].includes(orientation) ? turned.flop() : turned;
}
