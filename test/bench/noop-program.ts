/** What BullMQ itself costs: a processor that does nothing, in a Worker with the options of ours. */
import { argv } from 'node:process';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { WORKER_OPTIONS } from '../../worker/consumer.ts';

const [redisUrl = '', queue = ''] = argv.slice(2);

const worker = new Worker(queue, async () => ({}), {
  connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
  name: 'noop',
  concurrency: 1,
  ...WORKER_OPTIONS,
});
process.once('SIGTERM', () => void worker.close().then(() => process.exit(0)));
