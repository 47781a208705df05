import { expect } from 'chai';
import { heifMediaType } from '../../worker/heif.ts';
import { type HeifOptions, heif, STREAMS } from '../fixtures/heic.ts';

const HEVC = { codec: ['hvc1', 'hvcC'] } as const;
const AV1 = { codec: ['av01', 'av1C'] } as const;
const HEAD = 4100;

const TOLD: readonly [string, HeifOptions, string | undefined][] = [
  ['HEVC in its own brand', { ...HEVC, brands: ['heic', 'mif1', 'heic'] }, 'image/heic'],
  ['HEVC in the brand of every codec', { ...HEVC, brands: ['mif1', 'mif1'] }, 'image/heic'],
  ['AV1 in the brand of every codec', { ...AV1, brands: ['mif1', 'mif1'] }, 'image/avif'],
  ['AV1 in its own brand', { ...AV1, brands: ['avif', 'mif1', 'miaf'] }, 'image/avif'],
  ['AV1 that calls itself HEVC', { ...AV1, brands: ['heic', 'heic'] }, 'image/avif'],
  ['HEVC that calls itself AV1', { ...HEVC, brands: ['avif', 'avif'] }, 'image/heic'],
  ['HEVC under a name nobody knows, compatible with HEIF', { ...HEVC, brands: ['MiHE', 'mif1'] }, 'image/heic'],
  ['AV1 with an alpha of HEVC', { ...AV1, brands: ['mif1', 'mif1'], alpha: STREAMS.leftHalf }, 'image/avif'],
  ['tiles of HEVC', { ...HEVC, brands: ['mif1', 'mif1'], tiles: [4, 3] }, 'image/heic'],
  ['tiles of AV1', { ...AV1, brands: ['mif1', 'mif1'], tiles: [4, 3] }, 'image/avif'],
  ['a list of tiles cut by the end of the head', { ...HEVC, brands: ['mif1', 'mif1'], tiles: [12, 12] }, 'image/heic'],
  ['more tiles than the head holds, and no brand', { ...HEVC, brands: ['mif1', 'mif1'], tiles: [20, 20] }, undefined],
  ['more tiles than the head holds, the brand of HEVC', { ...HEVC, tiles: [20, 20] }, 'image/heic'],
  ['a header far behind, the brand of HEVC', { brands: ['heix', 'mif1'], before: 5000 }, 'image/heic'],
  ['a header far behind, a compatible brand of AV1', { ...AV1, brands: ['mif1', 'avif'], before: 5000 }, 'image/avif'],
  ['a header far behind, no brand that tells', { brands: ['mif1', 'mif1'], before: 5000 }, undefined],
  ['another codec', { codec: ['jpeg', 'jpgC'], brands: ['mif1', 'mif1'] }, undefined],
  ['a film', { ...HEVC, brands: ['isom', 'mp42'] }, undefined],
];

describe('the codec of a HEIF file', () => {
  for (const [title, options, mediaType] of TOLD) {
    it(`${title}: ${mediaType ?? 'not told'}`, () =>
      expect(heifMediaType(heif(options).subarray(0, HEAD))).to.equal(mediaType));
  }

  it('is told by the property where the list of items is unreadable', () => {
    const file = heif({ brands: ['mif1', 'mif1'] });
    file.write('xxxx', file.indexOf('iinf'), 'latin1');
    expect(heifMediaType(file)).to.equal('image/heic');
  });

  it('is never an error, wherever the head is cut and whatever it says', () => {
    const file = heif({ brands: ['mif1', 'mif1'], tiles: [2, 2] });
    for (let bytes = 0; bytes < 900; bytes++) heifMediaType(file.subarray(0, bytes));
    for (let at = 0; at < 900; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const lying = Buffer.from(file);
        lying[at] = value;
        heifMediaType(lying);
      }
    }
    expect(heifMediaType(Buffer.alloc(HEAD))).to.equal(undefined);
  });
});
