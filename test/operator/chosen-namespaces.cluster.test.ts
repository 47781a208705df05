import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import type { KubeClient } from '../../operator/kube/client.ts';
import { KubeError } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts';
import { operatorToken } from './access.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

const EXAMPLE = 'examples/chosen-namespaces';
const ACCOUNT = 'preview-worker-operator';

interface Manifest extends KubeObject {
  readonly kind: string;
  readonly spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
}
type Pool = KubeObject & { status?: { observedGeneration?: number } };

describe('one operator for chosen namespaces, installed as the example shows', function () {
  this.timeout(240_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: RunningOperator | undefined;
  let manifests: Manifest[];

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    client = adminClient(cluster);
    await installCrd(cluster);
    for (const name of [ACCOUNT, 'team-a', 'team-b', 'team-c']) await cluster.kubectl(['create', 'namespace', name]);
    await cluster.kubectl(['apply', '--server-side', '-k', EXAMPLE]);
    manifests = parseAllDocuments(await cluster.kubectl(['kustomize', EXAMPLE])).map((one) => one.toJS() as Manifest);
    proxy = await startFaultProxy(cluster);
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await proxy?.stop();
    await cluster?.stop();
  });

  const apply = (namespace: string) =>
    client.apply<Pool>(`${POOLS_PATH(namespace)}/photos`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: 'photos' },
      spec: { ...MINIMAL, scaling: { mode: 'Fixed', replicas: 1 }, networkPolicy: {} },
    });
  const isThere = (path: string) =>
    client.get(path).then(
      () => true,
      (error: unknown) => (error instanceof KubeError && error.isNotFound ? false : Promise.reject(error)),
    );
  const deployment = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/preview-photos`;

  it('makes the pools of these two, sees none elsewhere, and nothing is refused', async () => {
    const env = manifests.find(({ kind }) => kind === 'Deployment')?.spec.template.spec.containers[0]?.env;
    const watched = env?.find(({ name }) => name === 'WATCH_NAMESPACES')?.value ?? '';
    expect(watched).to.equal('team-a,team-b');
    for (const namespace of ['team-a', 'team-b', 'team-c']) await apply(namespace);
    const access = { token: await operatorToken(cluster), namespace: ACCOUNT };
    const flags = ['--watch-namespaces', watched];
    operator = await startOperator({
      server: proxy.url,
      adminToken: cluster.adminToken,
      access,
      flags,
      leaderElection: true,
    });
    await operator.ready();
    for (const namespace of ['team-a', 'team-b']) {
      await eventually(
        `the pool of ${namespace} is made and reported on`,
        async () => {
          const { status, metadata } = await client.get<Pool>(`${POOLS_PATH(namespace)}/photos`);
          return status?.observedGeneration === metadata.generation && (await isThere(deployment(namespace)));
        },
        { seconds: 60 },
      );
    }
    await operator.stop();
    expect(await isThere(deployment('team-c'))).to.equal(false);
    const refused = proxy.requests.filter(({ code }) => code === 401 || code === 403);
    expect(refused.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([]);
    expect(proxy.requests.some(({ path }) => path.includes('/team-c/'))).to.equal(false);
  });

  it('has rights on pools in these two and nowhere else, and cluster-wide none', async () => {
    const may = async (...asked: string[]) => {
      const account = `system:serviceaccount:${ACCOUNT}:${ACCOUNT}`;
      const answer = await cluster
        .kubectl(['auth', 'can-i', ...asked, '--as', account])
        .catch((error: Error) => error.message);
      return answer.trim() === 'yes';
    };
    for (const [namespace, wanted] of [
      ['team-a', true],
      ['team-b', true],
      ['team-c', false],
      [ACCOUNT, false],
    ] as const) {
      expect(await may('patch', 'deployments', '--namespace', namespace), namespace).to.equal(wanted);
    }
    expect(manifests.filter(({ kind }) => kind.startsWith('ClusterRole'))).to.deep.equal([]);
  });
});
