import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import { PreviewClient, type RenderedResult } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { inShell, shownIn } from '../documents/shown.ts';
import { scene } from '../fixtures/images.ts';
import { writePluginFiles } from '../operator/cli/plugin-files.ts';
import { monitoringCrd } from '../operator/optional-crds.ts';
import { type Ended, script } from '../scripts/deployment/deployment.ts';
import { kubeconfigOf, type PodNetwork, startPodNetwork } from '../scripts/deployment/pod-network.ts';

interface Told {
  readonly ok: boolean;
  readonly findings: readonly { check: string; status: string; message: string; remedy?: string }[];
}

describe('verify-preview-worker-deployment', function () {
  this.timeout(180_000);
  const shown = shownIn('docs/deployment.md', import.meta.url);
  const looks = shownIn('docs/troubleshooting.md', import.meta.url);
  let cluster: PreviewCluster;
  let pods: PodNetwork;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-verify-'));
    cluster = await startPreviewCluster({
      beforeControllers: async ({ kubectl }) => {
        const crds = [monitoringCrd('ServiceMonitor'), monitoringCrd('PrometheusRule')];
        await kubectl(['apply', '-f', '-'], { input: crds.map((crd) => JSON.stringify(crd)).join('\n') });
      },
    });
    pods = await startPodNetwork(cluster.controlPlane);
    await cluster.kubectl('apply', '--server-side', '-k', 'config/preview-worker');
  });
  after(async () => {
    await pods?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const verify = (args: readonly string[], kubeconfig = pods.kubeconfig): Promise<Ended> =>
    script('verify-preview-worker-deployment', [...args, '--kubeconfig', kubeconfig]);
  const told = async (...args: string[]): Promise<Told & { code: number }> => {
    const { code, stdout, stderr } = await verify([...args, '--json']);
    expect(stdout, stderr).to.match(/^\{/);
    return { code, ...(JSON.parse(stdout) as Told) };
  };
  const statuses = ({ findings }: Told) => Object.fromEntries(findings.map(({ check, status }) => [check, status]));
  const finding = ({ findings }: Told, check: string) => findings.find((one) => one.check === check);

  it('waits for the plain Deployment of config/preview-worker, and finds all well', async () => {
    const answer = await told('--timeout', '100');
    expect([answer.code, statuses(answer)]).to.deep.equal([
      0,
      { rollout: 'ok', health: 'ok', redis: 'ok', consumption: 'ok', metrics: 'ok', alerts: 'skipped' },
    ]);
    expect(finding(answer, 'alerts')?.remedy).to.include('config/preview-worker/monitoring');
  });

  it('these workers take a job and store its preview', async () => {
    await writeFile(join(cluster.inbox, 'photo.jpg'), await scene({ width: 300, height: 200 }).jpeg().toBuffer());
    const client = new PreviewClient({ redis: { url: cluster.redis.url } });
    try {
      const source = { uri: 'file:///inbox/photo.jpg' };
      const { id } = await client.submit({ version: 1, source, outputs: [{ preset: 'grid' }] });
      const { outputs } = (await client.result(id, { timeoutSeconds: 60 })) as RenderedResult;
      expect(outputs[0]).to.include({ name: 'grid', mediaType: 'image/webp' });
    } finally {
      await client.close();
    }
  });

  it('says what is wrong and what to do, in lines for people, and ends with 1', async () => {
    const { code, stdout } = await verify(['deployment/absent', '--timeout', '0']);
    expect([code, stdout]).to.deep.equal([
      1,
      `FAILED  rollout     there is no Deployment absent in the namespace ${NAMESPACE}
                    to do: name it, or a pool, as pool/NAME; kubectl apply --server-side -k config/preview-worker makes one
`,
    ]);
  });

  it('an image that no node can get fails the rollout and names it', async () => {
    const image =
      '{"spec":{"template":{"spec":{"containers":[{"name":"worker","image":"absent.example.com/worker:1"}]}}}}';
    await cluster.kubectl('patch', 'deployment', 'preview-worker', '-p', image);
    const named = 'no node can get the image absent.example.com/worker:1';
    const answer = await eventually(
      'the rollout fails for its image',
      async () => {
        const one = await told('--timeout', '0');
        return finding(one, 'rollout')?.message.includes(named) && one;
      },
      { seconds: 60, every: 500 },
    );
    expect([answer.code, finding(answer, 'rollout')?.status]).to.deep.equal([1, 'failed']);
    expect(finding(answer, 'rollout')?.remedy).to.match(/^kubectl describe pod -n preview-worker preview-worker-/);
    await cluster.kubectl('rollout', 'undo', 'deployment/preview-worker');
    expect(await told('--timeout', '60')).to.include({ code: 0, ok: true });
  });

  it('who may not ask the pods is told which right it takes', async () => {
    const { controlPlane, kubectl } = cluster;
    await kubectl('create', 'serviceaccount', 'looker');
    await kubectl('create', 'rolebinding', 'looker', '--clusterrole=view', `--serviceaccount=${NAMESPACE}:looker`);
    const token = (await kubectl('create', 'token', 'looker')).trim();
    const { server, ca } = controlPlane;
    const file = join(folder, 'looker');
    const authority = { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
    await writeFile(file, JSON.stringify(kubeconfigOf({ server, ...authority }, token)), { mode: 0o600 });
    const { code, stdout } = await verify(['--timeout', '0'], file);
    expect(code).to.equal(1);
    expect(stdout).to.include(`to do: it takes the right to get pods/proxy in the namespace ${NAMESPACE}`);
  });

  it('of a pool it tells the conditions', async () => {
    await cluster.kubectl('apply', '-f', 'examples/pool.yaml');
    const well = await told('pool/sample', '--timeout', '100');
    expect(well).to.include({ code: 0, ok: true });
    expect(finding(well, 'rollout')?.message).to.equal('WorkersReady: 2 workers are ready');
    expect(finding(well, 'alerts')?.remedy).to.equal('set spec.monitoring.alerts: {} on the pool');
    await cluster.kubectl('patch', 'pwp', 'sample', '--type=merge', '-p', '{"spec":{"suspend":true}}');
    const asleep = await told('pwp/sample', '--timeout', '100');
    expect(asleep).to.include({ code: 0, ok: true });
    expect([finding(asleep, 'rollout')?.message.split(':')[0], finding(asleep, 'health')?.status]).to.deep.equal([
      'Suspended',
      'skipped',
    ]);
    expect((await told('pool/absent', '--timeout', '0')).code).to.equal(1);
  });

  it('every command of docs/deployment.md that needs a cluster works on one', async () => {
    await cluster.kubectl('patch', 'pwp', 'sample', '--type=merge', '-p', '{"spec":{"suspend":false}}');
    for (const command of shown.rest()) {
      const [program = '', ...args] = command.split(' ');
      if (program === 'kubectl') await cluster.controlPlane.kubectl(args);
      else expect((await verify(args)).code, command).to.equal(0);
    }
  });

  it('every first look of docs/troubleshooting.md can be taken', async () => {
    await writePluginFiles(folder);
    const { kubectlPath, kubeconfigPath } = cluster.controlPlane;
    const path = [folder, dirname(kubectlPath), process.env['PATH']].join(delimiter);
    for (const command of looks.rest()) {
      // Here the operator is no pod, and pods are reached by a way round the API server.
      const typed = /pwp explain/.test(command) ? `${command} --operator ${cluster.operator?.url}` : command;
      const config = command.startsWith('scripts/') ? pods.kubeconfig : kubeconfigPath;
      await inShell(typed, { env: { KUBECONFIG: config, PATH: path } });
    }
  });

  it('a Redis that is away fails health, Redis and consumption, with the worker’s own remedy', async () => {
    await cluster.redis.stop();
    let redis: TestRedis | undefined;
    try {
      const { code, stdout } = await verify(['--timeout', '0']);
      expect(code).to.equal(1);
      expect(stdout).to.match(/^FAILED {2}health .* answers unhealthy$/m);
      expect(stdout).to.match(/^FAILED {2}redis {7}preview-worker-\S+: .+\n {20}to do: \S+/m);
    } finally {
      redis = await startRedis({ port: cluster.redis.port });
    }
    try {
      expect(await told('--timeout', '100')).to.include({ code: 0, ok: true });
    } finally {
      await redis.stop();
    }
  });

  it('without a cluster it ends with 2', async () => {
    const file = join(folder, 'nowhere');
    await writeFile(file, JSON.stringify(kubeconfigOf({ server: 'http://127.0.0.1:1' }, 'none')));
    const { code, stderr } = await verify(['--timeout', '0'], file);
    expect([code, stderr.startsWith('the cluster can not be asked: ')]).to.deep.equal([2, true]);
    expect((await verify(['service/x'], file)).stderr).to.equal(
      "'service/x' is no target: write pool/NAME or deployment/NAME\n",
    );
  });
});
