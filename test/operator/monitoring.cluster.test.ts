import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeError } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually, throughout } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, type RecordedRequest, startFaultProxy } from '../faults/proxy.ts';
import { adminClient, installCrd, POOLS_PATH, quiet, type RunningOperator, startOperator } from './operator.ts';
import { monitoringCrd as crd, MONITORING_KINDS as KINDS } from './optional-crds.ts';
import { MINIMAL } from './pool/rules.ts';

type Pool = KubeObject & {
  status: { conditions?: { type: string; status: string; reason: string; message: string }[] };
};
const path = (kind: keyof typeof KINDS, pool: string) =>
  `/apis/monitoring.coreos.com/v1/namespaces/default/${KINDS[kind]}/preview-${pool}`;

describe('monitoring objects, whose CRDs come and go', function () {
  this.timeout(180_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: RunningOperator;

  const start = async (...flags: string[]) => {
    operator = await startOperator({ server: proxy.url, adminToken: cluster.adminToken, flags });
    await operator.ready();
  };
  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
    await start();
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const applyPool = (name: string, monitoring?: Record<string, unknown>) =>
    client.apply(`${POOLS_PATH('default')}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: {
        ...MINIMAL,
        queue: { name: 'previews', redis: { url: redis.url } },
        scaling: { mode: 'Fixed', replicas: 0 },
        ...(monitoring ? { monitoring } : {}),
      },
    });
  const found = <T = KubeObject>(where: string) =>
    client.get<T>(where).catch((error: KubeError) => (error.isNotFound ? undefined : Promise.reject(error)));
  const says = (name: string, type: string, reason: string) =>
    eventually(
      `pool ${name} says ${type} ${reason}`,
      async () => {
        const { status } = await client.get<Pool>(`${POOLS_PATH('default')}/${name}`);
        return status.conditions?.find((condition) => condition.type === type && condition.reason === reason);
      },
      { seconds: 40 },
    );
  const isThere = (kind: keyof typeof KINDS, pool: string) =>
    eventually(`${kind} of ${pool}`, () => found(path(kind, pool)), { seconds: 40 });
  const ALL = { serviceMonitor: { labels: { release: 'stack' } }, alerts: {}, dashboard: {} };

  it('a pool works without the CRDs and says what is missing', async () => {
    await applyPool('early', ALL);
    const missing = await says('early', 'MonitoringConfigured', 'CRDNotInstalled');
    expect(missing.status).to.equal('False');
    expect(missing.message).to.contain('ServiceMonitor and PrometheusRule').and.to.contain('install the CRDs');
    expect((await says('early', 'Ready', 'ScaledToZero')).status).to.equal('True');
  });

  it('nothing is written and little is asked while they are missing', async () => {
    await quiet(proxy.writes);
    proxy.forget();
    const since = performance.now();
    await eventually('two looks', () => proxy.requests.filter(isDiscovery).length >= 2, { seconds: 60, every: 200 });
    expect(performance.now() - since, 'milliseconds for two looks').to.be.greaterThan(9_000);
    expect(
      proxy.requests.filter(({ path: asked }) => asked.includes('coreos') && !isDiscovery({ path: asked })),
    ).to.deep.equal([]);
    expect(proxy.writes()).to.deep.equal([]);
  });

  it('the objects are made when the CRDs are installed under the running operator', async () => {
    for (const kind of ['ServiceMonitor', 'PrometheusRule'] as const)
      await client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd(kind));
    const monitor = (await isThere('ServiceMonitor', 'early')) as KubeObject & { spec: { endpoints: object[] } };
    expect(monitor.metadata.labels).to.include({ release: 'stack', 'previews.mobius.dev/pool': 'early' });
    expect(monitor.spec.endpoints[0]).to.include({ port: 'http', path: '/metrics', interval: '30s' });
    await isThere('PrometheusRule', 'early');
    expect((await says('early', 'MonitoringConfigured', 'AsExpected')).status).to.equal('True');
  });

  it('they are repaired, and cost no write while idle or after a restart', async () => {
    await client.mergePatch(path('ServiceMonitor', 'early'), { spec: { endpoints: [] } });
    await eventually('repaired', async () =>
      JSON.stringify(await found(path('ServiceMonitor', 'early'))).includes('"/metrics"'),
    );
    await quiet(proxy.writes);
    await operator.stop();
    proxy.forget();
    await start();
    await eventually(
      'the pool was looked at twice',
      async () => (await operator.metric('controller_runtime_reconcile_total')) >= 2,
      { seconds: 60, every: 500 },
    );
    expect(proxy.writes()).to.deep.equal([]);
  });

  it('one that is switched off goes, the others stay', async () => {
    await applyPool('early', { ...ALL, alerts: { enabled: false } });
    await eventually('the rule is gone', async () => (await found(path('PrometheusRule', 'early'))) === undefined);
    expect(await found(path('ServiceMonitor', 'early'))).to.not.equal(undefined);
    expect(await found('/api/v1/namespaces/default/configmaps/preview-early-dashboard')).to.not.equal(undefined);
    await applyPool('early', ALL);
    await isThere('PrometheusRule', 'early');
  });

  it('an operator that is told to share the alerts takes the rules of pools away, and says nothing is amiss', async () => {
    await operator.stop();
    await start('--alerting', 'Shared');
    await eventually('the rule is gone', async () => (await found(path('PrometheusRule', 'early'))) === undefined);
    await says('early', 'MonitoringConfigured', 'AsExpected');
    expect(await found(path('ServiceMonitor', 'early'))).to.not.equal(undefined);
    expect(await operator.metric('preview_pool_alerts_enabled')).to.equal(1);
    await operator.stop();
    await start();
    await isThere('PrometheusRule', 'early');
  });

  it('a kind that vanishes under the operator is said, made no more, and can be deleted', async () => {
    await quiet(proxy.writes);
    proxy.forget();
    await client.delete(
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${KINDS.PrometheusRule}.monitoring.coreos.com`,
    );
    await eventually(
      'the CRD is gone',
      async () =>
        (await found(
          `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${KINDS.PrometheusRule}.monitoring.coreos.com`,
        )) === undefined,
      { seconds: 60 },
    );
    const missing = await says('early', 'MonitoringConfigured', 'CRDNotInstalled');
    expect(missing.message).to.contain('does not serve PrometheusRule;');
    expect((await says('early', 'Ready', 'ScaledToZero')).status).to.equal('True');
    await quiet(proxy.writes);
    const attempts = proxy.writes().filter(({ path: asked }) => asked.includes('prometheusrules'));
    expect(attempts.length, 'attempts to make it again').to.be.at.most(5);
    expect(await found(path('ServiceMonitor', 'early'))).to.not.equal(undefined);
  });

  it('it is followed again when it comes back', async () => {
    await client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd('PrometheusRule'));
    await isThere('PrometheusRule', 'early');
    await says('early', 'MonitoringConfigured', 'AsExpected');
    await client.delete(path('PrometheusRule', 'early'));
    await isThere('PrometheusRule', 'early');
  });

  it('a write that is answered 404 is no failure of the pool and no hot loop', async () => {
    let isBroken = true;
    const isTry = ({ method, path: asked }: RecordedRequest) =>
      method === 'PATCH' && asked.includes('/servicemonitors/preview-late');
    proxy.failNext({ match: (request) => isBroken && isTry(request), status: 404, times: 1_000 });
    await applyPool('late', ALL);
    await says('late', 'MonitoringConfigured', 'CRDNotInstalled');
    await says('late', 'Ready', 'ScaledToZero');
    const tries = proxy.requests.filter(isTry).length;
    await throughout(3, async () => expect(proxy.requests.filter(isTry).length - tries).to.be.below(5));
    isBroken = false;
    await applyPool('late', { ...ALL, alerts: { labels: { release: 'stack' } } });
    await isThere('ServiceMonitor', 'late');
  });

  it("another's object of the same name stays as it is, and costs the pool nothing but that object", async () => {
    const others = { spec: { groups: [] }, apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' };
    await client.apply(path('PrometheusRule', 'taken'), { ...others, metadata: { name: 'preview-taken' } });
    await applyPool('taken', ALL);
    const conflict = await says('taken', 'MonitoringConfigured', 'NameConflict');
    expect(conflict.message).to.contain("PrometheusRule preview-taken exists and is not this pool's");
    await says('taken', 'Ready', 'ScaledToZero');
    await isThere('ServiceMonitor', 'taken');
    expect(await found<object>(path('PrometheusRule', 'taken'))).to.have.deep.property('spec', others.spec);
    await client.delete(path('PrometheusRule', 'taken'));
    // Nobody tells the operator of objects without its label: the next look at the pool finds that this one is gone.
    await applyPool('taken', { ...ALL, alerts: { labels: { release: 'stack' } } });
    await says('taken', 'MonitoringConfigured', 'AsExpected');
    expect(await found<object>(path('PrometheusRule', 'taken'))).to.not.have.deep.property('spec', others.spec);
  });

  it('a pool that wants no such object says nothing about it', async () => {
    await applyPool('plain', { dashboard: {} });
    await says('plain', 'Ready', 'ScaledToZero');
    const { status } = await client.get<Pool>(`${POOLS_PATH('default')}/plain`);
    expect(status.conditions?.map(({ type }) => type)).to.not.include('MonitoringConfigured');
  });

  it('conditions and ready workers are exported by pool, and end with it', async () => {
    const series = async () =>
      (await (await fetch(`${operator.url}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('preview_pool_') && line.includes('pool="plain"'));
    expect(await series()).to.include.members([
      'preview_pool_condition{namespace="default",pool="plain",condition="Ready"} 1',
      'preview_pool_condition{namespace="default",pool="plain",condition="Degraded"} 0',
      'preview_pool_ready_workers{namespace="default",pool="plain"} 0',
    ]);
    await client.delete(`${POOLS_PATH('default')}/plain`);
    await eventually('no series is left', async () => (await series()).length === 0);
  });
});

const isDiscovery = ({ path: asked }: { readonly path: string }): boolean => asked === '/apis/monitoring.coreos.com/v1';
