/** The environment of a slot's child: nothing inherited, so nothing to steal. */
import { env } from 'node:process';

export const SLOT_MARK = 'PREVIEW_SLOT';
/** Set by whoever starts a renderer as a child process, so that it can find what a killed renderer left behind. */
export const RENDERER_MARK = 'PREVIEW_RENDERER';

export function slotEnvironment(mark: string): Record<string, string> {
  const renderer = env[RENDERER_MARK];
  return {
    [SLOT_MARK]: mark,
    ...(renderer === undefined ? {} : { [RENDERER_MARK]: renderer }),
    // Each glibc arena keeps what it once needed; two are enough for one job at a time.
    MALLOC_ARENA_MAX: '2',
  };
}
