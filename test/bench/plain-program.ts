/** The processor that everybody writes: one pipeline a size. */
import { basename, join } from 'node:path';
import { argv } from 'node:process';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import sharp from 'sharp';
import type { PlainJob } from './plain.ts';

const [redisUrl = '', queue = '', concurrency = '1'] = argv.slice(2);

const worker = new Worker<PlainJob>(
  queue,
  async ({ data: { path, folder, sizes, format, options } }) => {
    for (const size of sizes) {
      await sharp(path)
        .rotate()
        .resize(size, size, { fit: 'inside', withoutEnlargement: true })
        .toFormat(format, options)
        .toFile(join(folder, `${basename(path)}-${size}.${format}`));
    }
  },
  { connection: new Redis(redisUrl, { maxRetriesPerRequest: null }), concurrency: Number(concurrency) },
);
process.once('SIGTERM', () => void worker.close().then(() => process.exit(0)));
