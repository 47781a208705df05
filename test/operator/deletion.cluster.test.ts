import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { unlessNotFound } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { conditionOf, type Pool } from '../../operator/pool/pool.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { figure } from '../faults/figures.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { monitoringCrd } from './optional-crds.ts';
import { MINIMAL } from './pool/rules.ts';

/** Of everything that a pool may own and the API server has without more CRDs. */
const KINDS = 'deploy,rs,pod,svc,cm,sa,hpa,pdb,netpol';
const GONE = { seconds: 90, every: 250 };

describe('the deletion of a pool', function () {
  this.timeout(240_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let operator: RunningOperator;
  const told: string[] = [];

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
    client = adminClient(cluster);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const poolPath = (namespace: string, name = 'pool') => `${POOLS_PATH(namespace)}/${name}`;
  /** A pool with a child of each kind, in a namespace of its own, once all of them are there. */
  const settled = async (namespace: string, url = redis.url, changes: object = {}) => {
    await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await apply(namespace, url, changes);
    await eventually('the pool has its children and pods', async () => (await left(namespace)).length >= 9);
  };
  const apply = (namespace: string, url = redis.url, changes: object = {}) =>
    client.apply<Pool>(poolPath(namespace), {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: 'pool' },
      spec: {
        ...MINIMAL,
        queue: { name: 'previews', redis: { url } },
        scaling: { mode: 'Auto', auto: { provider: 'CPU', minReplicas: 1, targetCPUUtilizationPercentage: 75 } },
        networkPolicy: { enabled: true },
        ...changes,
      },
    });
  const left = async (namespace: string) => {
    const selector = 'previews.mobius.dev/pool=pool';
    const names = await cluster.kubectl(['get', KINDS, '-n', namespace, '-l', selector, '-o', 'name']);
    return names.split('\n').filter(Boolean);
  };
  const ready = (namespace: string, reason: string) =>
    eventually(`the pool says ${reason}`, async () => {
      const found = conditionOf(await client.get<Pool>(poolPath(namespace)), 'Ready');
      return found?.reason === reason && found;
    });
  const gone = async (namespace: string) => {
    const begun = performance.now();
    await eventually('the pool is gone', async () => !(await poolOf(namespace)), GONE);
    await eventually('its children are gone', async () => (await left(namespace)).length === 0, GONE);
    return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  };
  const poolOf = (namespace: string) => client.get<Pool>(poolPath(namespace)).catch(unlessNotFound);

  for (const propagationPolicy of ['Background', 'Foreground']) {
    it(`takes every child along in the ${propagationPolicy.toLowerCase()}`, async () => {
      const namespace = propagationPolicy.toLowerCase();
      await settled(namespace);
      await client.delete(poolPath(namespace), { propagationPolicy });
      told.push(`${namespace} ${await gone(namespace)}`);
    });
  }

  it('leaves what it is told to orphan alone, which a new pool of that name reports and does not take', async () => {
    await settled('orphan');
    const before = await left('orphan');
    await client.delete(poolPath('orphan'), { propagationPolicy: 'Orphan' });
    await eventually('the pool is gone', async () => !(await poolOf('orphan')), GONE);
    expect(await left('orphan')).to.deep.equal(before);
    const path = '/apis/apps/v1/namespaces/orphan/deployments/preview-pool';
    const { metadata } = await client.get<KubeObject>(path);
    expect(metadata.ownerReferences ?? []).to.deep.equal([]);
    await apply('orphan');
    expect((await ready('orphan', 'NameConflict')).message).to.contain("exists and is not this pool's");
    const { metadata: after } = await client.get<KubeObject>(path);
    expect([after.uid, after.generation, after.annotations, after.ownerReferences ?? []]).to.deep.equal([
      ...[metadata.uid, metadata.generation, metadata.annotations],
      [],
    ]);
    await client.delete(poolPath('orphan'));
    await eventually('the new pool is gone', async () => !(await poolOf('orphan')), GONE);
    told.push('orphan');
  });

  it('does not need Redis', async () => {
    // Nobody listens there.
    await settled('no-redis', 'redis://127.0.0.1:1');
    await ready('no-redis', 'RedisUnreachable');
    await client.delete(poolPath('no-redis'), { propagationPolicy: 'Foreground' });
    told.push(`without Redis ${await gone('no-redis')}`);
  });

  it('does not need the CRDs of its monitoring objects, which go at the same moment', async () => {
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const kinds = ['ServiceMonitor', 'PrometheusRule'] as const;
    for (const kind of kinds) await client.create(crds, monitoringCrd(kind));
    await settled('monitored', redis.url, { monitoring: { serviceMonitor: {}, alerts: {} } });
    const monitors = '/apis/monitoring.coreos.com/v1/namespaces/monitored/servicemonitors/preview-pool';
    await eventually('it has a ServiceMonitor', () => client.get(monitors).catch(unlessNotFound));
    const definitions = kinds.map((kind) => `${crds}/${monitoringCrd(kind).metadata.name}`);
    await Promise.all([
      ...definitions.map((path) => client.delete(path)),
      client.delete(poolPath('monitored'), { propagationPolicy: 'Foreground' }),
    ]);
    told.push(`with the CRDs of its monitoring ${await gone('monitored')}`);
    for (const path of definitions)
      await eventually('the definition is gone', async () => !(await client.get(path).catch(unlessNotFound)), GONE);
  });

  it('does not need the operator', async () => {
    await settled('no-operator');
    await operator.stop();
    await client.delete(poolPath('no-operator'), { propagationPolicy: 'Foreground' });
    told.push(`without the operator ${await gone('no-operator')}`);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
  });

  it('comes with that of its namespace, which nothing holds up', async () => {
    await settled('going');
    const begun = performance.now();
    await client.delete('/api/v1/namespaces/going');
    const namespace = () => client.get<KubeObject>('/api/v1/namespaces/going').catch(unlessNotFound);
    await eventually('the namespace is gone', async () => !(await namespace()), GONE);
    told.push(`with its namespace ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    figure(14, `pools deleted: ${told.join(', ')}; stuck 0`);
  });

  it('leaves no failure behind: what was being done for a pool that went is given up', async () => {
    await eventually('the queue is empty', async () => (await operator.metric('workqueue_depth')) === 0);
    expect(await operator.metric('preview_pool_condition'), 'gauges of pools that are gone').to.equal(0);
  });
});
