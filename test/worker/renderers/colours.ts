/** What a preview shows at a place, held against what it should. */
import { expect } from 'chai';
import sharp from 'sharp';
import { QUADRANTS } from '../../fixtures/images.ts';

export type Colour = readonly number[];
export const CORNERS = {
  topLeft: [0.2, 0.2],
  topRight: [0.8, 0.2],
  bottomLeft: [0.2, 0.8],
  bottomRight: [0.8, 0.8],
} as const;
type Corner = keyof typeof CORNERS;

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

/** Holds the four quarters of a preview of `quadrants` against their colours. */
export async function upright(
  file: Buffer,
  tolerance: number,
  order = ['red', 'green', 'blue', 'white'] as const,
): Promise<void> {
  for (const [at, corner] of (Object.keys(CORNERS) as Corner[]).entries()) {
    near(await colourAt(file, CORNERS[corner]), QUADRANTS[order[at]!], tolerance, corner);
  }
}
