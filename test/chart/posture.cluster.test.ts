import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { adminClient } from '../operator/operator.ts';
import { monitoringCrd } from '../operator/optional-crds.ts';
import { EVERYTHING_ON } from './everything-on.ts';
import { type Manifest, RELEASE, rendered } from './helm.ts';

interface PodSpec {
  readonly containers: readonly [{ readonly securityContext: object }];
  readonly [field: string]: unknown;
}

const podsOf = (objects: readonly Manifest[]): PodSpec[] =>
  objects
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => (spec as { template: { spec: PodSpec } }).template.spec);

describe('the chart in a namespace that enforces restricted pods', function () {
  // The first time Helm is built.
  this.timeout(20 * 60_000);
  let cluster: ControlPlane;
  let client: KubeClient;

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    client = adminClient(cluster);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    for (const object of [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: RELEASE, labels } },
      // A controller makes it, which none does here: without its account no pod is looked at.
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: RELEASE } },
      monitoringCrd('ServiceMonitor'),
      monitoringCrd('PrometheusRule'),
    ])
      await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
    await cluster.kubectl(['wait', 'crd', '--all', '--for=condition=Established', '--timeout=60s']);
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  const admit = (spec: PodSpec): Promise<string> => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec };
    const options = { dryRun: 'All', fieldValidation: 'Strict' };
    return client.create(`/api/v1/namespaces/${RELEASE}/pods`, pod, options).then(
      () => 'admitted',
      ({ message }: Error) => message,
    );
  };

  for (const [title, { values, pods }] of Object.entries({
    'as it comes': { values: {}, pods: 1 },
    'with every option on': { values: EVERYTHING_ON, pods: 2 },
  })) {
    it(`${title} is taken whole by a strict server, and its pods are admitted`, async () => {
      const objects = await rendered(values);
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      const apply = ['apply', '--server-side', '--validate=strict', '--namespace', RELEASE, '-f', '-', '-o', 'name'];
      const taken = await cluster.kubectl([...apply, '--dry-run=server'], { input });
      expect(taken.trim().split('\n')).to.have.length(objects.length);

      const account = objects.find(({ kind }) => kind === 'ServiceAccount');
      await cluster.kubectl(apply, { input: JSON.stringify(account) });
      const admitted = await Promise.all(podsOf(objects).map(admit));
      expect(admitted).to.deep.equal(Array(pods).fill('admitted'));
    });
  }

  it('would be refused there if its container asked for a little more', async () => {
    for (const pod of podsOf(await rendered({ queueUi: { enabled: true } }))) {
      const [container] = pod.containers;
      const securityContext = { ...container.securityContext, allowPrivilegeEscalation: true };
      const looser = { ...pod, containers: [{ ...container, securityContext }] as const };
      expect(await admit(looser)).to.include('violates PodSecurity "restricted:latest"');
    }
  });
});
