/** The environment of a slot's child: nothing inherited, so nothing to steal. */
import { env } from 'node:process';

export const SLOT_MARK = 'PREVIEW_SLOT';
/** Set by whoever starts a renderer as a child process, so that it can find what a killed renderer left behind. */
export const RENDERER_MARK = 'PREVIEW_RENDERER';

/** `fontConfig` is the file that names the fonts (fonts.ts); without it a slot draws with whatever the machine has. */
export function slotEnvironment(mark: string, fontConfig?: string): Record<string, string> {
  const renderer = env[RENDERER_MARK];
  return {
    [SLOT_MARK]: mark,
    ...(renderer === undefined ? {} : { [RENDERER_MARK]: renderer }),
    ...(fontConfig === undefined ? {} : { FONTCONFIG_FILE: fontConfig }),
    // Each glibc arena keeps what it once needed; two are enough for one job at a time. A raster is given back when it is
    // freed: left alone, glibc raises both thresholds with what a job needed, and its slot keeps the holes between rasters.
    // 90 MB less at two slots with AVIF of a large picture, for about 1 % of the CPU (docs/decisions/0003).
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '1048576',
    MALLOC_TRIM_THRESHOLD_: '16777216',
  };
}
