/**
 * Plans the sizes of one source: one raster just large enough for all outputs, then one step an output from that raster.
 * Pure. Nothing is ever enlarged: a box larger than the source is first shrunk, keeping its shape, until nothing must be.
 */
import type { ResolvedOutput } from '../renderer/protocol.ts';
import type { Size } from '../renderers/driver.ts';

export type Box = Pick<ResolvedOutput, 'width' | 'height' | 'fit'>;

export interface Step {
  /** The whole picture is resized to this … */
  readonly scaled: Size;
  /** … of which this window is kept, centred; where it is larger than the picture the rest is padding. */
  readonly window: Size;
}

export interface Ladder {
  readonly raster: Size;
  /** In the order of the outputs. */
  readonly steps: readonly Step[];
}

export function planLadder(source: Size, boxes: readonly Box[]): Ladder {
  const steps = boxes.map((box) => STEPS[box.fit](source, box));
  return {
    raster: {
      width: Math.max(1, ...steps.map((step) => step.scaled.width)),
      height: Math.max(1, ...steps.map((step) => step.scaled.height)),
    },
    steps,
  };
}

const STEPS: Readonly<Record<Box['fit'], (source: Size, box: Size) => Step>> = {
  inside(source, box) {
    const scaled = times(source, Math.min(1, box.width / source.width, box.height / source.height));
    return { scaled, window: scaled };
  },
  contain(source, box) {
    const scale = Math.min(1, box.width / source.width, box.height / source.height);
    const shrink = Math.min(1, Math.max(source.width / box.width, source.height / box.height));
    const scaled = times(source, scale);
    return { scaled, window: times(box, shrink) };
  },
  cover(source, box) {
    const window = shrunkInto(source, box);
    const scaled = times(source, Math.max(window.width / source.width, window.height / source.height));
    return { scaled, window };
  },
  fill(source, box) {
    const window = shrunkInto(source, box);
    return { scaled: window, window };
  },
};

function shrunkInto(source: Size, box: Size): Size {
  const window = times(box, Math.min(1, source.width / box.width, source.height / box.height));
  return { width: Math.min(window.width, source.width), height: Math.min(window.height, source.height) };
}

function times(size: Size, factor: number): Size {
  return { width: Math.max(1, Math.round(size.width * factor)), height: Math.max(1, Math.round(size.height * factor)) };
}
