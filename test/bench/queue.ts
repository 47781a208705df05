/** What the worker adds to BullMQ: dry runs against a processor that does nothing; and the calls of a job that was done before. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { ManagedProcess } from '../cluster/process.ts';
import type { TestRedis } from '../cluster/redis.ts';
import { cpuMilliseconds, ioCalls, pidsOf } from './accounting.ts';
import { completed } from './batch.ts';
import type { Ground } from './contender.ts';
import { writeCopies } from './files.ts';
import { met, milliseconds, table } from './markdown.ts';
import { type Ours, startOurs } from './ours.ts';
import { measureIdle, median, takeTurns } from './rounds.ts';

const ORDER = { sizes: [1600, 800, 400, 200], format: 'webp', settings: 'own' } as const;
const OVERHEAD_GOAL = 0.15;

export async function queueOverhead(
  ground: Ground,
  redis: TestRedis,
  { jobs, rounds, idleSeconds }: { jobs: number; rounds: number; idleSeconds: number },
): Promise<string> {
  const worker = await startOurs(ground, { slots: 1, name: 'dry' });
  const connection = new Redis(ground.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('noop', { connection });
  const noop = new ManagedProcess({
    name: 'noop',
    command: [process.execPath, fileURLToPath(new URL('./noop-program.ts', import.meta.url)), ground.redisUrl, 'noop'],
    logFile: join(ground.disk, 'noop.log'),
  });
  try {
    await noop.ready(async () => (await queue.getWorkersCount()) > 0, 60);
    const payload = { ...worker.payloadOf('any.jpg', ORDER), dryRun: true };
    const payloads = Array.from({ length: jobs }, (_, at) => ({ ...payload, metadata: { number: String(at) } }));
    const redisCost = new Map<string, number[]>();
    const turn = (name: string, pid: number, to: Queue) => ({
      name,
      pid,
      units: jobs,
      async work() {
        const before = cpuMilliseconds(redis.pid);
        await completed(to, payloads);
        redisCost.set(name, [...(redisCost.get(name) ?? []), (cpuMilliseconds(redis.pid) - before) / jobs]);
      },
      clear: async () => {},
    });
    const turns = [turn('dry run', worker.pid, worker.queue), turn('no-op', noop.pid, queue)];
    const idle = await measureIdle([worker.pid, noop.pid], idleSeconds);
    await takeTurns(turns, 1, idle);
    redisCost.clear();
    const figures = await takeTurns(turns, rounds, idle);
    const cost = (name: string) => figures.get(name)?.rounds ?? [];
    const above = cost('dry run').map((one, at) => one - (cost('no-op')[at] ?? Number.NaN));
    const rows = turns.map(({ name }) => [
      name,
      cost(name).map(milliseconds).join(', '),
      milliseconds(median(cost(name))),
      milliseconds(median(redisCost.get(name) ?? [])),
    ]);
    const overhead = median(above);
    return [
      table(['processor', 'CPU-ms a job, each round', 'median', 'of Redis, adding included'], rows),
      `A dry run takes ${milliseconds(overhead)} CPU-ms more than nothing does (goal: at most ${OVERHEAD_GOAL}): ${met(overhead <= OVERHEAD_GOAL)}. ${jobs} jobs a round.`,
    ].join('\n\n');
  } finally {
    await worker.stop();
    await noop.stop();
    await queue.close();
    connection.disconnect();
  }
}

const REPEATS = 20;

/** Read and write calls a job, of the worker and of the renderer apart. */
export async function callsOfHits(ground: Ground): Promise<string> {
  const worker = await startOurs(ground, { slots: 1, name: 'calls' });
  try {
    const files = await writeCopies('2K JPEG', REPEATS, ground.inbox);
    const plain = files.map((file) => worker.payloadOf(file, ORDER));
    const pinned = await Promise.all(
      files.map(async (file, at) => {
        const sha256 = createHash('sha256')
          .update(await readFile(join(ground.inbox, file)))
          .digest('hex');
        const { version, source, outputs } = plain[at] ?? worker.payloadOf(file, ORDER);
        return { version, source: { ...source, sha256 }, outputs };
      }),
    );
    const rows = [
      await callsOf('nothing is there: four previews', worker, plain),
      await callsOf('hit, content not pinned: the source is read and hashed', worker, plain),
      await callsOf('the same content pinned by its sha256, first time', worker, pinned),
      await callsOf('hit, content pinned: the source is not read', worker, pinned),
    ];
    const heading = ['job', 'read, worker', 'written, worker', 'read, renderer', 'written, renderer', 'CPU-ms'];
    return table(heading, rows);
  } finally {
    await worker.stop();
  }
}

async function callsOf(what: string, { pid, queue }: Ours, jobs: readonly object[]) {
  const look = () => {
    const [, ...below] = pidsOf(pid);
    const all = ioCalls(pid);
    const renderer = below.length === 0 ? { read: 0, written: 0 } : ioCalls(below[0] ?? 0);
    return [all.read - renderer.read, all.written - renderer.written, renderer.read, renderer.written];
  };
  const [before, cpu] = [look(), cpuMilliseconds(pid)];
  await completed(queue, jobs);
  const [after, spent] = [look(), cpuMilliseconds(pid) - cpu];
  return [
    what,
    ...after.map((calls, at) => ((calls - (before[at] ?? 0)) / jobs.length).toFixed(1)),
    milliseconds(spent / jobs.length),
  ];
}
