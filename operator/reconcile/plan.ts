/** What to do, as plain data: desired and live in, steps out. */
import type { Child } from '../desired/child.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Pool } from '../pool/pool.ts';
import type { OptionalProblem, Problem } from '../pool/problems.ts';
import { isUpToDate, stamped } from './fingerprint.ts';
import { atBirth, type ReplicasStep, replicasStep, type Scaling } from './replicas.ts';

export type Step =
  /** With a uid only to this very object: one that is gone is not made anew without a number of replicas. */
  | { readonly verb: 'apply'; readonly child: Child; readonly uid?: string | undefined }
  | ReplicasStep
  /** Only this very object: one of its name that came after it stays. */
  | { readonly verb: 'delete'; readonly child: Pick<Child, 'kind' | 'metadata'>; readonly uid: string };

export interface Plan {
  readonly steps: readonly Step[];
  readonly problem: Problem | undefined;
  /** Why optional children can not be had; the others go on. */
  readonly optionalProblems: readonly OptionalProblem[];
  /** Kinds that are wanted and that the API server does not serve. */
  readonly unserved: readonly string[];
}

/** What is known of kinds that a pool works without. */
export interface Kinds {
  isOptional(kind: string): boolean;
  serves(kind: string): boolean;
}

export const childKey = ({ kind, metadata: { name } }: Pick<Child, 'kind' | 'metadata'>): string => `${kind}/${name}`;

export function plan(
  pool: Pool,
  desired: readonly Child[],
  live: ReadonlyMap<string, KubeObject>,
  { isOptional, serves }: Kinds,
  scaling: Scaling,
): Plan {
  const unserved = [...new Set(desired.map(({ kind }) => kind))].filter((kind) => !serves(kind));
  const steps: Step[] = superfluous(pool, desired, live);
  const optionalProblems: OptionalProblem[] = [];
  for (const wanted of desired.filter(({ kind }) => serves(kind))) {
    const current = live.get(childKey(wanted));
    const child = stamped(current ? wanted : atBirth(pool, wanted, scaling));
    if (current && !isOwned(current, pool)) {
      const message = `${child.kind} ${child.metadata.name} exists and is not this pool's`;
      if (!isOptional(child.kind))
        return { steps: [], unserved, optionalProblems, problem: { reason: 'NameConflict', message } };
      optionalProblems.push({ kind: child.kind, reason: 'NameConflict', message });
      continue;
    }
    const upToDate = current !== undefined && isUpToDate(child, current);
    const replicas = current && replicasStep(child, current, upToDate, scaling);
    if (replicas) steps.push(replicas);
    if (!upToDate)
      steps.push({ verb: 'apply', child, uid: child.kind === 'Deployment' ? current?.metadata.uid : undefined });
  }
  return { steps, problem: undefined, optionalProblems, unserved };
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
