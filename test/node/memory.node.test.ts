import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import type { PreviewFailure, RenderedResult } from '../../worker/client.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';

const SIDE = 9_000;
const LIMIT = '640Mi';

describe('a job that eats memory, on a real node', function () {
  this.timeout(240_000);
  let pool: PoolOnNode;
  before(async function () {
    this.timeout(600_000);
    pool = await startPool(
      'eaten',
      {
        scaling: { mode: 'Fixed', replicas: 1 },
        template: { resources: { renderer: { requests: { cpu: '50m' }, limits: { memory: LIMIT } } } },
      },
      { slots: 2, perJob: { memory: '256Mi', pixels: 200_000_000, timeoutSeconds: 60 } },
    );
    // A decoder of progressive JPEG holds all coefficients of the picture: 6 bytes a pixel, 486 MB.
    const background = '#446688';
    const eater = sharp({ create: { width: SIDE, height: SIDE, channels: 3, background } });
    await writeFile(
      join(pool.inbox, 'eater.jpg'),
      await eater.jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    );
  });
  after(() => pool?.remove());

  it('fails with a typed reason, and no job beside it or after it', async () => {
    const submit = async (name: string, turn: number) =>
      (
        await pool.client.submit({
          version: 1,
          source: { uri: `file:///inbox/${name}` },
          outputs: [{ preset: 'grid' }],
          force: true,
          metadata: { turn: `memory-${turn}` },
        })
      ).id;
    const ids: string[] = [];
    let eater = '';
    for (let turn = 0; turn < 20; turn += 1) {
      if (turn === 5) eater = await submit('eater.jpg', turn);
      else ids.push(await submit('photo.jpg', turn));
    }
    const failure = await pool.client.result(eater, { timeoutSeconds: 90 }).then(
      () => undefined,
      (error: PreviewFailure) => error,
    );
    expect(failure?.reason).to.equal('OutOfMemory');
    for (const id of ids)
      expect(((await pool.client.result(id, { timeoutSeconds: 60 })) as RenderedResult).outputs).to.have.length(1);
    console.log(`      ${failure?.message}`);
    for (const { status } of await pool.pods())
      for (const { name, restartCount, lastState } of status.containerStatuses ?? [])
        console.log(`      ${name}: ${restartCount} restarts ${JSON.stringify(lastState.terminated ?? {})}`);
  });
});
