import type { Raster } from '../renderers/driver.ts';
import type { Step } from './ladder.ts';
import { type Sharp, sharp } from './sharp.ts';

const TRANSPARENT = { r: 255, g: 255, b: 255, alpha: 0 };
export const WHITE = { r: 255, g: 255, b: 255, alpha: 1 };

/** One output's picture from the raster that all share. `opaque` pads with white, for formats without transparency. */
export function stepFrom(raster: Raster, { scaled, window }: Step, opaque: boolean): Sharp {
  const { data, width, height, channels } = raster;
  const image = sharp(data, { raw: { width, height, channels } });
  if (scaled.width !== width || scaled.height !== height) image.resize({ ...scaled, fit: 'fill' });

  const kept = { width: Math.min(scaled.width, window.width), height: Math.min(scaled.height, window.height) };
  if (kept.width < scaled.width || kept.height < scaled.height) {
    image.extract({ ...kept, left: half(scaled.width - kept.width), top: half(scaled.height - kept.height) });
  }

  const [across, down] = [window.width - kept.width, window.height - kept.height];
  if (across > 0 || down > 0) {
    image.extend({
      left: half(across),
      right: across - half(across),
      top: half(down),
      bottom: down - half(down),
      background: opaque ? WHITE : TRANSPARENT,
    });
  }
  return image;
}

function half(pixels: number): number {
  return Math.floor(pixels / 2);
}
