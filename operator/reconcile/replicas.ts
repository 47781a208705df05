/**
 * `spec.replicas` has one owner at every moment. A field that its owner drops goes back to the server's default, 1; so what
 * the operator held is first given to a second field manager at its live value, and dropped only then. The annotation
 * `replicas-owner` comes with the same write as the number, so that a restart in the middle finds where it was.
 */
import type { Child } from '../desired/child.ts';
import type { KubeObject } from '../kube/object.ts';
import { ANNOTATIONS, type Pool } from '../pool/pool.ts';
import { leastReplicas } from '../pool/replicas.ts';

export interface ReplicasStep {
  /**
   * `hand-over`: another field manager gets the live number, so that to let go of it does not reset it to 1.
   * `scale`: writes the subresource, as an autoscaler does.
   */
  readonly verb: 'hand-over' | 'scale';
  readonly child: Child;
  readonly replicas: number;
  /** Of the look that the number comes from: if anybody scaled since, the server answers 409 and we look again. */
  readonly resourceVersion: string;
}

/** The number of workers to write in place of the one that lives; undefined where that stays. */
export type Scaling = (live: number) => number | undefined;

type Scalable = KubeObject & { readonly spec?: { readonly replicas?: number } };

/** A Deployment that is not there yet is born with its number, held by the operator until the next look hands it over. */
export function atBirth(pool: Pool, child: Child, scaling: Scaling): Child {
  const replicas = scaling(0) ?? leastReplicas(pool);
  if (child.kind !== 'Deployment' || replicas === undefined || replicasOf(child) !== undefined) return child;
  const { spec = {}, metadata, ...rest } = child as Child & Scalable;
  const annotations = { ...metadata.annotations, [ANNOTATIONS.replicasOwner]: 'operator' };
  return { ...rest, metadata: { ...metadata, annotations }, spec: { ...spec, replicas } } as Child;
}

/** What to do to the live number, before the child is applied or when it is as it should be. */
export function replicasStep(
  child: Child,
  current: KubeObject,
  isUpToDate: boolean,
  scaling: Scaling,
): ReplicasStep | undefined {
  const live = replicasOf(current);
  if (child.kind !== 'Deployment' || live === undefined || replicasOf(child) !== undefined) return undefined;
  const resourceVersion = current.metadata.resourceVersion ?? '';
  if (isHeld(current)) return { verb: 'hand-over', child, replicas: live, resourceVersion };
  const replicas = scaling(live);
  // Workers go at once; they come back only with the template that they should have.
  if (replicas === undefined || (replicas > 0 && !isUpToDate)) return undefined;
  return { verb: 'scale', child, replicas, resourceVersion };
}

const replicasOf = (object: Scalable): number | undefined => object.spec?.replicas;

/** By the operator, unless it is said that somebody else does: to hand over what one does not hold does no harm. */
const isHeld = ({ metadata }: KubeObject): boolean =>
  !['autoscaler', 'external'].includes(metadata.annotations?.[ANNOTATIONS.replicasOwner] ?? '');
