/** How long a worker that is started needs until it takes a job that waits. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ground } from './contender.ts';
import { writeCopies } from './files.ts';
import { met, milliseconds, table } from './markdown.ts';
import { median } from './rounds.ts';
import { type Phase, type Start, startOnce, type Way } from './start-once.ts';

const GOAL_MILLISECONDS = 1_500;

/** In the order of the table; the first is what a pool's pods are. */
const waysOf = (cache: string): readonly Way[] => [
  { name: 'compiled', program: 'dist/worker/main.js', env: {}, isProven: true },
  {
    name: "compiled, with Node's compile cache",
    program: 'dist/worker/main.js',
    env: { NODE_COMPILE_CACHE: cache },
    isProven: true,
  },
  { name: 'compiled, first of its build at the queue', program: 'dist/worker/main.js', env: {}, isProven: false },
  { name: 'types stripped at each start', program: 'worker/main.ts', env: {}, isProven: true },
];

const PHASES: readonly { readonly phase: Phase; readonly heading: string }[] = [
  { phase: 'worker started', heading: 'worker answers HTTP' },
  { phase: 'redis connected', heading: 'Redis is connected' },
  { phase: 'renderer ready', heading: 'quick self-test has passed' },
  { phase: 'taking jobs', heading: 'may fetch' },
];

export async function coldStarts(ground: Ground, { tries }: { tries: number }): Promise<string> {
  const [file = ''] = await writeCopies('2K JPEG', 1, ground.inbox);
  const cache = join(ground.disk, 'compile-cache');
  const ways = waysOf(cache);
  const starts = new Map<Way, Start[]>(ways.map((way) => [way, []]));
  // The first round is not counted: files come into the page cache, and the compile cache is filled.
  for (let round = 0; round <= tries; round++) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const start = await startOnce(ground, way, file);
      if (round > 0) starts.get(way)?.push(start);
    }
  }
  await rm(cache, { recursive: true, force: true });
  const rows = ways.map((way) => {
    const half = (figure: (start: Start) => number) => milliseconds(median((starts.get(way) ?? []).map(figure)));
    return [
      way.name,
      ...PHASES.map(({ phase }) => half(({ phases }) => phases[phase])),
      half(({ firstFetch }) => firstFetch),
      milliseconds(percentile(starts.get(way) ?? [], 0.95)),
      half(({ quickSelfTest }) => quickSelfTest),
      half(({ cpu }) => cpu),
    ];
  });
  const headings = PHASES.map(({ heading }) => heading);
  const heading = ['start', ...headings, 'first job taken', 'p95 of that', 'self-test alone', 'CPU-ms, all processes'];
  const [shipped = []] = ways.map((way) => (starts.get(way) ?? []).map(({ firstFetch }) => firstFetch));
  const verdict = `Half of ${tries} compiled workers had taken the job after ${milliseconds(median(shipped))} ms (goal: at most ${GOAL_MILLISECONDS}): ${met(median(shipped) <= GOAL_MILLISECONDS)}.`;
  return [table(heading, rows), verdict].join('\n\n');
}

function percentile(starts: readonly Start[], share: number): number {
  const ordered = starts.map(({ firstFetch }) => firstFetch).toSorted((a, b) => a - b);
  return ordered[Math.ceil(share * ordered.length) - 1] ?? Number.NaN;
}
