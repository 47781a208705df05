import { type Command, InvalidArgumentError } from 'commander';

export interface WaitFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

const LOOK_MS = 500;

export const withWaitFlags = (command: Command): Command =>
  command.option('--wait', 'until it is done').option('--timeout <seconds>', 'how long to wait', secondsOf, 300);

/** Polls until `look` says nothing more is missing; rejects with what still is when the time is over. */
export async function waitUntil(what: string, seconds: number, look: () => Promise<string | undefined>): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const missing = await look();
    if (missing === undefined) return;
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s: ${missing}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function secondsOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('it has to be a whole number of seconds, 1 to 99999');
  return Number(text);
}
