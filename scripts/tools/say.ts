import { performance } from 'node:perf_hooks';

/** Tells the person at the terminal one line of progress. */
export type Say = (line: string) => void;

export const sayOnStderr: Say = (line) => {
  process.stderr.write(`tools: ${line}\n`);
};

/** Says `what`, then each 15 s that it still goes on, then how long it took. */
export async function narrated<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const elapsed = () => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  say(`${what} …`);
  const heartbeat = setInterval(() => say(`${what}: still at work after ${elapsed()}`), 15_000);
  try {
    const result = await work();
    say(`${what}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
