import { execFile } from 'node:child_process';
import { expect } from 'chai';
import { eventually } from '../cluster/eventually.ts';
import { allRendered, submitPhoto } from '../e2e/photo-jobs.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';
import { NODE_NAME } from './real-node.ts';

describe('a node that is drained', function () {
  this.timeout(240_000);
  let pool: PoolOnNode;
  before(async function () {
    this.timeout(600_000);
    pool = await startPool('drained', {
      scaling: { mode: 'Fixed', replicas: 2 },
      disruptionBudget: { maxUnavailable: 1 },
    });
  });
  after(async () => {
    await pool?.kubectl('uncordon', NODE_NAME);
    await pool?.remove();
  });

  /** Settles with how it ended and what it said. */
  const drain = () => {
    const { kubectlPath, kubeconfigPath } = pool.controlPlane;
    const which = ['--pod-selector=previews.mobius.dev/pool=drained', '--delete-emptydir-data', '--timeout=150s'];
    const said = { text: '', code: -1 };
    const child = execFile(kubectlPath, ['--kubeconfig', kubeconfigPath, 'drain', NODE_NAME, ...which]);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: string) => (said.text += text));
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code) => {
        said.code = code ?? -1;
        resolve();
      });
    });
    return { said, ended };
  };

  it('keeps a worker for as long as its other has no place to go, and is empty once it has; jobs go on meanwhile', async () => {
    const before = (await pool.pods()).map(({ metadata }) => metadata.uid);
    const { said, ended } = drain();
    await eventually('the second is held back', () => /violate the pod's disruption budget/.test(said.text), {
      seconds: 90,
    });
    const left = (await pool.pods()).filter(({ metadata }) => before.includes(metadata.uid));
    expect(left).to.have.length(1);
    expect(said.code).to.equal(-1);
    await allRendered(pool.client, [await submitPhoto(pool.client), await submitPhoto(pool.client)]);
    // A place for what replaces the first.
    await pool.kubectl('uncordon', NODE_NAME);
    await ended;
    expect(said.code, said.text).to.equal(0);
    await pool.ready();
    const after = await pool.pods();
    expect(after).to.have.length(2);
    expect(after.filter(({ metadata }) => before.includes(metadata.uid))).to.deep.equal([]);
  });
});
