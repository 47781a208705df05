import { expect } from 'chai';
import { eventually } from '../cluster/eventually.ts';
import { allRendered, submitPhoto } from '../e2e/photo-jobs.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';
import { credentials, PASSWORD } from './preview-node.ts';

const NEXT = 'canary-an0ther';

describe('a password of Redis that is rotated, on a real node', function () {
  this.timeout(240_000);
  let pool: PoolOnNode;
  before(async function () {
    this.timeout(600_000);
    pool = await startPool('rotated', { scaling: { mode: 'Fixed', replicas: 2 } });
  });
  after(async () => {
    if (pool === undefined) return;
    await setUser('resetpass', `>${PASSWORD}`);
    await pool.apply(credentials(PASSWORD));
    await pool.remove();
  });

  const setUser = (...changes: readonly string[]) => pool.admin.call('ACL', 'SETUSER', 'preview-worker', ...changes);
  const lives = async () =>
    (await pool.pods()).map(({ metadata, status }) => [
      metadata.uid,
      ...(status.containerStatuses ?? []).map(({ restartCount }) => restartCount),
    ]);

  it('is what the workers go on under, without a restart, once the kubelet has brought it into their files', async () => {
    const before = await lives();
    await setUser(`>${NEXT}`);
    const changed = performance.now();
    await pool.apply(credentials(NEXT));
    for (const { metadata } of await pool.pods())
      await eventually(
        `${metadata.name} has the new one`,
        async () => (await pool.inside(metadata.name, 'worker', 'cat', '/etc/preview-worker/redis/password')) === NEXT,
        { seconds: 90, every: 500 },
      );
    console.log(`      in the files after ${((performance.now() - changed) / 1000).toFixed(0)} s`);
    await setUser(`<${PASSWORD}`);
    await pool.admin.call('CLIENT', 'KILL', 'USER', 'preview-worker');
    const ids: string[] = [];
    for (let job = 0; job < 10; job += 1) ids.push(await submitPhoto(pool.client));
    await allRendered(pool.client, ids);
    await pool.ready();
    expect(await lives()).to.deep.equal(before);
    const refused = await pool.admin.call('ACL', 'LOG');
    expect(JSON.stringify(refused)).not.to.include(PASSWORD);
  });
});
