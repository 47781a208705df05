import { access, readFile, readlink, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { PoolStatus } from '../../operator/pool/spec.generated.ts';
import { LABELS, operatorMetrics, workerMetrics } from '../../scripts/metrics-reference.ts';
import { PreviewClient, type RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { scene } from '../fixtures/images.ts';
import { exposed } from '../operator/exposition.ts';

/** Labels of what prom-client makes of Node.js. */
const OF_NODE = ['kind', 'major', 'minor', 'patch', 'space', 'type'];
const CHILDREN = ['deployments', 'replicasets', 'pods', 'configmaps', 'services', 'serviceaccounts'].join();

describe('a pool, from kubectl apply to a preview', function () {
  this.timeout(180_000);
  let cluster: PreviewCluster;
  let client: PreviewClient;

  const submit = async (name: string, more: object = {}) => {
    // Renamed into its place: workers may be reading an earlier one.
    await writeFile(join(cluster.inbox, `.${name}`), await scene({ width: 300, height: 200 }).jpeg().toBuffer());
    await rename(join(cluster.inbox, `.${name}`), join(cluster.inbox, name));
    const source = { uri: `file:///inbox/${name}` };
    return client.submit({ version: 1, source, outputs: [{ preset: 'grid' }], ...more });
  };
  const pods = async (): Promise<{ name: string; ip: string }[]> => {
    const { items } = JSON.parse(await cluster.kubectl('get', 'pods', '-o', 'json')) as {
      items: { metadata: { name: string; deletionTimestamp?: string }; status: { podIP: string } }[];
    };
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata, status }) => ({ name: metadata.name, ip: status.podIP }));
  };
  const ready = () => cluster.kubectl('wait', '--for=condition=Ready', 'pwp/sample', '--timeout=60s');

  before(async () => {
    cluster = await startPreviewCluster();
    client = new PreviewClient({ redis: { url: cluster.redis.url } });
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  it('kubectl apply of the sample becomes Ready, and get pwp is at most 120 characters wide', async () => {
    await cluster.kubectl('apply', '-f', 'examples/pool.yaml');
    await ready();
    const table = await cluster.kubectl('get', 'pwp');
    expect(table).to.match(/sample +True +WorkersReady +2 +previews +Fixed/);
    expect(Math.max(...table.split('\n').map((line) => line.length))).to.be.at.most(120);
    expect(await cluster.kubectl('describe', 'pwp', 'sample')).to.match(/Message: +2 workers are ready/);
  });

  it('its status tells what the workers can render, and that they can write to the sink', async () => {
    await eventually(
      'the workers are heard',
      async () => {
        const { status } = JSON.parse(await cluster.kubectl('get', 'pwp', 'sample', '-o', 'json')) as {
          status: PoolStatus;
        };
        const sink = status.conditions?.find(({ type }) => type === 'SinkReady');
        return sink?.status === 'True' && status.renderers?.some(({ formats }) => formats.includes('jpeg'));
      },
      { seconds: 90, every: 500 },
    );
  });

  it('each worker answers health at its own address, and nobody else does', async () => {
    for (const { ip } of await pods()) {
      const response = await fetch(`http://${ip}:3000/api/preview/worker/health`);
      expect([response.status, (await response.json()) as object]).to.deep.include(200);
    }
  });

  it('a job becomes a preview in the claim', async () => {
    const { id } = await submit('photo.jpg');
    const { outputs, manifest } = (await client.result(id, { timeoutSeconds: 30 })) as RenderedResult;
    expect(outputs[0]).to.include({ name: 'grid', width: 200, height: 200, mediaType: 'image/webp' });
    expect(manifest).to.match(/^file:\/\/\/previews\/artifacts\/c[0-9a-f]{64}\/manifest\.json$/);
  });

  it('worker and operator export what docs/metrics.md says, type by type and label by label, and nothing else', async () => {
    const [pod] = await pods();
    const documented = { worker: workerMetrics(), operator: operatorMetrics() };
    const told = { worker: `http://${pod?.ip}:3000`, operator: cluster.operator?.url };
    for (const part of ['worker', 'operator'] as const) {
      const families = exposed(await (await fetch(`${told[part]}/metrics`)).text());
      const types = Object.fromEntries([...families].map(([name, { type }]) => [name, type]));
      expect(types, part).to.deep.equal(Object.fromEntries(documented[part].map(({ name, type }) => [name, type])));
      for (const { name, labelNames } of documented[part])
        expect(labelNames, name).to.include.members([...(families.get(name)?.labels ?? [])]);
      for (const label of documented[part].flatMap(({ labelNames }) => labelNames))
        if (!OF_NODE.includes(label)) expect(LABELS).to.have.property(label);
    }
  });

  it('the renderer sees no Secret, no source and no sink', async () => {
    const [pod] = await pods();
    const pids = await cluster.node.pids(NAMESPACE, pod?.name ?? '');
    const renderers = [];
    for (const pid of pids) {
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
      if (command.includes('renderer')) renderers.push(pid);
    }
    expect(renderers).to.not.have.length(0);
    for (const pid of renderers) {
      const sees = (path: string) =>
        access(`/proc/${pid}/root${path}`).then(
          () => true,
          () => false,
        );
      expect(await sees('/scratch'), await readlink(`/proc/${pid}/root`)).to.equal(true);
      for (const path of ['/etc/preview-worker/redis/url', '/inbox', '/previews']) {
        expect(await sees(path), path).to.equal(false);
      }
      expect(await readFile(`/proc/${pid}/environ`, 'utf8')).to.not.include('redis://');
    }
  });

  it('a job outlives the deletion of the pod that renders it', async () => {
    const ids = [];
    for (let number = 0; number < 12; number += 1) {
      ids.push((await submit('photo.jpg', { force: true, metadata: { number: String(number) } })).id);
    }
    const [pod] = await pods();
    await cluster.kubectl('delete', 'pod', pod?.name ?? '', '--wait=false');
    for (const id of ids) {
      const { outputs } = (await client.result(id, { timeoutSeconds: 60 })) as RenderedResult;
      expect(outputs).to.have.length(1);
    }
    await ready();
  });

  it('an image that no node can get is a condition, and a right one heals it; the series of a pool that is gone are gone', async () => {
    const image = (name: string | null) =>
      cluster.kubectl('patch', 'pwp', 'pictureless', '--type=merge', '-p', JSON.stringify({ spec: { image: name } }));
    const sample = parse(await readFile('examples/pool.yaml', 'utf8')) as { metadata: object; spec: object };
    const pool = {
      ...sample,
      metadata: { name: 'pictureless' },
      spec: { ...sample.spec, image: 'nowhere.example/worker:1' },
    };
    const file = join(cluster.controlPlane.folder, 'pictureless.json');
    await writeFile(file, JSON.stringify(pool));
    await cluster.kubectl('apply', '-f', file);
    await cluster.kubectl(
      ...['wait', '--for=jsonpath={.status.conditions[?(@.type=="Ready")].reason}=ImagePullFailed'],
      ...['pwp/pictureless', '--timeout=30s'],
    );
    expect(await cluster.kubectl('describe', 'pwp', 'pictureless')).to.match(
      /no node can get the image nowhere\.example\/worker:1; check spec\.image/,
    );
    await image(null);
    await cluster.kubectl('wait', '--for=condition=Ready', 'pwp/pictureless', '--timeout=60s');
    const series = async () =>
      (await (await fetch(`${cluster.operator?.url}/metrics`)).text())
        .split('\n')
        .filter((line) => line.includes('pool="pictureless"'));
    await eventually('its queue is looked at', async () =>
      (await series()).some((line) => line.startsWith('preview_queue_jobs')),
    );
    await cluster.kubectl('delete', 'pwp', 'pictureless');
    await eventually('no series of it is left', async () => (await series()).length === 0);
  });

  it('kubectl delete leaves no child and no process', async () => {
    const names = (await pods()).map(({ name }) => name);
    await cluster.kubectl('delete', 'pwp', 'sample');
    // The garbage collector follows the owners of a new kind after up to 40 s.
    await eventually(
      'no child is left',
      async () => {
        const left = await cluster.kubectl('get', CHILDREN, '-l', 'previews.mobius.dev/pool=sample', '-o', 'name');
        return left.trim() === '';
      },
      { seconds: 90, every: 500 },
    );
    for (const name of names) expect(await cluster.node.pids(NAMESPACE, name)).to.deep.equal([]);
  });
});
