/** What a tree of processes has cost, as /proc tells it. Linux only. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processTable, treeOf } from '../../worker/renderer/processes.ts';

/** Linux reports process times in units of 1/100 s on every architecture that Node runs on (USER_HZ). */
const MILLISECONDS_PER_TICK = 10;

/** User and system time of the process, of all below it, and of those below it that ended and were reaped. */
export function cpuMilliseconds(root: number): number {
  return sum(pidsOf(root), (pid) => {
    const stat = read(`/proc/${pid}/stat`);
    // The command may hold spaces and parentheses; after the last one utime is field 11, then stime, cutime, cstime.
    const times = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 15);
    return sum(times, Number) * MILLISECONDS_PER_TICK;
  });
}

export interface Calls {
  readonly read: number;
  readonly written: number;
}

/** Read and write calls of the living processes of the tree: files, pipes and sockets alike. */
export function ioCalls(root: number): Calls {
  const field = (name: string) => (pid: number) =>
    Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(read(`/proc/${pid}/io`))?.[1] ?? 0);
  const pids = pidsOf(root);
  return { read: sum(pids, field('syscr')), written: sum(pids, field('syscw')) };
}

/** Bytes, pages that several processes share counted once. */
function proportionalBytes(root: number): number {
  return sum(
    pidsOf(root),
    (pid) => Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024,
  );
}

/** The most that the tree held at one look while `work` went on. */
export async function peakBytes(root: number, work: Promise<unknown>): Promise<number> {
  let working = true;
  const ended = work.finally(() => {
    working = false;
  });
  let peak = 0;
  while (working) {
    peak = Math.max(peak, proportionalBytes(root));
    await Promise.race([ended, delay(PAUSE_MILLISECONDS)]);
  }
  await ended;
  return peak;
}

/** The kernel walks all pages of a process for one look; more often would slow what is looked at. */
const PAUSE_MILLISECONDS = 10;

export function pidsOf(root: number): readonly number[] {
  return treeOf(processTable(), root).map(({ pid }) => pid);
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}

/** Empty when the process ended while we looked. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
