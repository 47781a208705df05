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

const podOf = (objects: readonly Manifest[]): PodSpec => {
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
    spec: { template: { spec: PodSpec } };
  };
  return deployment.spec.template.spec;
};

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
      monitoringCrd('ServiceMonitor'),
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

  for (const [title, values] of Object.entries({
    'as it comes': {},
    'with every option on': EVERYTHING_ON,
  })) {
    it(`${title} is taken whole by a strict server, and its pods are admitted`, async () => {
      const objects = await rendered(values);
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      const apply = ['apply', '--server-side', '--validate=strict', '--namespace', RELEASE, '-f', '-', '-o', 'name'];
      const taken = await cluster.kubectl([...apply, '--dry-run=server'], { input });
      expect(taken.trim().split('\n')).to.have.length(objects.length);

      // Without its account no pod is looked at.
      const account = objects.find(({ kind }) => kind === 'ServiceAccount');
      await cluster.kubectl(apply, { input: JSON.stringify(account) });
      expect(await admit(podOf(objects))).to.equal('admitted');
    });
  }

  it('would be refused there if its container asked for a little more', async () => {
    const pod = podOf(await rendered());
    const [container] = pod.containers;
    const looser = { ...container, securityContext: { ...container.securityContext, allowPrivilegeEscalation: true } };
    expect(await admit({ ...pod, containers: [looser] })).to.include('violates PodSecurity "restricted:latest"');
  });
});
