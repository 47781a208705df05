/**
 * Which image a pool runs, and what its pods prove about it. The status is the memory: an image that failed is first
 * written down, then left; the operator may end at any moment in between.
 */

import { type DeploymentState, isSettled, liveImage, liveTemplate } from './deployment-state.ts';
import { ANNOTATIONS, type Pool } from './pool.ts';
import type { PoolStatus } from './spec.generated.ts';
import { type PodFailure, type WorkerPod, worstOf } from './worker-pod.ts';

/** What serves, what failed: the part of the status that outlives a look. */
export type RolloutMemory = Pick<PoolStatus, 'image' | 'provenTemplate' | 'failedImage' | 'failedBecause'>;

export interface RolloutFacts {
  /** With its image filled in. */
  readonly pool: Pool;
  readonly deployment: DeploymentState | undefined;
  readonly pods: readonly WorkerPod[];
  readonly isRedisConnected: boolean;
}

export interface Judgement {
  readonly memory: RolloutMemory;
  /** Of pods of the template that the Deployment has now. */
  readonly failure: PodFailure | undefined;
  /** Whether workers of this very template were ready once. */
  readonly isProven: boolean;
}

/** The pool as it is to be rendered: in place of an image that failed, the one that served before. */
export function withImageToRun(pool: Pool): Pool {
  const { image, failedImage } = pool.status ?? {};
  if (image === undefined || failedImage === undefined || failedImage !== pool.spec.image) return pool;
  return pool.spec.rollout.rollbackOnFailure ? { ...pool, spec: { ...pool.spec, image } } : pool;
}

/** Whether restarted-at has another value than the pods' template bears: a restart that is asked for and not carried out. */
const isRestartDue = (pool: Pool, deployment: DeploymentState | undefined): boolean =>
  deployment !== undefined &&
  liveTemplate(deployment).restartedAt !== pool.metadata.annotations?.[ANNOTATIONS.restartedAt];

/** Whether the image that failed is to be tried once more. */
export const isAskedAgain = (pool: Pool, deployment: DeploymentState | undefined): boolean =>
  pool.status?.failedImage === pool.spec.image && isRestartDue(pool, deployment);

export function judge(facts: RolloutFacts): Judgement {
  const { pool, deployment, pods } = facts;
  const { hash } = liveTemplate(deployment);
  const image = liveImage(deployment);
  const current = pods.filter(({ template }) => template === hash);
  const failure = worstOf(current.flatMap((pod) => pod.failure ?? []));
  const before = pool.status ?? {};
  const settled = isSettled(deployment) && hash !== undefined && image !== undefined;
  const proven = settled ? { image, provenTemplate: hash } : kept(before);
  const memory = { ...proven, ...failed(facts, { failure, settled, image }) };
  return { memory, failure, isProven: hash !== undefined && memory.provenTemplate === hash };
}

function kept({ image, provenTemplate }: RolloutMemory): RolloutMemory {
  return { ...(image ? { image } : {}), ...(provenTemplate ? { provenTemplate } : {}) };
}

function failed(
  { pool, deployment, pods, isRedisConnected }: RolloutFacts,
  { failure, settled, image }: { failure: PodFailure | undefined; settled: boolean; image: string | undefined },
): RolloutMemory {
  const { image: served, failedImage, failedBecause = '' } = pool.status ?? {};
  const wanted = pool.spec.image;
  if (!pool.spec.rollout.rollbackOnFailure || served === undefined || wanted === undefined) return {};
  if (failedImage === wanted) return isAskedAgain(pool, deployment) ? {} : { failedImage, failedBecause };
  if (settled || image !== wanted || served === wanted || !failure?.isConclusive) return {};
  // Its evidence is of the attempt before: written down now, it would be forgotten at the next look.
  if (isRestartDue(pool, deployment)) return {};
  if (failure.reason === 'CrashLooping') {
    // A crash may be anything's fault, unless all else is the same and the old workers are well.
    const { hash } = liveTemplate(deployment);
    const oldAreWell = pods.some(({ template, isReady }) => template !== hash && isReady);
    if (!oldAreWell || !isRedisConnected) return {};
  }
  return { failedImage: wanted, failedBecause: failure.message };
}
