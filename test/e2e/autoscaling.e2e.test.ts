import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { KubeClient } from '../../operator/kube/client.ts';
import { PreviewClient } from '../../worker/client.ts';
import { eventually, throughout } from '../cluster/eventually.ts';
import { type MetricsApi, startMetricsApi } from '../cluster/metrics-api.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { scene } from '../fixtures/images.ts';
import { adminClient } from '../operator/operator.ts';
import { type Recording, recordReplicas } from '../operator/scaling/recorder.ts';

/** Work that waits at every moment of the load. */
const BACKLOG = 12;
const HPA_SYNC_SECONDS = 5;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

describe('a pool that scales on the CPU of its renderers', function () {
  this.timeout(300_000);
  let cluster: PreviewCluster;
  let metrics: MetricsApi;
  let producer: PreviewClient;
  let client: KubeClient;
  let recording: Recording;
  let isBusy = false;
  let jobs = 0;

  before(async () => {
    cluster = await startPreviewCluster();
    metrics = await startMetricsApi(cluster.controlPlane, cluster.node);
    producer = new PreviewClient({ redis: { url: cluster.redis.url } });
    client = adminClient(cluster.controlPlane);
    recording = await recordReplicas(client, NAMESPACE, 'preview-busy');
  });
  after(async () => {
    await recording?.stop();
    await client?.close();
    await producer?.close();
    await metrics?.stop();
    await cluster?.stop();
  });

  const conditions = async (): Promise<readonly Condition[]> =>
    JSON.parse(await cluster.kubectl('get', 'pwp', 'busy', '-o', 'jsonpath={.status.conditions}'));
  const said = (type: string, wanted: string) =>
    eventually(
      `${type} is ${wanted}`,
      async () =>
        (await conditions()).some(({ type: of, status, reason }) => of === type && `${status} ${reason}` === wanted),
      { seconds: 120, every: 500 },
    );
  const replicas = (wanted: number) =>
    eventually(`${wanted} workers are wanted`, () => recording.values.at(-1) === wanted, { seconds: 120 });

  const AUTO = {
    mode: 'Auto',
    auto: {
      provider: 'CPU',
      minReplicas: 1,
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 60,
      scaleDownWindowSeconds: 10,
    },
  };
  const applyPool = async (scaling: object) => {
    const sample = parse(await readFile('examples/pool.yaml', 'utf8')) as { spec: object };
    const file = join(cluster.controlPlane.folder, 'busy.json');
    // A tenth of a core: even on a small machine a renderer at work takes more, and an idle one less.
    const template = { resources: { renderer: { requests: { cpu: '100m' } } } };
    const metadata = { name: 'busy', namespace: NAMESPACE };
    await writeFile(file, JSON.stringify({ ...sample, metadata, spec: { ...sample.spec, template, scaling } }));
    await cluster.kubectl('apply', '-f', file);
  };
  const carriedOut = (owner: string) =>
    eventually(`${owner} owns the replicas`, async () => {
      const path = 'jsonpath={.metadata.annotations.previews\\.mobius\\.dev/replicas-owner}';
      return (await cluster.kubectl('get', 'deployment', 'preview-busy', '-o', path)) === owner;
    });
  /** Keeps work waiting until `isBusy` is false, and then lets it come to its end. */
  const load = async () => {
    const waiting = new Set<Promise<unknown>>();
    while (isBusy) {
      const { id } = await producer.submit({
        version: 1,
        source: { uri: 'file:///inbox/photo.jpg' },
        outputs: [{ preset: 'grid' }],
        force: true,
        metadata: { number: String(jobs) },
      });
      jobs += 1;
      const done = producer.result(id, { timeoutSeconds: 120 }).finally(() => waiting.delete(done));
      waiting.add(done);
      if (waiting.size >= BACKLOG) await Promise.race(waiting);
    }
    await Promise.all(waiting);
  };

  it('is given workers while there is work, changes its owner under load, and loses them without work', async () => {
    await writeFile(join(cluster.inbox, 'photo.jpg'), await scene({ width: 3000, height: 2000 }).jpeg().toBuffer());
    await applyPool(AUTO);
    await said('Ready', 'True WorkersReady');
    await said('AutoscalingActive', 'True AsExpected');
    await replicas(1);

    isBusy = true;
    const loading = load();
    try {
      await replicas(3);
      const grown = recording.values.length - 1;
      await applyPool({ mode: 'External' });
      await carriedOut('external');
      await applyPool({ mode: 'Fixed', replicas: 2 });
      await carriedOut('operator');
      await recording.caughtUp();
      // The work would ask for 3.
      await throughout(2 * HPA_SYNC_SECONDS, async () => expect(recording.values.at(-1)).to.equal(2));
      expect(recording.values.slice(grown)).to.deep.equal([3, 2]);
      await applyPool(AUTO);
      await replicas(3);
      expect(recording.values.slice(grown)).to.deep.equal([3, 2, 3]);
    } finally {
      isBusy = false;
      await loading;
    }
    await replicas(1);
    console.log(`      ${jobs} jobs; Auto, External, Fixed 2, Auto: replicas ${recording.values.join(' → ')}`);
    expect(Math.max(...recording.values)).to.equal(3);
    await said('Ready', 'True WorkersReady');
    await said('AutoscalingActive', 'True AsExpected');
  });
});
