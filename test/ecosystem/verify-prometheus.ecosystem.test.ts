/** A real Prometheus with the rules that config/preview-worker/monitoring has, asked by verify-preview-worker-deployment. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parse } from 'yaml';
import { provide } from '../../scripts/tools/provide.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { monitoringCrd } from '../operator/optional-crds.ts';
import { script } from '../scripts/deployment/deployment.ts';
import { type PodNetwork, startPodNetwork } from '../scripts/deployment/pod-network.ts';
import { startPrometheus, type TestPrometheus } from './prometheus.ts';

const MONITORING = 'config/preview-worker/monitoring';

describe('verify-preview-worker-deployment with Prometheus', function () {
  this.timeout(10 * 60_000);
  let cluster: PreviewCluster;
  let pods: PodNetwork;
  let folder: string;
  let prometheus: TestPrometheus;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-prometheus-'));
    cluster = await startPreviewCluster({
      operator: false,
      beforeControllers: async ({ kubectl }) => {
        const crds = [monitoringCrd('ServiceMonitor'), monitoringCrd('PrometheusRule')];
        await kubectl(['apply', '-f', '-'], { input: crds.map((crd) => JSON.stringify(crd)).join('\n') });
      },
    });
    pods = await startPodNetwork(cluster.controlPlane);
    await cluster.kubectl('apply', '--server-side', '-k', 'config/preview-worker');
    prometheus = await startPrometheus();
  });
  after(async () => {
    await prometheus?.stop();
    await pods?.stop();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const verify = (...args: string[]) =>
    script('verify-preview-worker-deployment', ['--kubeconfig', pods.kubeconfig, ...args]);
  const ruleSpec = async () =>
    (parse(await readFile(`${MONITORING}/alert-rules.yaml`, 'utf8')) as { spec: { groups: { rules: unknown[] }[] } })
      .spec;

  it('promtool takes the rules of a worker without the operator', async () => {
    const file = join(folder, 'checked.yaml');
    await writeFile(file, JSON.stringify(await ruleSpec()));
    const { stdout } = await promisify(execFile)(await provide('promtool'), ['check', 'rules', '--lint=all', file]);
    expect(stdout).to.match(/SUCCESS: 6 rules found/);
  });

  it('asked for, monitoring that is not there is a failure with its remedy', async () => {
    // As many as the autoscaler wants at least.
    const both = '--for=jsonpath={.status.readyReplicas}=2';
    await cluster.kubectl('wait', both, 'deployment/preview-worker', '--timeout=60s');
    const { code, stdout } = await verify('--timeout', '0', '--prometheus', prometheus.url);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^FAILED {2}alerts {6}there is no PrometheusRule\n.*config\/preview-worker\/monitoring/m);
    expect(stdout).to.match(/^FAILED {2}metrics {5}Prometheus has no series of preview-worker-\S+ and 1 more\n/m);
  });

  it('a rule that Prometheus has not loaded is told, with what to compare', async () => {
    await cluster.kubectl('apply', '--server-side', '-k', MONITORING);
    const { code, stdout } = await verify('--timeout', '0', '--prometheus', prometheus.url);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /^FAILED {2}alerts {6}Prometheus has not loaded 6 of 6 alerts of preview-worker\n.*labels/m,
    );
  });

  it('scraped and loaded, all is well', async () => {
    const { items } = JSON.parse(await cluster.kubectl('get', 'pods', '-o', 'json')) as {
      items: { metadata: { name: string }; status: { podIP: string } }[];
    };
    const targets = items.map(({ metadata: { name }, status: { podIP } }) => ({
      address: `${podIP}:3000`,
      labels: { namespace: NAMESPACE, pod: name, pool: 'worker' },
    }));
    await prometheus.watch(targets, await ruleSpec());
    const { code, stdout } = await verify('--timeout', '60', '--prometheus', prometheus.url);
    expect(code, stdout).to.equal(0);
    expect(stdout).to.match(/^ok {6}metrics {5}Prometheus scrapes 2 of 2 workers$/m);
    expect(stdout).to.match(/^ok {6}alerts {6}Prometheus has loaded all 6 alerts$/m);
  });
});
