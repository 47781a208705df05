/** Pools as the operator leaves them on a real control plane, one a situation, for tools that read them. */
import type { KubeClient } from '../../operator/kube/client.ts';
import { conditionOf, type Pool } from '../../operator/pool/pool.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { startRedis } from '../cluster/redis.ts';
import { adminClient, installCrd, POOLS_PATH, startOperator } from '../operator/operator.ts';
import { MINIMAL } from '../operator/pool/rules.ts';
import { everyPodReady } from '../operator/ready-pods.ts';

const NAMESPACE = 'gitops';
/** In which no pod may be. */
const FULL = 'gitops-full';
const LEFT_ALONE = { 'previews.mobius.dev/reconcile': 'disabled' };

export interface LivedPools {
  readonly cluster: ControlPlane;
  readonly client: KubeClient;
  /** By the reason of Ready, or what else makes them what they are. */
  readonly pools: ReadonlyMap<string, Pool>;
  stop(): Promise<void>;
}

export async function startLivedPools(): Promise<LivedPools> {
  const [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
  const client = adminClient(cluster);
  let operator: Awaited<ReturnType<typeof startOperator>> | undefined;
  const stop = async () => {
    await operator?.stop();
    await client.close();
    await Promise.all([cluster.stop(), redis.stop()]);
  };

  const queue = (url: string) => ({ queue: { name: 'previews', redis: { url } } });
  const apply = (name: string, changes: object = {}, namespace = NAMESPACE, annotations?: object) =>
    client.apply<Pool>(`${POOLS_PATH(namespace)}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name, ...(annotations && { annotations }) },
      spec: { ...MINIMAL, ...queue(redis.url), ...changes },
    });
  const get = (name: string, namespace = NAMESPACE) => client.get<Pool>(`${POOLS_PATH(namespace)}/${name}`);
  /** Once the newest spec has been looked at and a condition has this reason. */
  const once = (name: string, reason: string, { type = 'Ready', namespace = NAMESPACE } = {}) =>
    eventually(
      `${type} of pool ${name} says ${reason}`,
      async () => {
        const pool = await get(name, namespace);
        const looked = type !== 'Ready' || pool.status?.observedGeneration === pool.metadata.generation;
        return looked && conditionOf(pool, type)?.reason === reason && pool;
      },
      { seconds: 60 },
    );
  const ready = async (name: string) => {
    await apply(name);
    await everyPodReady(client, NAMESPACE, 2, name);
    return once(name, 'WorkersReady');
  };

  /** Each by itself, all at once. */
  const lives: Readonly<Record<string, () => Promise<Pool>>> = {
    WaitingForWorkers: async () => {
      await apply('starting');
      return once('starting', 'WaitingForWorkers');
    },
    WorkersReady: () => ready('whole'),
    RollingOut: async () => {
      await ready('rolling');
      await apply('rolling', { image: 'mobius-preview-worker:other' });
      return once('rolling', 'RollingOut');
    },
    TooFewWorkers: async () => {
      await ready('robbed');
      await cluster.kubectl(['-n', NAMESPACE, 'delete', 'pods', '--now', '-l', 'previews.mobius.dev/pool=robbed']);
      return once('robbed', 'TooFewWorkers');
    },
    ScaledToZero: async () => {
      await apply('asleep', { scaling: { mode: 'Fixed', replicas: 0 } });
      return once('asleep', 'ScaledToZero');
    },
    Unproven: async () => {
      await ready('changed');
      await apply('changed', { scaling: { mode: 'Fixed', replicas: 0 } });
      await once('changed', 'ScaledToZero');
      await apply('changed', { scaling: { mode: 'Fixed', replicas: 0 }, image: 'mobius-preview-worker:other' });
      return once('changed', 'Unproven');
    },
    Suspended: async () => {
      await apply('suspended', { suspend: true });
      return once('suspended', 'Suspended');
    },
    SecretNotFound: async () => {
      await apply('secretless', { queue: { name: 'previews', redis: { urlFrom: { name: 'absent', key: 'url' } } } });
      return once('secretless', 'SecretNotFound');
    },
    RedisUnreachable: async () => {
      const [port = 0] = await freePorts(1);
      await apply('alone', queue(`redis://127.0.0.1:${port}`));
      return once('alone', 'RedisUnreachable');
    },
    MemoryTooSmall: async () => {
      await apply('narrow', { template: { resources: { renderer: { limits: { memory: '64Mi' } } } } });
      return once('narrow', 'MemoryTooSmall');
    },
    NameConflict: async () => {
      await cluster.kubectl(['-n', NAMESPACE, 'create', 'service', 'clusterip', 'preview-taken', '--tcp=80']);
      await apply('taken');
      return once('taken', 'NameConflict');
    },
    PodsRefused: async () => {
      await apply('crowded', {}, FULL);
      return once('crowded', 'PodsRefused', { namespace: FULL });
    },
    ReconcileDisabled: async () => {
      await apply('left', {}, NAMESPACE, LEFT_ALONE);
      return once('left', 'ReconcileDisabled', { type: 'ReconcileDisabled' });
    },
    'ReconcileDisabled, a newer spec': async () => {
      await ready('frozen');
      await apply('frozen', {}, NAMESPACE, LEFT_ALONE);
      await once('frozen', 'ReconcileDisabled', { type: 'ReconcileDisabled' });
      await apply('frozen', { image: 'mobius-preview-worker:other' }, NAMESPACE, LEFT_ALONE);
      return get('frozen');
    },
  };

  try {
    for (const name of [NAMESPACE, FULL]) await cluster.kubectl(['create', 'namespace', name]);
    await cluster.kubectl(['-n', FULL, 'create', 'quota', 'no-pods', '--hard=pods=0']);
    await eventually('the quota is counted', async () => {
      const hard = ['-n', FULL, 'get', 'quota/no-pods', '-o', 'jsonpath={.status.hard.pods}'];
      return (await cluster.kubectl(hard)) === '0';
    });
    // Nobody is there to look.
    await apply('new');
    const pools = new Map([['not looked at yet', await get('new')]]);
    await client.delete(`${POOLS_PATH(NAMESPACE)}/new`);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
    await Promise.all(
      Object.entries(lives).map(async ([what, live]) => {
        pools.set(what, await live());
      }),
    );
    return { cluster, client, pools, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
