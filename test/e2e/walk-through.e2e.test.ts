import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';
import { CHART } from '../chart/helm.ts';
import { previousChart } from '../chart/releases.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { type LocalNode, startLocalNode } from '../cluster/node/local-node.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { shownIn } from '../documents/shown.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** What differs on the local node: no Service leads to a pod, and all pods share one network. */
const VALUES = {
  externalMetrics: { enabled: false },
  queueApi: { enabled: false },
  extraEnv: [{ name: 'LISTEN_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
};

describe('the path of a platform engineer', function () {
  // The first time Helm is built.
  this.timeout(20 * 60_000);
  const shown = shownIn('docs/install.md', import.meta.url);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let node: LocalNode;
  let args: readonly string[];
  let folders: readonly string[];

  before(async () => {
    await provide('helm');
    [cluster, redis] = await Promise.all([startControlPlane({ scheduler: true }), startRedis()]);
    const program = async (path: string) => {
      const flags = (await readFile(path, 'utf8')).split('\n', 1)[0]?.match(/--\S+/g) ?? [];
      return { command: ['node', ...flags, path], appFolder: CHECKOUT };
    };
    node = await startLocalNode({
      controlPlane: cluster,
      images: {
        'mobius-preview-worker': await program('worker/main.ts'),
        'mobius-preview-worker-operator': await program('operator/main.ts'),
      },
      say: () => {},
    });
    folders = ['one', 'other'].map((name) => join(cluster.folder, name));
    for (const path of folders) {
      await mkdir(path);
      await chmod(path, 0o777);
    }
    const [urlFile, valuesFile] = [join(cluster.folder, 'redis-url'), join(cluster.folder, 'values.json')];
    await writeFile(urlFile, redis.url, { mode: 0o600 });
    await writeFile(valuesFile, JSON.stringify(VALUES));
    args = [
      ...['--kubeconfig', cluster.kubeconfigPath, '--redis-url-file', urlFile, '--values', valuesFile],
      ...['--storage-class', 'folders'],
    ];
  });
  beforeEach(async () => {
    const volumes = folders.map((path, index) => volume(`folder-${index}`, path));
    await cluster.kubectl(['delete', 'pv', '--all']);
    await cluster.kubectl(['apply', '-f', '-'], { input: volumes.map((one) => JSON.stringify(one)).join('\n') });
  });
  after(async () => {
    await node?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const walk = (...more: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        ['scripts/walk-through.ts', ...args, ...more],
        { timeout: 400_000, maxBuffer: 16 << 20 },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  const left = () =>
    cluster
      .kubectl(['get', 'namespaces,crds,clusterroles,clusterrolebindings', '-o', 'name'])
      .then((names) => names.split('\n').filter((name) => /preview|walk-through/.test(name)));

  it('leads from the chart before this one to a preview, an upgrade, a roll-back and back, and leaves nothing', async () => {
    const { path } = await previousChart(join(cluster.folder, 'previous'));
    const { code, stdout, stderr } = await walk('--from-chart', path);
    console.log(stdout.replace(/^/gm, '      '));
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const ran = stdout
      .replaceAll(path, CHART)
      .split('\n')
      .flatMap((line) => line.trim().match(/^\$ (.*)/)?.[1] ?? []);
    expect(ran).to.include.members(shown.rest());
    const previews = (await Promise.all(folders.map((folder) => readdir(folder, { recursive: true })))).flat();
    expect(previews.filter((name) => name.endsWith('.webp'))).to.have.length(1);
    expect(await left()).to.deep.equal([]);
  });

  it('says at which step it ended and what to do, and leaves nothing of it', async () => {
    const { code, stdout, stderr } = await walk('--redis-url-file', join(cluster.folder, 'absent'));
    expect([code, stdout], stderr).to.satisfy(
      ([is, text]: [number, string]) => is === 1 && / done\n.*namespace/.test(text),
    );
    expect(stderr).to.match(/FAILED: .*absent.*\n +to do: the file of --redis-url-file holds one line/);
    expect(await left()).to.deep.equal([]);
  });
});

const volume = (name: string, path: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    ...{ accessModes: ['ReadWriteOnce'], storageClassName: 'folders', capacity: { storage: '1Gi' } },
    ...{ persistentVolumeReclaimPolicy: 'Retain', hostPath: { path } },
  },
});
