import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { allRendered, submitPhoto } from '../e2e/photo-jobs.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';
import { NAMESPACE } from './preview-node.ts';

describe('kubectl at a pool’s pods', function () {
  this.timeout(240_000);
  let pool: PoolOnNode;
  let pod = '';
  before(async function () {
    this.timeout(600_000);
    pool = await startPool('looked-at', { scaling: { mode: 'Fixed', replicas: 1 } });
    pod = (await pool.pods())[0]?.metadata.name ?? '';
  });
  after(() => pool?.remove());

  it('has a job rendered and reads of it in the worker’s log, a JSON object a line', async () => {
    const id = await submitPhoto(pool.client);
    await allRendered(pool.client, [id]);
    const lines = (await pool.kubectl('logs', pod, '--container', 'worker')).trim().split('\n');
    const said = lines.map((line) => JSON.parse(line) as { job?: string });
    expect(said.filter(({ job }) => job === id)).to.not.deep.equal([]);
  });

  it('runs the image’s own program, which says what it can render', async () => {
    const program = ['node', '/app/dist/worker/main.js', 'capabilities', '--json'];
    const { renderers } = JSON.parse(await pool.inside(pod, 'worker', ...program)) as { renderers: { name: string }[] };
    expect(renderers.map(({ name }) => name)).to.include.members(['image', 'svg', 'heic', 'pdf', 'text']);
  });

  it('forwards a port to health and metrics', async () => {
    const { kubectlPath, kubeconfigPath } = pool.controlPlane;
    const args = ['--kubeconfig', kubeconfigPath, '--namespace', NAMESPACE, 'port-forward', pod, ':3000'];
    const forward = spawn(kubectlPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(createInterface({ input: forward.stdout }), 'line')) as [string];
      const port = /127\.0\.0\.1:(\d+) ->/.exec(line)?.[1];
      const health = await fetch(`http://127.0.0.1:${port}/api/preview/worker/health`);
      expect([health.status, (await health.json()) as object]).to.deep.include(200);
      expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).to.include('preview_jobs_total');
    } finally {
      forward.kill();
    }
  });
});
