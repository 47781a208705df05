import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import type { KubeClient } from '../../../operator/kube/client.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { readConfig } from '../../../worker/config.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { adminClient, installCrd, POOLS_PATH } from '../../operator/operator.ts';
import { monitoringCrd } from '../../operator/optional-crds.ts';
import { script } from '../deployment/deployment.ts';

const FOLDER = 'config/preview-worker';
const NAMESPACE = 'preview-worker';

interface Deployment extends KubeObject {
  readonly spec: { replicas: number; template: { metadata: object; spec: { volumes: Volume[] } } };
}
interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
}

describe(`a worker without the operator, as ${FOLDER} has it`, function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let overlays: string;

  before(async () => {
    overlays = await mkdtemp(join(tmpdir(), 'preview-overlays-'));
    cluster = await startControlPlane({ controllers: false });
    client = adminClient(cluster);
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
    await rm(overlays, { recursive: true, force: true });
  });

  const apply = (folder: string) =>
    cluster.kubectl(['apply', '--server-side', '--validate=strict', '-k', folder, '-o', 'name']);
  const at = (group: string, plural: string, namespace = NAMESPACE) =>
    `${group ? `/apis/${group}` : '/api/v1'}/namespaces/${namespace}/${plural}`;
  const deployment = (namespace = NAMESPACE) =>
    client.get<Deployment>(`${at('apps/v1', 'deployments', namespace)}/preview-worker`);
  const configMapOf = ({ spec }: Deployment) =>
    spec.template.spec.volumes.find(({ name }) => name === 'config')?.configMap?.name ?? '';
  const overlay = async (name: string, kustomization: (base: string) => object, files: Record<string, string> = {}) => {
    const folder = join(overlays, name);
    await mkdir(folder);
    const base = relative(folder, resolve(FOLDER));
    for (const [file, text] of Object.entries({
      ...files,
      'kustomization.yaml': JSON.stringify(kustomization(base)),
    }))
      await writeFile(join(folder, file), text);
    return folder;
  };

  it('applies where no monitoring is installed: namespace, account, Service, budget, Deployment, autoscaler, configuration', async () => {
    const kinds = (await apply(FOLDER)).split('\n').filter(Boolean);
    expect(kinds.map((name) => name.replace(/-[a-z0-9]{10}$/, '-HASH')).sort()).to.deep.equal([
      'configmap/preview-worker-config-HASH',
      'deployment.apps/preview-worker',
      'horizontalpodautoscaler.autoscaling/preview-worker',
      'namespace/preview-worker',
      'poddisruptionbudget.policy/preview-worker',
      'service/preview-worker',
      'serviceaccount/preview-worker',
    ]);
  });

  it('applied again it changes nothing, not even the number of workers that an autoscaler has set', async () => {
    await client.mergePatch(
      `${at('apps/v1', 'deployments')}/preview-worker/scale`,
      { spec: { replicas: 7 } },
      'scaler',
    );
    const before = await deployment();
    await apply(FOLDER);
    const { spec, metadata } = await deployment();
    expect([spec.replicas, metadata.generation]).to.deep.equal([7, before.metadata.generation]);
  });

  it('its pods are admitted by the namespace, which enforces the restricted standard', async () => {
    const { spec } = (await deployment()).spec.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec };
    await client.create(at('', 'pods'), pod, { dryRun: 'All', fieldValidation: 'Strict' });
  });

  it('no object has a label or annotation by which an operator in the cluster would take it for a pool’s', async () => {
    const text = await cluster.kubectl(['kustomize', FOLDER]);
    expect(text).to.not.include('previews.mobius.dev/');
    expect(text).to.not.include('managed-by: preview-worker-operator');
  });

  it('its configuration is one that the worker takes', () => {
    const { queue, sink } = readConfig(join(FOLDER, 'config.json'));
    expect([queue.name, sink.file?.path]).to.deep.equal(['previews', '/previews']);
  });

  it('in another namespace, with another configuration, the pods refer to a ConfigMap of another name', async () => {
    const config = JSON.parse(await readFile(join(FOLDER, 'config.json'), 'utf8')) as object;
    const folder = await overlay(
      'media',
      (base) => ({
        resources: [base],
        namespace: 'media',
        configMapGenerator: [{ name: 'preview-worker-config', behavior: 'replace', files: ['config.json'] }],
      }),
      { 'config.json': JSON.stringify({ ...config, slots: 4 }) },
    );
    await apply(folder);
    const [ours, theirs] = [configMapOf(await deployment()), configMapOf(await deployment('media'))];
    expect(theirs)
      .to.match(/^preview-worker-config-/)
      .and.not.equal(ours);
    const { data } = await client.get<{ data: Record<string, string> }>(`${at('', 'configmaps', 'media')}/${theirs}`);
    expect(JSON.parse(data['config.json'] ?? '')).to.include({ slots: 4 });
  });

  it('an image that the script puts into an overlay is the one that is built', async () => {
    const folder = await overlay('image', (base) => ({
      resources: [base],
      images: [{ name: 'mobius-preview-worker' }],
    }));
    const imagesBy = async (...args: string[]) => {
      const { code, stderr } = await script('update-preview-worker-image', [...args, folder]);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      const built = await cluster.kubectl(['kustomize', folder]);
      return [...new Set([...built.matchAll(/^ +(?:- )?image: (.*)$/gm)].map(([, image]) => image))];
    };
    const digest = `sha256:${'ab'.repeat(32)}`;
    expect(await imagesBy('--tag', '1.10')).to.deep.equal(['mobius-preview-worker:1.10']);
    expect(await imagesBy('--digest', digest)).to.deep.equal([`mobius-preview-worker@${digest}`]);
    const whole = `r.example.com:5000/a/previews:2@${digest}`;
    expect(await imagesBy('--image', whole)).to.deep.equal([whole]);
    expect(await imagesBy('--tag', '3')).to.deep.equal(['r.example.com:5000/a/previews:3']);
  });

  it('monitoring is a folder of its own, for clusters that have the kinds; its rules name no namespace', async () => {
    const crds = [monitoringCrd('ServiceMonitor'), monitoringCrd('PrometheusRule')];
    await cluster.kubectl(['apply', '-f', '-'], { input: crds.map((crd) => JSON.stringify(crd)).join('\n') });
    await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
    expect((await apply(`${FOLDER}/monitoring`)).trim().split('\n').sort()).to.deep.equal([
      'prometheusrule.monitoring.coreos.com/preview-worker',
      'servicemonitor.monitoring.coreos.com/preview-worker',
    ]);
    const rules = await readFile(`${FOLDER}/monitoring/alert-rules.yaml`, 'utf8');
    expect(rules).to.include('alert: PreviewConsumptionStopped');
    expect(rules).to.not.match(/namespace="|preview_pool_/);
  });

  it('no Secret is in it; the example of one asks a store for each file that the pods mount', async () => {
    const built = parseAllDocuments(await cluster.kubectl(['kustomize', FOLDER])).map(
      (one) => one.toJS() as KubeObject,
    );
    expect(built.map((one) => (one as unknown as { kind: string }).kind)).to.not.include.members(['Secret']);
    const example = await readFile(`${FOLDER}/secret.example.yaml`, 'utf8');
    const [parsed] = parseAllDocuments(example).map((one) => one.toJS() as { kind: string; spec: unknown });
    expect(parsed).to.deep.include({ kind: 'ExternalSecret' });
    expect(parsed?.spec).to.deep.include({ target: { name: 'redis' } });
    expect(example).to.not.match(/redis:\/\/|stringData/);
  });

  it('config/samples holds every pool of examples/, and the API server takes them all', async () => {
    await installCrd(cluster);
    await cluster.kubectl(['apply', '--server-side', '--validate=strict', '-k', 'config/samples']);
    const { items } = await client.list(POOLS_PATH(NAMESPACE));
    expect(items.map(({ metadata }) => metadata.name).sort()).to.deep.equal(['complete', 'sample', 'sleeper']);
  });
});
