/** The worker as its image runs it: compiled, with its renderer as a child. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { PreviewJob } from '../../worker/client.ts';
import type { WorkerConfig } from '../../worker/config.generated.ts';
import type { Health } from '../../worker/health.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { completed } from './batch.ts';
import { type Contender, EQUAL_EFFORT, type Ground, type Order, QUALITY } from './contender.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** The defaults of a pool, with room for the largest of the named files. */
export const LIMITS: WorkerConfig['perJob'] = {
  timeoutSeconds: 120,
  memoryBytes: 512 * 2 ** 20,
  sourceBytes: 64 * 2 ** 20,
  pixels: 50_000_000,
  pages: 1,
  frames: 1,
  outputBytes: 32 * 2 ** 20,
};

export interface Ours extends Contender {
  readonly queue: Queue;
  readonly health: Health;
  payloadOf(file: string, order: Omit<Order, 'files'>): PreviewJob;
}

/** What `npm run build` makes: with types to strip, every process would hold the stripper too. */
export async function build(): Promise<void> {
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: checkout,
  });
}

/** `sink` is the folder that a sink of its own is made in. */
export async function startOurs(
  ground: Ground,
  { slots, sink = ground.sinks, name }: { slots: number; sink?: string; name: string },
): Promise<Ours> {
  const scratch = await mkdtemp(join(ground.disk, 'scratch-'));
  const previews = await mkdtemp(join(sink, `${name}-`));
  const config: WorkerConfig = {
    version: 1,
    queue: { name, prefix: 'bull' },
    redis: { url: ground.redisUrl },
    slots,
    perJob: LIMITS,
    sources: { file: { roots: [{ path: ground.inbox }] } },
    sink: { file: { path: previews } },
    presets: [],
    shutdownGraceSeconds: 5,
    logLevel: 'info',
  };
  const configFile = join(ground.disk, `${name}.json`);
  await writeFile(configFile, JSON.stringify(config));
  const [port = 0] = await freePorts(1);
  const worker = new ManagedProcess({
    name,
    command: [process.execPath, join(checkout, 'dist/worker/main.js'), 'work', '--config', configFile],
    logFile: join(ground.disk, `${name}.log`),
    // As the operator sets it in a pod.
    env: { MALLOC_ARENA_MAX: '2', PREVIEW_SCRATCH: scratch, PREVIEW_LISTEN_PORT: String(port), POD_NAME: name },
  });
  const url = `http://127.0.0.1:${port}/api/preview/worker/health`;
  const askHealth = async () => (await (await fetch(url)).json()) as Health;
  await worker.ready(async () => (await askHealth()).status === 'ok', 60);
  const health = await askHealth();
  const redis = new Redis(ground.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection: redis });
  const payloadOf: Ours['payloadOf'] = (file, { sizes, format, settings }) => ({
    version: 1,
    source: { uri: pathToFileURL(join(ground.inbox, file)).href },
    outputs: sizes.map((size) => ({
      name: `w${size}`,
      width: size,
      height: size,
      fit: 'inside',
      format,
      quality: QUALITY,
      ...(settings === 'equal' ? { effort: EQUAL_EFFORT } : {}),
    })),
  });
  return {
    name: 'worker',
    version: health.version,
    pid: worker.pid,
    queue,
    health,
    payloadOf,
    make: (order) =>
      completed(
        queue,
        order.files.map((file) => payloadOf(file, order)),
      ),
    async forget() {
      for (const entry of await readdir(previews)) await rm(join(previews, entry), { recursive: true });
    },
    async stop() {
      await worker.stop(20);
      await queue.close();
      redis.disconnect();
      await Promise.all([scratch, previews].map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}
