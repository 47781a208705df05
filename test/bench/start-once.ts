/** One start of a worker, as a pool's pod starts it: both processes at the same moment, and a job that waits already. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { WorkerConfig } from '../../worker/config.generated.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { cpuMilliseconds } from './accounting.ts';
import type { Ground } from './contender.ts';
import { LIMITS } from './ours.ts';

export interface Way {
  readonly name: string;
  readonly program: 'dist/worker/main.js' | 'worker/main.ts';
  /** Of both processes, beside what a pod sets. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether the queue knows that this build has passed the full self-test, as it does but for a build's first worker. */
  readonly isProven: boolean;
}

/** Messages in the logs of the two. */
const PHASES = ['worker started', 'redis connected', 'renderer ready', 'taking jobs'] as const;
export type Phase = (typeof PHASES)[number];

/** Milliseconds since both processes were started. */
export interface Start {
  readonly phases: Readonly<Record<Phase, number>>;
  /** As the queue notes it in the job. */
  readonly firstFetch: number;
  /** As the renderer tells how long it took. */
  readonly quickSelfTest: number;
  /** Of both process trees, until the job was seen to be taken. */
  readonly cpu: number;
}

interface Line {
  readonly time: string;
  readonly msg: string;
  readonly milliseconds?: number;
}

/** A pool's default. */
const SLOTS = 2;
const PATIENCE_SECONDS = 60;
const PREFIX = 'bull';
/** By program, what its first worker noted in its queue's statistics. */
const proofs = new Map<Way['program'], Record<string, string>>();

export async function startOnce(ground: Ground, { program, env, isProven }: Way, file: string): Promise<Start> {
  const folder = await mkdtemp(join(ground.disk, 'start-'));
  const name = `start-${randomUUID()}`;
  const configFile = await configure(ground, folder, name);
  const redis = new Redis(ground.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection: redis, prefix: PREFIX });
  const stats = `${PREFIX}:${name}:preview-stats`;
  const proof = proofs.get(program);
  if (isProven && proof !== undefined) await redis.hset(stats, proof);
  const { id = '' } = await queue.add('bench', {
    version: 1,
    source: { uri: pathToFileURL(join(ground.inbox, file)).href },
    outputs: [{ name: 'grid', width: 400, height: 400, fit: 'inside', format: 'webp' }],
  });
  const [port = 0] = await freePorts(1);

  const begun = Date.now();
  const sides = (['work', 'renderer'] as const).map(
    (side) =>
      new ManagedProcess({
        name: side,
        command: [process.execPath, fileURLToPath(new URL(`../../${program}`, import.meta.url)), side],
        logFile: join(folder, `${side}.log`),
        env: {
          MALLOC_ARENA_MAX: '2',
          PREVIEW_CONFIG: configFile,
          PREVIEW_SCRATCH: folder,
          PREVIEW_SOCKET: join(folder, 'renderer.sock'),
          PREVIEW_LISTEN_PORT: String(port),
          POD_NAME: name,
          ...env,
        },
      }),
  );
  try {
    const taken = async () => (await queue.getJob(id))?.processedOn;
    const processedOn = await eventually('the job is taken', taken, { seconds: PATIENCE_SECONDS, every: 20 });
    const cpu = sides.reduce((sum, { pid }) => sum + cpuMilliseconds(pid), 0);
    proofs.set(program, Object.fromEntries(Object.entries(await redis.hgetall(stats)).filter(isProof)));
    const lines = await linesOf(folder);
    const since = (phase: Phase) => Date.parse(lines.find(({ msg }) => msg === phase)?.time ?? '') - begun;
    return {
      phases: Object.fromEntries(PHASES.map((phase) => [phase, since(phase)])) as Record<Phase, number>,
      firstFetch: processedOn - begun,
      quickSelfTest: lines.find(({ msg }) => msg === 'renderer ready')?.milliseconds ?? Number.NaN,
      cpu,
    };
  } finally {
    await Promise.all(sides.map((side) => side.stop(20)));
    await queue.close();
    redis.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

const isProof = ([field]: [string, string]) => field.startsWith('full:');

async function configure(ground: Ground, folder: string, name: string): Promise<string> {
  const config: WorkerConfig = {
    version: 1,
    queue: { name, prefix: PREFIX },
    redis: { url: ground.redisUrl },
    slots: SLOTS,
    perJob: LIMITS,
    sources: { file: { roots: [{ path: ground.inbox }] } },
    sink: { file: { path: folder } },
    presets: [],
    shutdownGraceSeconds: 5,
    logLevel: 'info',
  };
  const path = join(folder, 'config.json');
  await writeFile(path, JSON.stringify(config));
  return path;
}

async function linesOf(folder: string): Promise<readonly Line[]> {
  const logs = await Promise.all(['work', 'renderer'].map((side) => readFile(join(folder, `${side}.log`), 'utf8')));
  return logs.flatMap((log) =>
    log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  );
}
