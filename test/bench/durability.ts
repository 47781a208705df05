/** What it costs that a preview outlives a power cut: fsync, the manifest and the records. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Ground } from './contender.ts';
import { writeCopies } from './files.ts';
import { milliseconds, table } from './markdown.ts';
import { startOurs } from './ours.ts';
import { measureIdle, median, takeTurns } from './rounds.ts';

export type SinkPart = 'plain' | 'previews' | 'manifest' | 'records';
export interface SinkCost {
  /** Milliseconds. */
  readonly cpu: number;
  readonly wall: number;
}

const PARTS: Readonly<Record<SinkPart, string>> = {
  plain: 'four files written as they come, no fsync: what toFile does',
  previews: 'the four previews: hash, fsync of file and folder, link',
  manifest: 'the manifest',
  records: "the source's mark and the request's record",
};
const ORDER = { sizes: [1600, 800, 400, 200], format: 'webp', settings: 'own' } as const;

export async function durability(
  ground: Ground,
  { repeats, jobs, rounds, idleSeconds }: { repeats: number; jobs: number; rounds: number; idleSeconds: number },
): Promise<string> {
  const memory = await costsIn(ground.sinks, repeats);
  const disk = await costsIn(ground.disk, repeats);
  const each = (cost: number) => milliseconds(cost / repeats);
  const parts = (Object.keys(PARTS) as SinkPart[]).map((part) => [
    PARTS[part],
    ...[memory[part], disk[part]].flatMap(({ cpu, wall }) => [each(cpu), each(wall)]),
  ]);
  const heading = ['for one job', 'in memory, CPU-ms', 'in memory, wall ms', 'on disk, CPU-ms', 'on disk, wall ms'];
  return [table(heading, parts), await wholeJobs(ground, { jobs, rounds, idleSeconds })].join('\n\n');
}

async function costsIn(folder: string, repeats: number): Promise<Record<SinkPart, SinkCost>> {
  const program = fileURLToPath(new URL('./sink-program.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, folder, String(repeats)]);
  return JSON.parse(stdout) as Record<SinkPart, SinkCost>;
}

async function wholeJobs(
  ground: Ground,
  { jobs, rounds, idleSeconds }: { jobs: number; rounds: number; idleSeconds: number },
): Promise<string> {
  const memory = await startOurs(ground, { slots: 1, name: 'in-memory' });
  const disk = await startOurs(ground, { slots: 1, name: 'on-disk', sink: ground.disk });
  try {
    const files = await writeCopies('2K JPEG', jobs, ground.inbox);
    const turns = [memory, disk].map((worker, at) => ({
      name: ['in memory', 'on disk'][at] ?? '',
      pid: worker.pid,
      units: jobs,
      work: () => worker.make({ files, ...ORDER }),
      clear: () => worker.forget(),
    }));
    const idle = await measureIdle([memory.pid, disk.pid], idleSeconds);
    await takeTurns(turns, 1, idle);
    const figures = await takeTurns(turns, rounds, idle);
    const rows = [...figures].map(([name, { rounds: costs, wallMilliseconds }]) => [
      name,
      milliseconds(median(costs)),
      milliseconds(median(wallMilliseconds)),
    ]);
    return table(['the worker, 2K JPEG, 4 × WebP; its sink', 'CPU-ms a job', 'wall ms a job'], rows);
  } finally {
    await memory.stop();
    await disk.stop();
  }
}
