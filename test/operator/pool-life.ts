/**
 * The same short life of a pool again and again, each time in a namespace of its own: born with an autoscaler and a
 * network policy, then without, with a number of workers, another image and another budget. What is left of it can be
 * compared with what is left of another.
 */
import type { KubeClient } from '../../operator/kube/client.ts';
import { type KubeObject, pathOf } from '../../operator/kube/object.ts';
import { MANAGED_BY } from '../../operator/pool/names.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { CHILD_TYPES } from '../../operator/reconcile/observe.ts';
import { eventually } from '../cluster/eventually.ts';
import type { RecordedRequest } from '../faults/proxy.ts';
import { POOLS_PATH } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

const NAME = 'life';
/** Long enough for what follows from the last write by itself. */
const QUIET_MS = 1_200;

const AGES: readonly { readonly spec: object; readonly hasAutoscaler: boolean }[] = [
  {
    spec: {
      scaling: { mode: 'Auto', auto: { provider: 'CPU', minReplicas: 1, targetCPUUtilizationPercentage: 75 } },
      networkPolicy: { enabled: true },
    },
    hasAutoscaler: true,
  },
  {
    spec: {
      scaling: { mode: 'Fixed', replicas: 3 },
      image: 'mobius-preview-worker:other',
      disruptionBudget: { maxUnavailable: 2 },
    },
    hasAutoscaler: false,
  },
];

export interface LifeOptions {
  readonly client: KubeClient;
  readonly redisUrl: string;
  readonly namespace: string;
  /** Through the proxy, all of them so far. */
  readonly writes: () => readonly unknown[];
  /** Resolves when an operator runs. */
  readonly running: () => Promise<unknown>;
}

/** Resolves, once nobody has anything left to do, with every leaf of the pool's status and of its children. */
export async function live({ client, redisUrl, namespace, writes, running }: LifeOptions): Promise<Leaves> {
  await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const path = `${POOLS_PATH(namespace)}/${NAME}`;
  let pool: Pool | undefined;
  for (const { spec, hasAutoscaler } of AGES) {
    const { metadata } = await client.apply<Pool>(path, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: NAME },
      spec: { ...MINIMAL, queue: { name: 'previews', redis: { url: redisUrl } }, ...spec },
    });
    let [count, since] = [-1, 0];
    await eventually(
      `the pool in ${namespace} is settled`,
      async () => {
        await running();
        if (writes().length !== count) [count, since] = [writes().length, performance.now()];
        if (performance.now() - since < QUIET_MS) return false;
        pool = await client.get<Pool>(path);
        const children = await childrenIn(client, namespace);
        return (
          pool.status?.observedGeneration === metadata.generation &&
          children.some(({ kind }) => kind === 'HorizontalPodAutoscaler') === hasAutoscaler &&
          pool.status?.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'WaitingForWorkers')
        );
      },
      { seconds: 90 },
    );
  }
  const children = await childrenIn(client, namespace);
  // The next life shall not share its operator with this one.
  await client.delete(path);
  return new Map([
    ...leaves(pool?.status, 'status'),
    ...children.flatMap((child) => leaves(child, `${child.kind}/${child.metadata.name}`)),
  ]);
}

export async function childrenIn(client: KubeClient, namespace: string): Promise<Child[]> {
  const kinds = Object.entries(CHILD_TYPES).filter(([, { optional }]) => !optional);
  const lists = await Promise.all(
    kinds.map(async ([kind, type]) => {
      const labelSelector = `app.kubernetes.io/managed-by=${MANAGED_BY}`;
      const { items } = await client.list<KubeObject>(pathOf(type, { namespace }), { labelSelector });
      return items.map((item) => ({ ...item, kind }));
    }),
  );
  return lists.flat();
}

type Child = KubeObject & { readonly kind: string };

/** Values by their path. */
export type Leaves = ReadonlyMap<string, unknown>;

function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => {
    // Their order is one of time.
    const { manager, operation, subresource } = (path.endsWith('.managedFields') ? inner : {}) as Manager;
    return leaves(inner, `${path}.${manager ? [manager, operation, subresource].join(' ') : key}`);
  });
}

interface Manager {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
}

/** Paths whose values are not the same. */
export function differences(one: Leaves, other: Leaves): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));
}

/** What was made and taken away, whatever the namespace is called; Events are told once or not at all. */
export function births(requests: readonly RecordedRequest[], namespace: string): string[] {
  return requests
    .filter(({ method, code }) => code === 201 || (method === 'DELETE' && code === 200))
    .map(({ code, path }) => `${code === 201 ? 'made' : 'deleted'} ${path.split('?')[0]}`)
    .filter((line) => line.includes(`/${namespace}/`) && !line.endsWith('/events'))
    .map((line) => line.replace(`/${namespace}/`, '/N/'))
    .sort();
}
