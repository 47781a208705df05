import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import type { PreviewFailure } from '../../worker/client.ts';
import { allRendered, submitPhoto } from '../e2e/photo-jobs.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';

const SIDE = 9_000;

describe('a job that eats memory, on a real node', function () {
  this.timeout(600_000);
  let pool: PoolOnNode;
  afterEach(() => pool?.remove());

  const start = async (name: string, { slots, memory, limit }: { slots: number; memory: string; limit: string }) => {
    const renderer = { requests: { cpu: '50m', memory: limit }, limits: { memory: limit } };
    pool = await startPool(
      name,
      { scaling: { mode: 'Fixed', replicas: 1 }, template: { resources: { renderer } } },
      { slots, perJob: { memory, pixels: 200_000_000, timeoutSeconds: 60 } },
    );
    // A decoder of progressive JPEG holds all coefficients of the picture: 6 bytes a pixel, 486 MB.
    const eater = sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: '#446688' } });
    const file = await eater.jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer();
    await writeFile(join(pool.inbox, 'eater.jpg'), file);
  };
  /** How it fails among others, which it does no harm; no container is started again. */
  const eat = async (turn: string): Promise<PreviewFailure | undefined> => {
    const photos: string[] = [];
    const photo = async () => photos.push(await submitPhoto(pool.client));
    for (let before = 0; before < 5; before += 1) await photo();
    const source = { uri: 'file:///inbox/eater.jpg' };
    const { id } = await pool.client.submit({ version: 1, source, outputs: [{ preset: 'grid' }], metadata: { turn } });
    for (let after = 0; after < 15; after += 1) await photo();
    const failure = await pool.client.result(id, { timeoutSeconds: 90 }).then(
      () => undefined,
      (error: PreviewFailure) => error,
    );
    await allRendered(pool.client, photos);
    const containers = (await pool.pods()).flatMap(({ status }) => status.containerStatuses ?? []);
    expect(containers.map(({ name, restartCount }) => `${name} ${restartCount}`).sort()).to.deep.equal([
      ...['renderer 0', 'worker 0'],
    ]);
    console.log(`      ${failure?.message}`);
    return failure;
  };

  it('fails with a typed reason at its own limit, and no job beside it or after it', async () => {
    await start('eaten', { slots: 2, memory: '256Mi', limit: '640Mi' });
    const failure = await eat('own limit');
    expect(failure?.reason).to.equal('OutOfMemory');
    expect(failure?.message).to.include('resident bytes');
  });
});
