/**
 * `node test/bench/load.bench.ts`: what a look at a queue costs Redis, by its own accounts: microseconds of the script and
 * commands in it, for queues of no job, 100 and 100,000.
 */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { readLoad } from '../../operator/scaling/load.ts';
import { startRedis } from '../cluster/redis.ts';

const LOOKS = 500;
const server = await startRedis();
const redis = new Redis(server.url);
const queue = new Queue('previews', { connection: redis });
const jobOptions = [{}, { priority: 1 }, { priority: 1_000_000 }, { timestamp: 1, delay: 1_000 }];
const backoff = { attempts: 5, backoff: { type: 'exponential', delay: 2_000, jitter: 0.5 } };

async function fill(jobs: number): Promise<void> {
  for (let at = await queue.getJobCountByTypes('wait', 'prioritized', 'delayed'); at < jobs; at += 5_000)
    await queue.addBulk(
      Array.from({ length: Math.min(5_000, jobs - at) }, (_, one) => ({
        name: 'preview',
        data: {},
        opts: { ...backoff, ...jobOptions[one % 4] },
      })),
    );
}

async function accounts(): Promise<{ commands: number; microseconds: number }> {
  const info = await redis.info('commandstats');
  const sum = (pattern: RegExp) => [...info.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
  return {
    commands: sum(/cmdstat_(?!info|evalsha).*:calls=(\d+)/g),
    microseconds: sum(/cmdstat_evalsha:calls=\d+,usec=(\d+)/g),
  };
}

try {
  for (const jobs of [0, 100, 100_000]) {
    await fill(jobs);
    await readLoad(redis, { prefix: 'bull', name: 'previews' });
    await redis.config('RESETSTAT');
    const began = performance.now();
    for (let at = 0; at < LOOKS; at += 1) await readLoad(redis, { prefix: 'bull', name: 'previews' });
    const took = (performance.now() - began) / LOOKS;
    const { commands, microseconds } = await accounts();
    console.log(
      `${jobs} jobs: ${(commands / LOOKS).toFixed(0)} commands, ${(microseconds / LOOKS).toFixed(0)} µs of Redis, ${(took * 1000).toFixed(0)} µs in all`,
    );
  }
} finally {
  redis.disconnect();
  await server.stop();
}
