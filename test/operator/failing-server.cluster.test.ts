import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, type RecordedRequest, startFaultProxy } from '../faults/proxy.ts';
import { adminClient, installCrd, POOLS_PATH, quiet, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

type Pool = KubeObject & {
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[] };
};

const RETRY_AFTER_SECONDS = 3;

describe('the operator and an API server that fails at times', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: RunningOperator;

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ controllers: false }), startRedis()]);
    await installCrd(cluster);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
    operator = await startOperator({ server: proxy.url, adminToken: cluster.adminToken });
    await operator.ready();
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const path = (name: string) => `${POOLS_PATH('default')}/${name}`;
  const applyPool = (name: string, changes: object = {}) =>
    client.apply(path(name), {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: {
        ...MINIMAL,
        queue: { name: 'previews', redis: { url: redis.url } },
        scaling: { mode: 'Fixed', replicas: 0 },
        ...changes,
      },
    });
  const says = (name: string, type: string, reason: string) =>
    eventually(
      `pool ${name} says ${type} ${reason}`,
      async () => {
        const { status } = await client.get<Pool>(path(name));
        return status?.conditions?.find((condition) => condition.type === type && condition.reason === reason);
      },
      { seconds: 60 },
    );
  const isWriteOf =
    (name: string) =>
    ({ method, path: to }: RecordedRequest): boolean =>
      method === 'PATCH' && to.includes(`/deployments/preview-${name}?`);

  it('a new pool says what the server answers, and works once it does', async () => {
    let broken = true;
    const isFailing = (request: RecordedRequest) => broken && isWriteOf('new')(request);
    proxy.failNext({ match: isFailing, status: 500, times: Number.POSITIVE_INFINITY });
    await applyPool('new');
    expect(await says('new', 'Ready', 'ApplyFailed')).to.include({ status: 'False' });
    const reconciling = await says('new', 'Reconciling', 'ApplyFailed');
    expect(reconciling.message).to.contain('deployments/preview-new').and.to.contain('injected by a test (500)');
    broken = false;
    await says('new', 'Ready', 'ScaledToZero');
  });

  it('a pool that works goes on saying so while a write that repairs it fails', async () => {
    await applyPool('old');
    await says('old', 'Ready', 'ScaledToZero');
    await quiet(proxy.writes);
    proxy.forget();
    proxy.failNext({ match: isWriteOf('old'), status: 503, times: 5 });
    const deployment = '/apis/apps/v1/namespaces/default/deployments/preview-old';
    await client.mergePatch(deployment, { spec: { template: { spec: { terminationGracePeriodSeconds: 7 } } } });
    await eventually(
      'it is repaired',
      () => proxy.writes().some((write) => isWriteOf('old')(write) && write.code === 200),
      {
        seconds: 60,
      },
    );
    expect(proxy.writes().filter(({ path: to }) => to.includes('/status') || to.includes('/events'))).to.deep.equal([]);
  });

  it('a server that asks for patience by Retry-After gets it', async () => {
    proxy.forget();
    const headers = { 'retry-after': `${RETRY_AFTER_SECONDS}` };
    proxy.failNext({ match: isWriteOf('patient'), status: 429, times: 1, headers });
    await applyPool('patient');
    await says('patient', 'Ready', 'ScaledToZero');
    const [refused, taken] = proxy.requests.filter(isWriteOf('patient'));
    expect([refused?.code, taken?.code]).to.deep.equal([429, 201]);
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).to.be.at.least(RETRY_AFTER_SECONDS * 1000);
  });

  it('an Event is written when Ready changes its reason, and at no other time', async () => {
    await applyPool('told');
    await says('told', 'Ready', 'ScaledToZero');
    await quiet(proxy.writes);
    proxy.forget();
    const events = () =>
      proxy
        .writes()
        .filter(({ path: to }) => to.includes('/events'))
        .map(({ body }) => (JSON.parse(body) as { reason: string }).reason);
    for (const turn of [1, 2, 3, 4, 5]) {
      await applyPool('told', { template: { labels: { turn: `${turn}` } } });
      await eventually('the change is carried out', async () => {
        const { metadata, status } = await client.get<Pool & { status: { observedGeneration: number } }>(path('told'));
        return status?.observedGeneration === metadata.generation;
      });
    }
    await quiet(proxy.writes);
    const changes = events();
    await applyPool('told', { template: { labels: { turn: '5' } }, suspend: true });
    await says('told', 'Ready', 'Suspended');
    await quiet(proxy.writes);
    expect([changes, events()]).to.deep.equal([[], ['Suspended']]);
  });
});
