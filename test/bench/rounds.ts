/** Contenders take turns on the same work, so that what else a machine does meanwhile meets all of them alike. */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMilliseconds } from './accounting.ts';

export interface Turn {
  readonly name: string;
  readonly pid: number;
  /** Units of work in one turn: the figure is CPU-ms for each. */
  readonly units: number;
  work(): Promise<void>;
  /** After each turn; not counted. */
  clear(): Promise<void>;
}

export interface Figure {
  /** CPU-ms a unit, one of each round, what the process takes when idle not counted. */
  readonly rounds: readonly number[];
  readonly wallMilliseconds: readonly number[];
}

export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** CPU-ms a millisecond, of processes that have nothing to do. */
export type Idle = ReadonlyMap<number, number>;

export async function measureIdle(pids: readonly number[], seconds: number): Promise<Idle> {
  const before = pids.map(cpuMilliseconds);
  const begun = performance.now();
  await delay(seconds * 1000);
  const elapsed = performance.now() - begun;
  return new Map(pids.map((pid, at) => [pid, (cpuMilliseconds(pid) - (before[at] ?? 0)) / elapsed]));
}

/** What a process does after its last answer belongs to the turn. */
const SETTLE_MILLISECONDS = 100;

export async function takeTurns(turns: readonly Turn[], rounds: number, idle: Idle): Promise<Map<string, Figure>> {
  const figures = new Map(
    turns.map(({ name }) => [name, { rounds: [] as number[], wallMilliseconds: [] as number[] }]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { name, pid, units, work, clear } of round % 2 === 0 ? turns : turns.toReversed()) {
      const before = cpuMilliseconds(pid);
      const begun = performance.now();
      await work();
      const wall = performance.now() - begun;
      await delay(SETTLE_MILLISECONDS);
      const cpu = cpuMilliseconds(pid) - before - (wall + SETTLE_MILLISECONDS) * (idle.get(pid) ?? 0);
      figures.get(name)?.rounds.push(cpu / units);
      figures.get(name)?.wallMilliseconds.push(wall / units);
      await clear();
    }
  }
  return figures;
}

/** `one` ÷ `other`, round by round. */
export function ratioOf(one: Figure, other: Figure): Ratio {
  const ratios = one.rounds.map((cost, round) => cost / (other.rounds[round] ?? Number.NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

export function median(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b);
  const middle = ordered.length / 2;
  return ordered.length % 2 === 1
    ? (ordered[Math.floor(middle)] ?? Number.NaN)
    : ((ordered[middle - 1] ?? Number.NaN) + (ordered[middle] ?? Number.NaN)) / 2;
}
