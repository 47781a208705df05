/** What to do, as plain data: desired and live in, steps out. */
import type { Child } from '../desired/child.ts';
import type { KubeObject } from '../kube/object.ts';
import { ANNOTATIONS, type Pool } from '../pool/pool.ts';
import type { Problem } from '../pool/problems.ts';
import { isUpToDate, stamped } from './fingerprint.ts';

export type Step =
  | { readonly verb: 'apply'; readonly child: Child }
  /** Gives `spec.replicas` at its live value to another manager, so that letting go of it does not reset it to 1. */
  | { readonly verb: 'hand-over'; readonly child: Child; readonly replicas: number; readonly resourceVersion: string }
  /** Only this very object: one of its name that came after it stays. */
  | { readonly verb: 'delete'; readonly child: Pick<Child, 'kind' | 'metadata'>; readonly uid: string };

export interface Plan {
  readonly steps: readonly Step[];
  readonly problem: Problem | undefined;
}

export const childKey = ({ kind, metadata: { name } }: Pick<Child, 'kind' | 'metadata'>): string => `${kind}/${name}`;

export function plan(pool: Pool, desired: readonly Child[], live: ReadonlyMap<string, KubeObject>): Plan {
  const steps: Step[] = superfluous(pool, desired, live);
  for (const child of desired.map(stamped)) {
    const current = live.get(childKey(child));
    if (current && !isOwned(current, pool)) {
      return {
        steps: [],
        problem: {
          reason: 'NameConflict',
          message: `${child.kind} ${child.metadata.name} exists and is not this pool's`,
        },
      };
    }
    if (current && isUpToDate(child, current)) continue;
    if (current) steps.push(...handOver(child, current));
    steps.push({ verb: 'apply', child });
  }
  return { steps, problem: undefined };
}

const isOwned = ({ metadata }: KubeObject, pool: Pool): boolean =>
  metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === pool.metadata.uid) ?? false;

/** What this pool owns and does not want: going first, so that two never pull at one thing. */
function superfluous(pool: Pool, desired: readonly Child[], live: ReadonlyMap<string, KubeObject>): Step[] {
  const wanted = new Set(desired.map(childKey));
  return [...live].flatMap(([key, { metadata }]): Step[] => {
    const { uid, deletionTimestamp } = metadata;
    if (wanted.has(key) || !isOwned({ metadata }, pool) || !uid || deletionTimestamp) return [];
    return [{ verb: 'delete', child: { kind: key.slice(0, key.indexOf('/')), metadata }, uid }];
  });
}

function handOver(child: Child, current: KubeObject): Step[] {
  const replicasOf = (object: KubeObject) => (object as { spec?: { replicas?: number } }).spec?.replicas;
  const replicas = replicasOf(current);
  const held = current.metadata.annotations?.[ANNOTATIONS.scalingMode] === 'Fixed';
  if (child.kind !== 'Deployment' || !held || replicas === undefined || replicasOf(child) !== undefined) return [];
  return [{ verb: 'hand-over', child, replicas, resourceVersion: current.metadata.resourceVersion ?? '' }];
}
