import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { KubeError } from '../../operator/kube/errors.ts';
import { QUEUE_API_SERVICE } from '../../operator/queue-api/api.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { grantAccess } from '../operator/access.ts';
import { installMetricsApi } from '../operator/local-metrics-api.ts';
import { adminClient, installCrd, type RunningOperator, startOperator } from '../operator/operator.ts';

interface Namespace {
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { type: string; status: string; message: string }[];
  };
}

const FAILURE = 'NamespaceDeletionDiscoveryFailure';

describe('an APIService whose operator is at 0 replicas', function () {
  this.timeout(180_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let operator: RunningOperator | undefined;
  let port = 0;

  before(async () => {
    [port = 0] = await freePorts(1);
    cluster = await startControlPlane({ beforeControllers: installCrd });
    client = adminClient(cluster);
    await installMetricsApi(cluster, port, { queues: true });
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await cluster?.stop();
  });

  const path = (name: string) => `/api/v1/namespaces/${name}`;
  const isGone = (of: string) =>
    client.get<object>(of).then(
      () => false,
      (error: unknown) => (error instanceof KubeError && error.isNotFound ? true : Promise.reject(error)),
    );
  /** Resolves when its deletion is held up by discovery. */
  const deleteOne = async (name: string) => {
    await cluster.kubectl(['create', 'namespace', name]);
    await cluster.kubectl(['create', 'configmap', 'content', '--namespace', name]);
    await cluster.kubectl(['delete', 'namespace', name, '--wait=false']);
    return eventually(
      `${name} is held`,
      async () => {
        const { status } = await client.get<Namespace>(path(name));
        return status.conditions?.find(({ type, status: is }) => type === FAILURE && is === 'True');
      },
      { seconds: 60 },
    );
  };
  const goneWithin = async (name: string) => {
    const since = performance.now();
    await eventually(`${name} is gone`, () => isGone(path(name)), { seconds: 90 });
    console.log(`      ${((performance.now() - since) / 1000).toFixed(1)} s`);
  };

  it('holds up the deletion of any namespace, whose content goes all the same, and says which API is the cause', async () => {
    const { message } = await deleteOne('team-a');
    expect(message).to.include('external.metrics.k8s.io/v1beta1').and.to.include('queues.previews.mobius.dev/v1alpha1');
    await eventually('the content is gone', () => isGone(`${path('team-a')}/configmaps/content`));
    expect((await client.get<Namespace>(path('team-a'))).status.phase).to.equal('Terminating');
  });

  it('lets it go when the operator is back', async () => {
    const access = await grantAccess(cluster);
    operator = await startOperator({
      ...{ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken, access },
      flags: ['--external-metrics', 'true', '--queue-api', 'true', '--external-metrics-port', String(port)],
    });
    await operator.ready();
    await goneWithin('team-a');
  });

  it('lets it go when it is taken away, which needs no operator', async () => {
    await operator?.stop();
    operator = undefined;
    // Until the API server has noticed, it tells of what was served, and namespaces go as ever.
    const both = [`apiservice/${API_SERVICE}`, `apiservice/${QUEUE_API_SERVICE}`];
    await cluster.kubectl(['wait', ...both, '--for=condition=Available=False', '--timeout=90s']);
    await deleteOne('team-b');
    await cluster.kubectl(['delete', ...both]);
    await goneWithin('team-b');
  });
});
