/** Drawings without pixels of their own: SVG markup, drawn by librsvg straight at the size that is wanted. */
import { PreviewFailure } from '../failures.ts';
import type { OpenSource, Raster, Size } from '../renderers/driver.ts';
import { sharp } from './sharp.ts';

/** A smaller drawing, as an icon is, counts as this long on its longer side: it stays sharp where a photo would blur. */
const LEAST = 1024;
/** The longest side that sharp draws, and with it the most that one side may be longer than the other. */
const LONGEST = 32_767;
/** Pixels an inch at which one unit of the drawing is one pixel. */
const NATURAL = 72;
/** Below this a side that is rounded to a pixel tells the shape no more. */
const COARSE = 100;

/**
 * The size a drawing counts as: what it says, by width and height or by its viewBox, brought between 1024 and 32767 on
 * its longer side and within `pixels`. Throws DecodeFailed, and LimitExceeded where what it says is beyond any picture.
 */
export async function drawingSize(markup: Buffer, pixels: number): Promise<Size> {
  const told = await sizeAt(markup, NATURAL);
  const [shorter, longer] = [told.width, told.height].sort((one, other) => one - other) as [number, number];
  if (longer / shorter > LONGEST || (await overflows(markup, told))) {
    throw new PreviewFailure(
      'LimitExceeded',
      `the drawing says that it is ${LONGEST} times as long as it is wide, or that a side is over 10000000 pixels`,
    );
  }
  if (longer >= LEAST) return drawable(told, pixels);
  // Only the shape is taken: centimetres grow with the square of the density.
  const shape = shorter < COARSE ? await sizeAt(markup, NATURAL * 64) : told;
  const factor = LEAST / Math.max(shape.width, shape.height);
  return drawable({ width: Math.round(shape.width * factor), height: Math.round(shape.height * factor) }, pixels);
}

/** The size, shrunk in its shape until it can be drawn and holds no more than `pixels`. */
export function drawable({ width, height }: Size, pixels: number): Size {
  const longer = Math.max(width, height);
  const factor = Math.min(1, LONGEST / longer, pixels / longer, Math.sqrt(pixels / (width * height)));
  return { width: Math.max(1, Math.floor(width * factor)), height: Math.max(1, Math.floor(height * factor)) };
}

/** A source of one page that is drawn when its raster is asked for; what leaves no place bare is `opaque`. */
export function onePage(size: Size, markup: () => Promise<Buffer> | Buffer, { opaque = false } = {}): OpenSource {
  return {
    ...size,
    async sizeAt({ page }) {
      if (page > 1) throw new PreviewFailure('InvalidPayload', `page ${page} was asked for and there is one page`);
      return size;
    },
    raster: async (_moment, wanted) => draw(await markup(), wanted, opaque),
  };
}

/** sharp asks librsvg for the larger of the two scales, so that only the shape is left to change. */
async function draw(markup: Buffer, size: Size, opaque: boolean): Promise<Raster> {
  const { data, info } = await decode(() => {
    const image = sharp(markup, { limitInputPixels: false }).resize({ ...size, fit: 'fill' });
    if (opaque) image.removeAlpha();
    return image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  });
  return { data, width: info.width, height: info.height, channels: info.channels as Raster['channels'] };
}

async function sizeAt(markup: Buffer, density: number): Promise<Size> {
  const { width, height } = await decode(() => sharp(markup, { density, limitInputPixels: false }).metadata());
  return { width, height };
}

/** libvips calls a side of more than 10,000,000 pixels 1, also at 16 times the density, where it may not even count so far. */
async function overflows(markup: Buffer, { width, height }: Size): Promise<boolean> {
  if (width > 1 && height > 1) return false;
  const larger = await sizeAt(markup, NATURAL * 16).catch(() => ({ width: 1, height: 1 }));
  return (width === 1 && larger.width === 1) || (height === 1 && larger.height === 1);
}

async function decode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    throw new PreviewFailure('DecodeFailed', `the drawing can not be read: ${line}`, { cause: error });
  }
}
