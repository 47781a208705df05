import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import sharp from 'sharp';
import { ManagedProcess } from '../cluster/process.ts';
import { completed } from './batch.ts';
import { type Contender, EQUAL_EFFORT, type Format, type Ground, type Order, QUALITY } from './contender.ts';

export interface PlainJob {
  readonly path: string;
  readonly folder: string;
  readonly sizes: readonly number[];
  readonly format: Format;
  readonly options: { readonly quality: number; readonly effort?: number };
}

/** One Node process that takes `slots` jobs at once. */
export async function startPlain(ground: Ground, slots: number): Promise<Contender> {
  const name = `plain-${slots}`;
  const folder = await mkdtemp(join(ground.sinks, `${name}-`));
  const redis = new Redis(ground.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection: redis });
  const program = fileURLToPath(new URL('./plain-program.ts', import.meta.url));
  const worker = new ManagedProcess({
    name,
    command: [process.execPath, program, ground.redisUrl, name, String(slots)],
    logFile: join(ground.disk, `${name}.log`),
  });
  await worker.ready(async () => (await queue.getWorkersCount()) > 0, 60);
  return {
    name: 'plain sharp',
    version: `sharp ${sharp.versions.sharp} in BullMQ, one pipeline a size`,
    pid: worker.pid,
    make: (order) =>
      completed(
        queue,
        order.files.map((file) => jobOf(join(ground.inbox, file), folder, order)),
      ),
    async forget() {
      await rm(folder, { recursive: true });
      await mkdir(folder);
    },
    async stop() {
      await worker.stop();
      await queue.close();
      redis.disconnect();
    },
  };
}

function jobOf(path: string, folder: string, { sizes, format, settings }: Order): PlainJob {
  const effort = settings === 'equal' && format !== 'jpeg' ? { effort: EQUAL_EFFORT } : {};
  return { path, folder, sizes, format, options: { quality: QUALITY, ...effort } };
}
