import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts';
import {
  adminClient,
  dryRun,
  installCrd,
  POOLS_PATH,
  quiet,
  type RunningOperator,
  startOperator,
} from '../operator/operator.ts';
import { complaints, MINIMAL, RULES } from '../operator/pool/rules.ts';

const CHILDREN = ['serviceaccounts', 'configmaps', 'services', 'deployments'] as const;
const collection = (namespace: string, plural: string) =>
  `${plural === 'deployments' ? '/apis/apps/v1' : '/api/v1'}/namespaces/${namespace}/${plural}`;
const OURS = { labelSelector: 'app.kubernetes.io/managed-by=preview-worker-operator' };

describe('gate 2: CRD and operator core', function () {
  this.timeout(10 * 60_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let proxy: FaultProxy;
  let client: KubeClient;
  let operator: RunningOperator | undefined;

  const start = async (...flags: string[]) => {
    operator = await startOperator({ server: proxy.url, adminToken: cluster.adminToken, flags });
    return operator;
  };
  const applyPool = (namespace: string, name: string, changes: Record<string, unknown> = {}) =>
    client.apply(`${POOLS_PATH(namespace)}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name, namespace },
      // A queue of its own: what a pool says does not depend on the others then.
      spec: { ...MINIMAL, queue: { name: `${namespace}-${name}`, redis: { url: redis.url } }, ...changes },
    });
  const namespace = async (name: string) => {
    await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    return name;
  };
  const settled = (where: string, count: number) =>
    eventually(
      `${count} pools of ${where} are reported on`,
      async () => {
        const { items } = await client.list<KubeObject & { status?: { observedGeneration?: number } }>(
          POOLS_PATH(where),
        );
        return (
          items.length === count &&
          items.every(({ status, metadata }) => status?.observedGeneration === metadata.generation)
        );
      },
      { seconds: 60 },
    );

  /** Children and statuses without what differs between two makings of the same thing. */
  const endState = async (where: string): Promise<string> => {
    const lists = await Promise.all([
      ...CHILDREN.map((plural) => client.list<KubeObject>(collection(where, plural), OURS)),
      client.list<KubeObject>(POOLS_PATH(where)),
    ]);
    const volatile = new Set([
      'uid',
      'resourceVersion',
      'creationTimestamp',
      'generation',
      'managedFields',
      'lastTransitionTime',
      'lastUpdateTime',
      'observedGeneration',
      'clusterIP',
    ]);
    const text = JSON.stringify(
      lists.map(({ items }) => items),
      (key, value) =>
        volatile.has(key) ||
        key === 'previews.mobius.dev/fingerprint' ||
        key === 'deployment.kubernetes.io/revision' ||
        key === 'previews.mobius.dev/config-hash' ||
        key === 'previews.mobius.dev/template-hash'
          ? undefined
          : value,
      1,
    );
    return text.replaceAll(where, 'NAMESPACE').replace(/ReplicaSet [^ ]+/g, 'ReplicaSet');
  };

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
  });
  afterEach(async () => {
    await operator?.stop();
    operator = undefined;
  });
  after(async () => {
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  it('operator killed with SIGKILL at 20 random moments: the same end state', async () => {
    const [clean, killed] = [await namespace('clean'), await namespace('killed')];
    // No node runs pods here: a template may only change where no pod of the old one would linger.
    const pools = {
      a: (slots: number) => ({
        worker: { ...(MINIMAL['worker'] as object), slots },
        scaling: { mode: 'Fixed', replicas: 0 },
      }),
      b: (slots: number) => ({
        template: { labels: { slots: String(slots) } },
        scaling: { mode: 'Fixed', replicas: 0 },
      }),
      c: (kill: number) => ({ scaling: { mode: 'Fixed', replicas: 1 + (kill % 3) } }),
    };
    const applyAll = (where: string, turn: number) =>
      Promise.all(Object.entries(pools).map(([name, changes]) => applyPool(where, name, changes(turn))));
    await start();
    await applyAll(clean, 20);
    await settled(clean, 3);
    await quiet(proxy.writes);
    await operator?.stop();

    let writes = 0;
    for (let kill = 1; kill <= 20; kill += 1) {
      const victim = await start();
      await applyAll(killed, kill);
      // A random count of writes, not of milliseconds: the moments lie where the work is.
      proxy.forget();
      const moment = Math.floor(Math.random() * 12);
      const until = performance.now() + 3_000;
      await eventually('its moment', () => proxy.writes().length >= moment || performance.now() > until, { every: 1 });
      victim.process.kill('SIGKILL');
      await victim.process.exited;
      writes += proxy.writes().length;
      await victim.stop();
    }
    await start();
    await settled(killed, 3);
    await quiet(proxy.writes);
    console.log(`      20 kills, ${writes} writes before them`);
    const [after, reference] = [(await endState(killed)).split('\n'), (await endState(clean)).split('\n')];
    expect(after.filter((line, i) => line !== reference[i])).to.deep.equal([]);
    expect(after.length).to.equal(reference.length);
  });

  it('0 idle writes and 0 writes after a restart', async () => {
    const where = await namespace('idle');
    for (const name of ['a', 'b']) await applyPool(where, name);
    // All children that a server without further CRDs takes, and those that it does not.
    await applyPool(where, 'c', {
      worker: { ...(MINIMAL['worker'] as object), sources: { http: {}, s3: { endpoint: 'https://minio' } } },
      disruptionBudget: { maxUnavailable: 1 },
      networkPolicy: {
        ingressFrom: [{ namespaceSelector: {} }],
        extraEgress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 3128, endPort: 3130 }] }],
        allowInstanceMetadata: true,
      },
      monitoring: { serviceMonitor: {}, alerts: {}, dashboard: {} },
    });
    const first = await start();
    await settled(where, 3);
    await quiet(proxy.writes);
    proxy.forget();
    const { items } = await client.list('/apis/previews.mobius.dev/v1alpha1/previewworkerpools');
    const before = await first.metric('controller_runtime_reconcile_total');
    await eventually(
      'every pool was looked at again',
      async () => (await first.metric('controller_runtime_reconcile_total')) >= before + items.length,
      { seconds: 90, every: 500 },
    );
    expect(proxy.writes(), 'idle').to.deep.equal([]);

    await first.stop();
    proxy.forget();
    const second = await start();
    await second.ready();
    await eventually(
      'every pool was reconciled',
      async () => (await second.metric('controller_runtime_reconcile_total')) >= items.length,
    );
    expect(proxy.writes(), 'after a restart').to.deep.equal([]);
  });

  it('a watch cut, a 410, a hung watch, a bad JSON line and a list 500 each survived', async () => {
    const where = await namespace('faults');
    await applyPool(where, 'pool');
    const running = await start('--watch-silence-seconds', '2');
    await running.ready();
    let slots = 10;
    const faults: Record<string, () => void> = {
      'a watch cut': proxy.cutWatches,
      'a 410': () => {
        proxy.failNext({ match: ({ watch }) => watch, status: 410, times: 5 });
        proxy.cutWatches();
      },
      'a hung watch': proxy.hangWatches,
      'a bad JSON line': () => proxy.injectLine('{"type":"MODIFIED","object":{'),
      'a list 500': () => {
        proxy.failNext({ match: ({ watch, method }) => method === 'GET' && !watch, status: 500, times: 5 });
        proxy.injectLine(
          JSON.stringify({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } }),
        );
      },
    };
    for (const [fault, strike] of Object.entries(faults)) {
      await eventually('all watches are open', () => proxy.openWatches() >= 5);
      strike();
      slots += 1;
      await applyPool(where, 'pool', { worker: { ...(MINIMAL['worker'] as object), slots } });
      await eventually(
        `the change after ${fault} is carried out`,
        async () => {
          const { data } = await client.get<{ data: Record<string, string> }>(
            `${collection(where, 'configmaps')}/preview-pool-config`,
          );
          return JSON.parse(data['config.json'] ?? '{}').slots === slots;
        },
        { seconds: 30 },
      );
    }
    expect(await running.metric('preview_operator_watch_problems_total')).to.be.at.least(5);
  });

  it('every CEL rule accepted and refused', async () => {
    const found = await Promise.all(RULES.map((rule) => complaints(rule, (candidate) => dryRun(client, candidate))));
    expect(found.flat()).to.deep.equal([]);
  });
});
