/** The Prometheus Operator's own CRDs take what a pool's monitoring makes, as it is. Needs Go and its module proxy. */
import { join } from 'node:path';
import { expect } from 'chai';
import { prometheusRule } from '../../operator/desired/prometheus-rule.ts';
import { serviceMonitor } from '../../operator/desired/service-monitor.ts';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts';
import {
  adminClient,
  installCrd,
  POOLS_PATH,
  quiet,
  type RunningOperator,
  startOperator,
} from '../operator/operator.ts';
import { MINIMAL } from '../operator/pool/rules.ts';
import { goModule, MONITORING_MODULE } from './go-module.ts';

const KINDS = { servicemonitors: serviceMonitor, prometheusrules: prometheusRule };
const collection = (plural: string) => `/apis/monitoring.coreos.com/v1/namespaces/default/${plural}`;

describe('monitoring objects under the CRDs of the Prometheus Operator', function () {
  this.timeout(5 * 60_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: RunningOperator;
  let pool: Pool;

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
    const folder = join(await goModule(MONITORING_MODULE), 'example', 'prometheus-operator-crd');
    for (const plural of Object.keys(KINDS))
      await cluster.kubectl(['apply', '--server-side', '-f', join(folder, `monitoring.coreos.com_${plural}.yaml`)]);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
    operator = await startOperator({ server: proxy.url, adminToken: cluster.adminToken });
    await operator.ready();
    await client.apply(`${POOLS_PATH('default')}/pool`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: 'pool' },
      spec: {
        ...MINIMAL,
        queue: { name: 'previews', redis: { url: redis.url } },
        scaling: { mode: 'Fixed', replicas: 0 },
        monitoring: {
          serviceMonitor: { labels: { release: 'stack' } },
          alerts: { runbookBaseURL: 'https://example.com/alerts.md#' },
        },
      },
    });
    pool = await client.get<Pool>(`${POOLS_PATH('default')}/pool`);
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  it('the pool says that monitoring is as expected', async () => {
    await eventually('MonitoringConfigured is True', async () => {
      const { status } = await client.get<Pool>(`${POOLS_PATH('default')}/pool`);
      return status?.conditions?.some((one) => one.type === 'MonitoringConfigured' && one.status === 'True');
    });
  });

  for (const [plural, build] of Object.entries(KINDS))
    it(`${plural} hold every field that was rendered, and the server refuses none as unknown`, async () => {
      const rendered = build(pool);
      const { metadata } = await client.get<KubeObject>(`${collection(plural)}/preview-pool`);
      const strict = { dryRun: 'All', fieldValidation: 'Strict' };
      const copy = { ...rendered, metadata: { ...rendered?.metadata, name: 'copy' } };
      const answer = await client.create<KubeObject & { spec: object }>(collection(plural), copy, strict);
      expect(metadata.labels).to.deep.equal(rendered?.metadata.labels);
      expect(answer)
        .to.have.property('spec')
        .that.deep.includes((rendered as unknown as { spec: object }).spec);
    });

  it('defaults of the CRDs are no drift: nothing is written while idle', async () => {
    await quiet(proxy.writes);
    proxy.forget();
    const before = await operator.metric('controller_runtime_reconcile_total');
    await eventually(
      'the pool was looked at again',
      async () => (await operator.metric('controller_runtime_reconcile_total')) > before,
      { seconds: 60, every: 500 },
    );
    expect(proxy.writes()).to.deep.equal([]);
  });
});
