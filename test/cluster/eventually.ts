import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until `probe` gives something other than undefined or false; rejects after `seconds`, naming `what` and the last error. */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  { seconds = 20, every = 50 } = {},
): Promise<Exclude<T, false | undefined>> {
  const until = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value as Exclude<T, false | undefined>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > until) throw new Error(`${what}: not within ${seconds} s`, { cause: last });
    await sleep(every);
  }
}

/** `holds` at each look for `seconds`, or this rejects: what must not happen has no moment to wait for. */
export async function throughout(seconds: number, holds: () => Promise<unknown>): Promise<void> {
  for (const until = Date.now() + seconds * 1000; Date.now() < until; await sleep(500)) await holds();
}
