import { expect } from 'chai';
import sharp from 'sharp';
import { displayP3Profile } from '../../../worker/raster/profile.ts';
import { type HeifOptions, heif, STREAMS } from '../../fixtures/heic.ts';
import { cut, QUADRANTS, quadrants } from '../../fixtures/images.ts';
import { CORNERS, type Colour, colourAt, near, upright } from './colours.ts';
import { Bench, conforms, output } from './conformance.ts';

const full = output({ width: 200, height: 200, format: 'png' });
const SIZE = { mediaType: 'image/heic', width: 80, height: 64 } as const;

describe('the heic renderer', function () {
  this.timeout(120_000);
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());
  const shown = async (options?: HeifOptions) => {
    const { result, files } = await bench.render(heif(options), [full]);
    return { source: result.source, file: files[0]! };
  };

  conforms(
    {
      renderer: 'heic',
      good: [
        { title: 'a HEVC picture', make: () => heif(), ...SIZE },
        { title: 'one of ten bits', make: () => heif({ stream: STREAMS.tenBit }), ...SIZE },
        { title: 'one in a container of any codec', make: () => heif({ brands: ['mif1', 'mif1'] }), ...SIZE },
        { title: 'one of six tiles', make: () => heif({ tiles: [3, 2] }), ...SIZE, width: 240, height: 128 },
        {
          title: 'one with transparency',
          make: () => heif({ stream: STREAMS.red, alpha: STREAMS.leftHalf }),
          ...SIZE,
        },
      ],
      bad: [
        {
          title: 'a header of 30000 × 30000 pixels',
          make: () => heif({ width: 30_000, height: 30_000 }),
          reason: 'LimitExceeded',
        },
        {
          title: 'tiles said to be 30000 × 30000 pixels',
          make: () => heif({ tiles: [2, 2], width: 30_000, height: 30_000 }),
          reason: 'LimitExceeded',
        },
        {
          title: 'an alpha of 30000 × 30000 pixels',
          make: () => heif({ alpha: { ...STREAMS.leftHalf, width: 30_000, height: 30_000 } }),
          reason: 'LimitExceeded',
        },
        {
          title: 'a stream larger than its header says',
          make: () => heif({ width: 16, height: 16 }),
          reason: 'DecodeFailed',
        },
        {
          title: 'a stream smaller than its header says',
          make: () => heif({ width: 160, height: 128 }),
          reason: 'DecodeFailed',
        },
        { title: 'half a picture', make: () => cut(heif({ stream: STREAMS.scene })), reason: 'DecodeFailed' },
        { title: 'the first 40 bytes', make: () => heif().subarray(0, 40), reason: 'DecodeFailed' },
        { title: 'a picture without its last byte', make: () => heif().subarray(0, -1), reason: 'DecodeFailed' },
        {
          title: 'a codec that is not built in',
          make: () => heif({ codec: ['jpeg', 'jpgC'] }),
          reason: 'UnsupportedMedia',
        },
        {
          title: 'a sequence without a picture',
          make: () => heif({ brands: ['hevc', 'msf1'] }).subarray(0, 28),
          reason: 'DecodeFailed',
        },
      ],
    },
    bench,
  );

  describe('upright', () => {
    for (const turns of [0, 1, 2, 3]) {
      for (const mirror of [undefined, 0, 1] as const) {
        it(`${turns} quarter turns${mirror === undefined ? '' : `, mirrored on axis ${mirror}`}`, async () => {
          const turned = sharp(
            await quadrants(80, 64)
              .rotate(-90 * turns)
              .png()
              .toBuffer(),
          );
          if (mirror !== undefined) turned[mirror === 0 ? 'flip' : 'flop']();
          const wanted = await turned.png().toBuffer();
          const { width, height } = await sharp(wanted).metadata();

          const { source, file } = await shown({ turns, ...(mirror === undefined ? {} : { mirror }) });
          expect(source).to.include({ width, height });
          for (const corner of Object.values(CORNERS)) {
            near(await colourAt(file, corner), await colourAt(wanted, corner), 3, `${corner}`);
          }
        });
      }
    }
  });

  describe('colour', () => {
    it('eight and ten bits come out as they went in', async () => {
      await upright((await shown()).file, 3);
      await upright((await shown({ stream: STREAMS.tenBit })).file, 3);
    });

    /** Display P3 to sRGB, both with sRGB's curve; what sRGB can not show is clipped. */
    const fromP3 = (colour: Colour): number[] => {
      const [red = 0, green = 0, blue = 0] = colour.map((sample) => {
        const value = sample / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return [
        1.2249 * red - 0.2247 * green,
        -0.0421 * red + 1.0421 * green,
        -0.0196 * red - 0.0786 * green + 1.0979 * blue,
      ].map((value) => {
        const clipped = Math.min(1, Math.max(0, value));
        return 255 * (clipped <= 0.0031308 ? clipped * 12.92 : 1.055 * clipped ** (1 / 2.4) - 0.055);
      });
    };
    for (const [title, options] of [
      ['an ICC profile', async () => ({ profile: await displayP3Profile() })],
      ['the numbers of Display P3', () => ({ nclx: { primaries: 12, transfer: 13, matrix: 6 } })],
    ] as const) {
      it(`${title}: converted to sRGB`, async () => {
        const { file } = await shown(await options());
        near(await colourAt(file, CORNERS.topLeft), fromP3(QUADRANTS.red), 6, 'red');
        near(await colourAt(file, CORNERS.topRight), fromP3(QUADRANTS.green), 6, 'green');
        near(await colourAt(file, CORNERS.bottomRight), QUADRANTS.white, 3, 'white');
      });
    }

    it('rows of an odd width lie one below the other', async () => {
      const { source, file } = await shown({ tiles: [1, 1], width: 77, height: 61 });
      expect(source).to.include({ width: 77, height: 61 });
      await upright(file, 3);
    });

    it('a profile that is none changes nothing', async () => {
      await upright((await shown({ profile: Buffer.from('no profile at all') })).file, 3);
    });

    it('the filters of HEVC are applied: as a native decoder shows it', async () => {
      const { file } = await shown({ stream: STREAMS.scene });
      // Of heif-convert 1.15.1; without the filters they are 11 to 20 off.
      for (const [x, y, colour] of [
        [78, 82, [50, 30, 19]],
        [95, 72, [69, 50, 46]],
        [94, 72, [146, 127, 123]],
      ] as const) {
        near(await colourAt(file, [(x + 0.5) / 160, (y + 0.5) / 128]), colour, 3, `${x}, ${y}`);
      }
    });
  });

  describe('transparency', () => {
    it('is kept where the format can, and is white where not', async () => {
      const source = heif({ stream: STREAMS.red, alpha: STREAMS.leftHalf });
      const { result, files } = await bench.render(source, [
        full,
        output({ name: 'opaque', format: 'jpeg', quality: 95 }),
      ]);
      expect(result.source.alpha).to.equal(true);
      expect((await shown()).source.alpha).to.equal(false);
      near(await colourAt(files[0]!, [0.2, 0.5]), [200, 30, 30, 255], 3, 'left');
      expect((await colourAt(files[0]!, [0.8, 0.5]))[3]).to.equal(0);
      near(await colourAt(files[1]!, [0.8, 0.5]), [255, 255, 255, 255], 6, 'right');
    });

    it('that the colours were multiplied with is divided out', async () => {
      const options = { stream: STREAMS.red, alpha: STREAMS.half };
      near(await colourAt((await shown(options)).file, [0.5, 0.5]), [200, 30, 30, 128], 3, 'straight');
      const { file } = await shown({ ...options, premultiplied: true });
      near(await colourAt(file, [0.5, 0.5]), [255, 60, 60, 128], 4, 'multiplied');
    });
  });

  it('holds the limit against the pixels of the header', async () => {
    expect((await bench.failure(heif(), [full], { pixels: 80 * 64 - 1 })).reason).to.equal('LimitExceeded');
    await bench.render(heif(), [full], { pixels: 80 * 64 });
  });

  it('refuses a damaged sector instead of showing grey and coloured blocks', async () => {
    const whole = heif({ stream: STREAMS.scene });
    const data = whole.indexOf('mdat') + 30;
    for (let at = data; at + 16 < whole.length; at += 60) {
      const damaged = Buffer.from(whole);
      for (let byte = at; byte < at + 16; byte++) damaged[byte] = (damaged[byte] ?? 0) ^ (0x5a + (byte - at) * 7);
      expect((await bench.failure(damaged)).reason, `damaged at ${at - data}`).to.equal('DecodeFailed');
    }
  });
});
