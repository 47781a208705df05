/** What pages have people install, on a control plane that is new to all of it. */
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { inShell, shownIn } from '../documents/shown.ts';
import { adminClient } from './operator.ts';
import { keepPodsReady } from './ready-pods.ts';

const NAMESPACE = 'preview-worker-operator';

describe('docs/install.md, docs/gitops.md and docs/queue-ui.md', function () {
  this.timeout(240_000);
  const shown = shownIn('docs/install.md', import.meta.url);
  const gitops = shownIn('docs/gitops.md', import.meta.url);
  const queueUi = shownIn('docs/queue-ui.md', import.meta.url);
  let cluster: ControlPlane;
  let client: KubeClient;
  let pods: { stop(): Promise<void> };
  let env: NodeJS.ProcessEnv;

  before(async function () {
    // The first time Helm is built.
    this.timeout(20 * 60_000);
    const [helm, kubectl] = [await provide('helm'), await provide('kubectl')];
    cluster = await startControlPlane();
    client = adminClient(cluster);
    // No node is here: somebody has to say of the operator's pods that they are ready.
    pods = keepPodsReady(client, [NAMESPACE]);
    const path = [dirname(helm), dirname(kubectl), process.env['PATH']].join(delimiter);
    const home = cluster.folder;
    env = { KUBECONFIG: cluster.kubeconfigPath, PATH: path, HELM_CACHE_HOME: home, HELM_DATA_HOME: home };
  });
  after(async () => {
    await pods?.stop();
    await client?.close();
    await cluster?.stop();
  });

  const operators = async () =>
    (await cluster.kubectl(['get', 'deployments', '--all-namespaces', '-o', 'jsonpath={.items[*].metadata.namespace}']))
      .split(' ')
      .filter(Boolean);

  it('installs by kustomize, in each of the three ways, and each is taken away by the same folder', async () => {
    for (const namespace of ['team-a', 'team-b']) await cluster.kubectl(['create', 'namespace', namespace]);
    for (const folder of ['config/operator', 'config/operator-namespaced', 'examples/chosen-namespaces']) {
      // The first brings the definition and the namespace, which the others ask for.
      if (folder !== 'config/operator') {
        await cluster.kubectl(['apply', '--server-side', '-f', 'crds/']);
        await cluster.kubectl(['create', 'namespace', NAMESPACE]);
      }
      const command = shown.take(new RegExp(`-k ${folder}$`));
      expect(await inShell(command, { env })).to.match(/deployment\.apps\/preview-worker-operator serverside-applied/);
      expect(await operators()).to.deep.equal([NAMESPACE]);
      await inShell(command.replace('apply --server-side', 'delete --wait'), { env });
      await cluster.kubectl(['delete', '--ignore-not-found', '--wait', 'namespace', NAMESPACE]);
      await cluster.kubectl(['delete', '--ignore-not-found', '-f', 'crds/']);
      expect(await operators()).to.deep.equal([]);
    }
  });

  it('health and actions of pools go into the ConfigMap that Argo CD has, beside what it holds', async () => {
    await cluster.kubectl(['create', 'namespace', 'argocd']);
    await cluster.kubectl(['-n', 'argocd', 'create', 'configmap', 'argocd-cm', '--from-literal=url=https://argocd']);
    await inShell(gitops.take(/ patch configmap argocd-cm /), { env });
    const config = await cluster.kubectl(['-n', 'argocd', 'get', 'configmap', 'argocd-cm', '-o', 'json']);
    expect(Object.keys((JSON.parse(config) as { data: object }).data).sort()).to.deep.equal([
      'resource.customizations.actions.previews.mobius.dev_PreviewWorkerPool',
      'resource.customizations.health.previews.mobius.dev_PreviewWorkerPool',
      'url',
    ]);
  });

  it('installs by Helm, which waits until the operator is ready', async () => {
    expect(await inShell(shown.take(/^helm install /), { env, seconds: 120 })).to.match(/^STATUS: deployed$/m);
    expect(await operators()).to.deep.equal([NAMESPACE]);
  });

  it('the Secrets of the queue UI are made of a file and of a password that nobody types', async () => {
    const file = join(cluster.folder, 'redis-url');
    await writeFile(file, 'redis://redis:6379');
    for (const command of queueUi.rest()) await inShell(command, { env, with: { FILE: file } });
    const keys = async (name: string) => {
      const secret = await cluster.kubectl(['-n', NAMESPACE, 'get', 'secret', name, '-o', 'json']);
      return Object.keys((JSON.parse(secret) as { data: object }).data);
    };
    expect(await keys('queue-ui-redis')).to.deep.equal(['url']);
    expect(await keys('queue-ui-login')).to.deep.equal(['password', 'username']);
  });
});
