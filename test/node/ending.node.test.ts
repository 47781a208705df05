import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import sharp from 'sharp';
import type { RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';

const JOBS = 24;
/** Some tenths of a second each on one core. */
const SIDE = 4_000;

describe('a pod that is deleted while it renders, on a real node', function () {
  this.timeout(240_000);
  let pool: PoolOnNode;
  let queue: Queue;
  before(async function () {
    this.timeout(600_000);
    pool = await startPool('ending', { scaling: { mode: 'Fixed', replicas: 2 } });
    queue = new Queue('previews', { connection: pool.admin });
  });
  after(async () => {
    await queue?.close();
    await pool?.remove();
  });

  it('ends its job or gives it back: each of the jobs comes to one preview', async () => {
    const ids: string[] = [];
    for (let job = 0; job < JOBS; job += 1) {
      // Another picture each, and so an artifact of its own.
      const background = { r: job * 10, g: 90, b: 160 };
      const picture = sharp({ create: { width: SIDE, height: SIDE, channels: 3, background } }).jpeg({ quality: 60 });
      await writeFile(join(pool.inbox, `ending-${job}.jpg`), await picture.toBuffer());
    }
    const artifacts = () => readdir(join(pool.previews, 'artifacts')).catch(() => [] as string[]);
    const before = (await artifacts()).length;
    for (let job = 0; job < JOBS; job += 1) {
      const source = { uri: `file:///inbox/ending-${job}.jpg` };
      ids.push((await pool.client.submit({ version: 1, source, outputs: [{ preset: 'grid' }] })).id);
    }
    const [pod] = await pool.pods();
    const name = pod?.metadata.name ?? '';
    await eventually('it renders', async () => (await queue.getActive()).some((job) => job.processedBy === name), {
      seconds: 60,
    });
    const busy = (await queue.getActive()).filter((job) => job.processedBy === name).map(({ id }) => id);
    await pool.kubectl('delete', 'pod', name, '--wait=false');
    const manifests = new Set<string>();
    for (const id of ids) {
      const { manifest, cached } = (await pool.client.result(id, { timeoutSeconds: 90 })) as RenderedResult;
      manifests.add(manifest);
      expect(cached, id).to.equal(false);
    }
    expect(manifests.size).to.equal(JOBS);
    expect((await artifacts()).length - before).to.equal(JOBS);
    const ended = await Promise.all(busy.map((id) => queue.getJob(id ?? '')));
    for (const job of ended)
      console.log(`      job of ${name} ended by ${job?.processedBy}, attempts ${job?.attemptsMade}`);
    await pool.kubectl('wait', '--for=delete', `pod/${name}`, '--timeout=90s');
    await pool.ready();
  });
});
