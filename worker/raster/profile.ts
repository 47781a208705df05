/** Pixels of another colour space, as sRGB. sharp takes a profile with a file only, so the pixels become one. */
import type { Raster } from '../renderers/driver.ts';
import { sharp } from './sharp.ts';

/** A profile that can not be read, or is for another kind of pixels, counts as sRGB. */
export async function fromProfile(raster: Raster, profile: Buffer): Promise<Raster> {
  const { data, info } = await sharp(tiff(raster, profile))
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as Raster['channels'] };
}

let displayP3: Promise<Buffer> | undefined;

/** libvips has this profile built in. */
export function displayP3Profile(): Promise<Buffer> {
  displayP3 ??= sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
    .withIccProfile('p3')
    .png()
    .toBuffer()
    .then((file) => sharp(file).metadata())
    .then(({ icc }) => {
      if (icc === undefined) throw new Error('libvips gave no Display P3 profile');
      return icc;
    });
  return displayP3;
}

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;

/** One uncompressed strip, low byte first. */
function tiff({ data, width, height, channels }: Raster, profile: Buffer): Buffer {
  const tags: (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, 0],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2],
    [273, LONG, 1, 0],
    [277, SHORT, 1, channels],
    [278, LONG, 1, height],
    [279, LONG, 1, data.length],
    [338, SHORT, channels - 3, 2],
    [34675, UNDEFINED, profile.length, 0],
  ];
  const written = tags.filter(([, , count]) => count > 0);
  const bitsAt = 8 + 2 + written.length * 12 + 4;
  const profileAt = bitsAt + channels * 2;
  const pixelsAt = profileAt + profile.length;
  const places = new Map([
    [258, bitsAt],
    [273, pixelsAt],
    [34675, profileAt],
  ]);
  const head = Buffer.alloc(profileAt);
  head.set([0x49, 0x49, 42, 0, 8, 0, 0, 0, written.length, 0]);
  for (const [at, [tag, type, count, value]] of written.entries()) {
    const entry = 10 + at * 12;
    head.writeUInt16LE(tag, entry);
    head.writeUInt16LE(type, entry + 2);
    head.writeUInt32LE(count, entry + 4);
    head.writeUInt32LE(places.get(tag) ?? value, entry + 8);
  }
  for (let channel = 0; channel < channels; channel++) head.writeUInt16LE(8, bitsAt + channel * 2);
  return Buffer.concat([head, profile, data]);
}
