/** What the kernel accounts to a container's processes. Linux only. */
import { readFile } from 'node:fs/promises';

/** USER_HZ, the same on every Linux that is built today. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

export interface Usage {
  /** Seconds of CPU since the start, children that ended included once they were waited for. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

export async function usageOf(pids: readonly number[]): Promise<Usage> {
  const all = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)));
  let ticks = 0;
  let pages = 0;
  for (const stat of all) {
    if (stat === undefined) continue;
    // The name in brackets may hold blanks and brackets; `state` follows it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const number = (index: number) => Number(fields[index] ?? 0);
    ticks += number(11) + number(12) + number(13) + number(14);
    pages += number(21);
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, memoryBytes: pages * PAGE_BYTES };
}
