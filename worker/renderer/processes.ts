/** Processes as /proc shows them. Where there is no /proc the table is empty: kills then reach the process group only. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly zombie: boolean;
  /** Start time in clock ticks: with the pid, what tells a process from a later one of the same number. */
  readonly started: string;
}

/** What belongs to one slot: the child, whatever was once seen below it, and whatever carries its mark. */
export interface Family {
  readonly root: number;
  /** `NAME=value`, in the environment of every process the child starts unless that clears it. */
  readonly mark: string;
  /** pid → start time of every descendant ever seen: finds those that left the tree, the group and the environment. */
  readonly seen: Map<number, string>;
}

export function processTable(): ProcessEntry[] {
  return pids('/proc').flatMap(entryOf);
}

function entryOf(pid: number): ProcessEntry[] {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return [];
  // The command may hold spaces and parentheses; the fields begin after the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [
    {
      pid,
      parent: Number(fields[1]),
      group: Number(fields[2]),
      zombie: fields[0] === 'Z' || fields[0] === 'X',
      started: fields[19] ?? '',
    },
  ];
}

/** What decoders start is one process, or a handful; a hostile one can start more than there is time to ask one by one. */
const MANY = 100;

/** As `treeOf` of the whole table, without reading every process of the machine; some kernels keep no list of children. */
export function treeBelow(root: number): ProcessEntry[] {
  if (read(`/proc/${root}/task/${root}/children`) === undefined) return treeOf(processTable(), root);
  const tree = entryOf(root);
  for (let at = 0; at < tree.length; at++) {
    // Each thread has the children that it started.
    const threads = pids(`/proc/${tree[at]?.pid}/task`);
    if (tree.length + threads.length > MANY) return treeOf(processTable(), root);
    tree.push(...threads.flatMap((thread) => childrenOf(tree[at]?.pid ?? 0, thread)).flatMap(entryOf));
  }
  return tree;
}

function childrenOf(pid: number, thread: number): number[] {
  return (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

/** `root` and everything below it. */
export function treeOf(table: readonly ProcessEntry[], root: number): ProcessEntry[] {
  const tree = table.filter((entry) => entry.pid === root);
  for (let at = 0; at < tree.length; at++) {
    tree.push(...table.filter((entry) => entry.parent === tree[at]?.pid));
  }
  return tree;
}

/** Resident bytes of the processes together; pages that they share count for each. */
export function residentBytes(processes: readonly ProcessEntry[]): number {
  return processes.reduce((sum, { pid }) => {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
    return sum + Number(kilobytes ?? 0) * 1024;
  }, 0);
}

/**
 * Kills the family until none of it is left, zombies aside: those belong to init, or to Node for a direct child.
 * Returns how many still live after `rounds` tries, which is 0 unless one can not be killed.
 */
export async function killFamily(family: Family, rounds = 50): Promise<number> {
  for (let round = 0; ; round++) {
    const living = familyOf(processTable(), family);
    signal(-family.root);
    for (const { pid } of living) signal(pid);
    if (living.length === 0 || round === rounds) return living.length;
    await delay(Math.min(5 * (round + 1), 50));
  }
}

/** Adds what is below the root now to `seen`. */
export function remember(family: Family, tree: readonly ProcessEntry[]): void {
  for (const { pid, started } of tree) family.seen.set(pid, started);
}

/** How many processes the kernel has killed for memory in this container (cgroup v2); 0 where that is unknown. */
export function kernelMemoryKills(): number {
  return Number(/^oom_kill (\d+)$/m.exec(read('/sys/fs/cgroup/memory.events') ?? '')?.[1] ?? 0);
}

/** Everything of the family that runs, the root included. */
export function familyOf(table: readonly ProcessEntry[], family: Family): ProcessEntry[] {
  // Nothing that the root started is older than it: of the rest of a machine no environment need be read.
  const since = Number(family.seen.get(family.root) ?? 0);
  const known = table.filter(
    (entry) =>
      entry.group === family.root ||
      family.seen.get(entry.pid) === entry.started ||
      (Number(entry.started) >= since && carries(entry.pid, family.mark)),
  );
  const members = new Map<number, ProcessEntry>();
  for (const entry of [...treeOf(table, family.root), ...known.flatMap(({ pid }) => treeOf(table, pid))]) {
    members.set(entry.pid, entry);
  }
  remember(family, [...members.values()]);
  return [...members.values()].filter((entry) => !entry.zombie);
}

function carries(pid: number, mark: string): boolean {
  return read(`/proc/${pid}/environ`)?.split('\0').includes(mark) ?? false;
}

/** The numbers among a folder's names. */
function pids(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** undefined when the process ended while we looked, or is another user's. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended before us.
  }
}
