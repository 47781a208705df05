/** What the kernel says of processes, for tests that look into containers from outside. Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  /** As its own PID namespace numbers it. */
  readonly inside: number;
  readonly name: string;
  readonly command: readonly string[];
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly env: Readonly<Record<string, string>>;
  readonly mountNamespace: string;
  readonly pidNamespace: string;
}

/** Throws when there is no such process, or it is a zombie. */
export function processOf(pid: number | 'self'): Process {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  const list = (file: string) => read(file).split('\0').slice(0, -1);
  const status = read('status');
  const row = (name: string) => new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'm').exec(status)?.[1] ?? '';
  const numbers = (name: string) => row(name).split(/\s+/).filter(Boolean).map(Number);
  const pairs = list('environ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return {
    pid: numbers('Pid')[0] ?? 0,
    inside: numbers('NSpid').at(-1) ?? 0,
    name: row('Name'),
    command: list('cmdline'),
    uid: numbers('Uid')[1] ?? Number.NaN,
    gid: numbers('Gid')[1] ?? Number.NaN,
    groups: numbers('Groups'),
    env: Object.fromEntries(pairs) as Record<string, string>,
    mountNamespace: readlinkSync(`/proc/${pid}/ns/mnt`),
    pidNamespace: readlinkSync(`/proc/${pid}/ns/pid`),
  };
}

/** All of this machine that may be looked into. */
export function allProcesses(): Process[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [processOf(Number(pid))] : [];
    } catch {
      return [];
    }
  });
}
