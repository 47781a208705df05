/** What was observed of a pool, and what follows from it before any verdict. */
import type { DeploymentState } from './deployment-state.ts';
import type { Pool } from './pool.ts';
import type { Problem } from './problems.ts';
import { type Judgement, judge } from './rollout.ts';
import type { WorkerPod } from './worker-pod.ts';

export interface Facts {
  /** With its image filled in. */
  readonly pool: Pool;
  readonly deployment: DeploymentState | undefined;
  /** What the API server, a conflict or the spec itself forbids. */
  readonly problem: Problem | undefined;
  readonly pods: readonly WorkerPod[];
  /** Why a change of the template by the operator itself is not carried out yet. */
  readonly waits: string | undefined;
  readonly redis: { readonly reason: 'Connected' | 'SecretNotFound' | 'RedisUnreachable'; readonly message: string };
  /** Of object stores, as `Secret NAME with key KEY`. */
  readonly missingSecrets: readonly string[];
  readonly selector: string;
}

export interface Findings extends Judgement {
  readonly wanted: number;
  readonly ready: number;
  readonly updated: number;
  readonly total: number;
}

export function findingsOf(facts: Facts): Findings {
  const { pool, deployment, redis } = facts;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = deployment?.status ?? {};
  const fixed = pool.spec.suspend ? 0 : pool.spec.scaling.replicas;
  return {
    ...judge({ ...facts, isRedisConnected: redis.reason === 'Connected' }),
    wanted: fixed ?? deployment?.spec?.replicas ?? 1,
    ready: readyReplicas,
    updated: updatedReplicas,
    total: replicas,
  };
}
