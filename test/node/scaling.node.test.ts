import { expect } from 'chai';
import { RELEASE } from '../chart/helm.ts';
import { eventually } from '../cluster/eventually.ts';
import { allRendered, submitPhoto } from '../e2e/photo-jobs.ts';
import { type PoolOnNode, startPool } from './pool-on-node.ts';

describe('an operator in its pods, on a real node', function () {
  this.timeout(300_000);
  let pool: PoolOnNode;
  before(async function () {
    this.timeout(600_000);
    const auto = { minReplicas: 0, maxReplicas: 3, scaleToZeroAfterSeconds: 5, scaleDownWindowSeconds: 5 };
    pool = await startPool('asleep', { scaling: { mode: 'Auto', auto } });
  });
  after(() => pool?.remove());

  const raw = async <T>(path: string): Promise<T> =>
    JSON.parse(await pool.controlPlane.kubectl(['get', '--raw', path])) as T;

  it('asks the API server by the address of its Service and the token of its pod', async () => {
    const pods = await pool.controlPlane.kubectl(['get', 'pods', '--namespace', RELEASE, '-o', 'name']);
    const [name = ''] = pods.split('\n');
    const environment =
      "const { KUBERNETES_SERVICE_HOST: host, KUBECONFIG: file = '' } = process.env; console.log(host, file)";
    const told = await pool.controlPlane.kubectl([
      'exec',
      '--namespace',
      RELEASE,
      name,
      '--',
      'node',
      '-e',
      environment,
    ]);
    expect(told.trim()).to.equal('10.0.0.1');
    const lease = await raw<{ spec: { holderIdentity: string } }>(
      `/apis/coordination.k8s.io/v1/namespaces/${RELEASE}/leases/preview-worker-operator`,
    );
    expect(pods).to.include(lease.spec.holderIdentity.split('_')[0]);
  });

  it('serves both its APIs through their Service, to who asks the API server', async () => {
    for (const name of ['v1beta1.external.metrics.k8s.io', 'v1alpha1.queues.previews.mobius.dev'])
      await pool.controlPlane.kubectl(['wait', '--for=condition=Available', `apiservice/${name}`, '--timeout=60s']);
    const loads = await raw<{ items: { metadata: { name: string } }[] }>(
      '/apis/queues.previews.mobius.dev/v1alpha1/loads',
    );
    expect(loads.items.map(({ metadata }) => metadata.name)).to.include('asleep');
  });

  it('wakes a pool, has it grow by the HorizontalPodAutoscaler, and puts it to sleep: 0 → n → 0', async () => {
    expect(await pool.pods()).to.deep.equal([]);
    const started = performance.now();
    const ids: string[] = [await submitPhoto(pool.client)];
    await allRendered(pool.client, ids);
    console.log(
      `      ${((performance.now() - started) / 1000).toFixed(1)} s from the job to its preview, from 0 workers`,
    );
    for (let job = 0; job < 1_000; job += 1) ids.push(await submitPhoto(pool.client));
    const most = await eventually(
      'there is more than one',
      async () => {
        const n = (await pool.pods()).length;
        return n > 1 && n;
      },
      { seconds: 90, every: 500 },
    );
    await allRendered(pool.client, ids);
    await eventually('it sleeps', async () => (await pool.pods()).length === 0, { seconds: 120, every: 500 });
    expect(most).to.be.within(2, 3);
    expect(await pool.kubectl('describe', 'hpa', 'preview-asleep')).to.include('preview-workers-wanted');
  });
});
