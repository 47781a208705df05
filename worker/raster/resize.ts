import type { ResolvedOutput } from '../renderer/protocol.ts';
import type { Raster, Size } from '../renderers/driver.ts';
import type { Step } from './ladder.ts';
import { type Sharp, sharp } from './sharp.ts';

/** What `extend` and `flatten` take. */
interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  /** 0 … 1. */
  readonly alpha: number;
}

type Look = Pick<ResolvedOutput, 'position' | 'background' | 'sharpen'>;

const TRANSPARENT: Colour = { r: 255, g: 255, b: 255, alpha: 0 };
const WHITE: Colour = { r: 255, g: 255, b: 255, alpha: 1 };

// Half a pixel wide and weak on flat areas: what shrinking took, without halos.
const SHARPEN = { sigma: 0.5, m1: 0.3, m2: 1.5 };

/** One output's picture from the raster that all share. `opaque` is for formats without transparency: white behind all. */
export function stepFrom(raster: Raster, { scaled, window }: Step, look: Look, opaque: boolean): Sharp {
  const cut = window.width < scaled.width || window.height < scaled.height;
  const picture = look.background === undefined ? raster : coloured(raster);
  const image = cut ? cover(picture, scaled, window, look) : scale(picture, scaled);
  if (look.sharpen) image.sharpen(SHARPEN);
  pad(image, scaled, window, backgroundOf(look, opaque));
  if (look.background !== undefined || opaque) image.flatten({ background: backgroundOf(look, opaque) });
  return image;
}

/** Grey with room for a colour behind it; sharp would turn the colour grey. */
function coloured(raster: Raster): Raster {
  const { data, channels } = raster;
  if (channels > 2) return raster;
  const wide = channels === 1 ? 3 : 4;
  const samples = Buffer.allocUnsafe((data.length / channels) * wide);
  for (let from = 0, to = 0; from < data.length; from += channels, to += wide) {
    samples.fill(data[from] ?? 0, to, to + 3);
    if (wide === 4) samples[to + 3] = data[from + 1] ?? 255;
  }
  return { ...raster, data: samples, channels: wide };
}

/** Frames lie below one another: libvips must know where one ends. */
function open({ data, width, height, channels, motion }: Raster): Sharp {
  if (motion === undefined) return sharp(data, { raw: { width, height, channels } });
  const rows = height * motion.delays.length;
  return sharp(data, { raw: { width, height: rows, channels, pageHeight: height }, animated: true });
}

function scale(raster: Raster, scaled: Size): Sharp {
  const image = open(raster);
  return isOf(raster, scaled) ? image : image.resize({ ...scaled, fit: 'fill' });
}

function cover(raster: Raster, scaled: Size, window: Size, { position }: Look): Sharp {
  // What attracts is looked for in one picture; libvips does not do it frame by frame.
  if (position === 'centre' || raster.motion !== undefined) {
    const left = half(scaled.width - window.width);
    const top = half(scaled.height - window.height);
    return scale(raster, scaled).extract({
      ...smaller(window, scaled),
      left: Math.max(0, left),
      top: Math.max(0, top),
    });
  }
  return open(raster).resize({ ...smaller(window, scaled), fit: 'cover', position: sharp.strategy[position] });
}

function pad(image: Sharp, scaled: Size, window: Size, background: Colour): void {
  const [across, down] = [window.width - scaled.width, window.height - scaled.height];
  if (across <= 0 && down <= 0) return;
  const [wide, high] = [Math.max(0, across), Math.max(0, down)];
  image.extend({
    left: half(wide),
    right: wide - half(wide),
    top: half(high),
    bottom: high - half(high),
    background,
  });
}

function backgroundOf({ background }: Look, opaque: boolean): Colour {
  if (background === undefined) return opaque ? WHITE : TRANSPARENT;
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
  return { r, g, b, alpha: 1 };
}

function smaller(one: Size, other: Size): Size {
  return { width: Math.min(one.width, other.width), height: Math.min(one.height, other.height) };
}

function isOf(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

function half(pixels: number): number {
  return Math.floor(pixels / 2);
}
