import { expect } from 'chai';
import sharp from 'sharp';

type Colour = readonly number[];

/** The colour of a preview at a place given as shares of its width and height, alpha included. */
export async function colourAt(file: Buffer, [x, y]: readonly [number, number]): Promise<number[]> {
  const { data, info } = await sharp(file)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

export function near(seen: Colour, wanted: Colour, tolerance: number, where: string): void {
  for (const [channel, value] of wanted.entries()) {
    expect(seen[channel], `${where}: [${seen}] for [${wanted}]`).to.be.closeTo(value, tolerance);
  }
}
