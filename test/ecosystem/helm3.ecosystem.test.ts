/** The chart by Helm 3, which many still have. Needs Go and its module proxy. */
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { EVERYTHING_ON } from '../chart/everything-on.ts';
import { CHART, helm, RELEASE, rendered } from '../chart/helm.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { adminClient, POOLS_PATH } from '../operator/operator.ts';
import { monitoringCrd } from '../operator/optional-crds.ts';
import { MINIMAL } from '../operator/pool/rules.ts';
import { keepPodsReady } from '../operator/ready-pods.ts';

const tool = 'helm3';
const SECRET = `/api/v1/namespaces/${RELEASE}/secrets/${RELEASE}-metrics`;
const POOL = `${POOLS_PATH('default')}/photos`;

describe('the chart by Helm 3', function () {
  this.timeout(10 * 60_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let pods: { stop(): Promise<void> };

  before(async () => {
    await Promise.all([provide('helm'), provide(tool)]);
    cluster = await startControlPlane();
    client = adminClient(cluster);
    pods = keepPodsReady(client, [RELEASE]);
  });
  after(async () => {
    await pods?.stop();
    await client?.close();
    await cluster?.stop();
  });

  const release = (command: string, ...args: readonly string[]) =>
    helm([command, RELEASE, '--namespace', RELEASE, '--wait', '--timeout=120s', ...args], {
      ...{ kubeconfig: cluster.kubeconfigPath, seconds: 130, tool },
    });
  const replicas = async () =>
    (await client.get<{ spec: { replicas: number } }>(`/apis/apps/v1/namespaces/${RELEASE}/deployments/${RELEASE}`))
      .spec.replicas;

  it('passes lint --strict', async () => {
    expect(await helm(['lint', '--strict', CHART], { tool })).to.include('1 chart(s) linted, 0 chart(s) failed');
  });

  it('renders what Helm 4 renders, as it comes and with every option on', async () => {
    for (const values of [{}, EVERYTHING_ON])
      expect(await rendered(values, { tool })).to.deep.equal(await rendered(values));
  });

  it('refuses a value that nobody knows, by name', async () => {
    const refusal = await rendered({ replicaCount: 1 }, { tool }).catch(({ message }: Error) => message);
    expect(refusal).to.match(/additional propert.*'replicaCount' not allowed/i);
  });

  it('is installed and waited for', async () => {
    await release('install', CHART, '--create-namespace');
    await client.apply(POOL, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: 'photos', namespace: 'default' },
      spec: MINIMAL,
    });
    expect(await replicas()).to.equal(2);
  });

  it('is upgraded, and keeps what the operator writes into its objects: certificate and authority', async () => {
    const tls = { 'tls.key': Buffer.from('key').toString('base64') };
    const caBundle = Buffer.from(cluster.ca).toString('base64');
    const api = `/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`;
    await client.mergePatch(SECRET, { data: tls });
    await client.mergePatch(api, { spec: { caBundle } });
    await release('upgrade', CHART, '--set', 'replicas=3');
    expect(await replicas()).to.equal(3);
    expect((await client.get<{ data: object }>(SECRET)).data).to.deep.equal(tls);
    expect((await client.get<{ spec: { caBundle: string } }>(api)).spec.caBundle).to.equal(caBundle);
  });

  it('is rolled back', async () => {
    await release('rollback');
    expect(await replicas()).to.equal(2);
  });

  it('that Helm 3 installed is upgraded by Helm 4, and by Helm 3 again', async () => {
    const upgrade = ['upgrade', RELEASE, CHART, '--namespace', RELEASE, '--wait', '--timeout=120s'];
    await helm([...upgrade, '--set', 'replicas=4'], { kubeconfig: cluster.kubeconfigPath, seconds: 130 });
    expect(await replicas()).to.equal(4);
    await release('upgrade', CHART, '--reset-values');
    expect(await replicas()).to.equal(2);
  });

  it('is uninstalled, and leaves the definition with its pools', async () => {
    await release('uninstall');
    expect((await client.get<KubeObject>(POOL)).metadata.name).to.equal('photos');
    const left = await cluster.kubectl([
      ...['get', 'clusterroles,clusterrolebindings,apiservices', '-o', 'name'],
      ...['-l', 'app.kubernetes.io/part-of=preview-worker'],
    ]);
    expect(left).to.equal('');
  });

  it('is installed with every option on', async () => {
    for (const kind of ['ServiceMonitor', 'PrometheusRule'] as const) {
      const { metadata } = monitoringCrd(kind);
      await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(monitoringCrd(kind)) });
      await cluster.kubectl(['wait', 'crd', metadata.name, '--for=condition=Established', '--timeout=30s']);
    }
    await helm(
      ['install', RELEASE, CHART, '--namespace', RELEASE, '--create-namespace', '--take-ownership', '--values', '-'],
      { ...{ kubeconfig: cluster.kubeconfigPath, seconds: 130, tool }, input: JSON.stringify(EVERYTHING_ON) },
    );
  });
});
