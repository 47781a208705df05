/** The pool's children, from the caches. */
import type { Child } from '../desired/child.ts';
import type { KubeClient } from '../kube/client.ts';
import { unlessNotFound } from '../kube/errors.ts';
import { type KubeObject, pathOf, type ResourceType } from '../kube/object.ts';
import type { Store } from '../kube/store.ts';
import { POOLS, type Pool } from '../pool/pool.ts';
import { childKey } from './plan.ts';

export interface ChildType extends ResourceType {
  /** Served only where its CRD is installed: a pool works without. */
  readonly optional?: true;
  /** Every pool has exactly one as long as it lives: never deleted by the operator, which then needs no right to. */
  readonly lasting?: true;
}

export const MONITORING = { group: 'monitoring.coreos.com', version: 'v1' } as const;
export const KEDA = { group: 'keda.sh', version: 'v1alpha1' } as const;

/** The kinds of children, and where the API server keeps them. */
export const CHILD_TYPES: Readonly<Record<string, ChildType>> = {
  ServiceAccount: { group: '', version: 'v1', plural: 'serviceaccounts' },
  ConfigMap: { group: '', version: 'v1', plural: 'configmaps' },
  Service: { group: '', version: 'v1', plural: 'services', lasting: true },
  Deployment: { group: 'apps', version: 'v1', plural: 'deployments', lasting: true },
  HorizontalPodAutoscaler: { group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers' },
  ScaledObject: { ...KEDA, plural: 'scaledobjects', optional: true },
  PodDisruptionBudget: { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets', lasting: true },
  NetworkPolicy: { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' },
  ServiceMonitor: { ...MONITORING, plural: 'servicemonitors', optional: true },
  PrometheusRule: { ...MONITORING, plural: 'prometheusrules', optional: true },
};

/** Of the children's stores: by the uid of the pool that owns them. */
export const OWNER_INDEX = 'owner';

export const ownerOf = ({ metadata }: KubeObject): string[] =>
  metadata.ownerReferences?.flatMap(({ controller, uid }) => (controller ? [uid] : [])) ?? [];

export function childPath({ kind, metadata: { namespace, name } }: Pick<Child, 'kind' | 'metadata'>): string {
  const type = CHILD_TYPES[kind];
  if (!type) throw new Error(`no resource type for children of kind ${kind}`);
  return pathOf(type, { namespace, name });
}

/**
 * Live children by `Kind/name`: all that the caches hold of this pool, wanted or not, and what has a wanted one's name.
 * One that no cache holds is asked for: it may be a stranger without our label.
 */
export async function observeChildren(
  client: KubeClient,
  stores: Readonly<Record<string, Store<KubeObject>>>,
  pool: Pool,
  desired: readonly Child[],
): Promise<Map<string, KubeObject>> {
  const found = await Promise.all(
    desired.map(async (child) => {
      const cached = stores[child.kind]?.get(`${child.metadata.namespace}/${child.metadata.name}`);
      const live = cached ?? (await client.get<KubeObject>(childPath(child)).catch(unlessNotFound));
      return [childKey(child), live] as const;
    }),
  );
  const owned = Object.entries(stores).flatMap(([kind, store]) =>
    store
      .byIndex(OWNER_INDEX, pool.metadata.uid ?? '')
      .map((live) => [childKey({ kind, metadata: live.metadata }), live] as const),
  );
  return new Map([...owned, ...found.flatMap(([key, live]) => (live ? [[key, live] as const] : []))]);
}

/**
 * The live children with these read from the server: a cache may be behind what the operator itself wrote a moment ago,
 * and a number of workers that rests on it is lost.
 */
export async function observeAnew(
  client: KubeClient,
  live: ReadonlyMap<string, KubeObject>,
  children: readonly Pick<Child, 'kind' | 'metadata'>[],
): Promise<Map<string, KubeObject>> {
  const anew = new Map(live);
  for (const child of children) {
    const found = await client.get<KubeObject>(childPath(child)).catch(unlessNotFound);
    if (found) anew.set(childKey(child), found);
    else anew.delete(childKey(child));
  }
  return anew;
}

/**
 * Whether the server still has this very pool, and keeps it. The cache may be behind: what is made for a pool that went
 * would carry the uid of nobody, and be taken away by the garbage collector as often as it is made.
 */
export async function isStillThere(client: KubeClient, { metadata: { namespace, name, uid } }: Pool): Promise<boolean> {
  const live = await client.get<KubeObject>(pathOf(POOLS, { namespace, name })).catch(unlessNotFound);
  return live?.metadata.uid === uid && live?.metadata.deletionTimestamp === undefined;
}
