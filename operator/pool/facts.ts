/** What was observed of a pool, and what follows from it before any verdict. */
import type { AutoscalerState, AutoscalingVerdict } from './autoscaler-state.ts';
import type { DeploymentState } from './deployment-state.ts';
import type { ScaledObjectState } from './keda-state.ts';
import type { Pool } from './pool.ts';
import type { OptionalProblem, Problem } from './problems.ts';
import type { QueueFacts } from './queue-state.ts';
import { isUsable, type RedisState } from './redis-state.ts';
import { leastReplicas } from './replicas.ts';
import { type Judgement, judge } from './rollout.ts';
import type { WorkerPod } from './worker-pod.ts';
import { type SinkState, sinkStateOf } from './workers-state.ts';

export interface Facts {
  /** With its image filled in. */
  readonly pool: Pool;
  readonly deployment: DeploymentState | undefined;
  /** What the API server, a conflict or the spec itself forbids. */
  readonly problem: Problem | undefined;
  /** Why the API server did not take this spec yet, though it may. */
  readonly failure?: string | undefined;
  readonly pods: readonly WorkerPod[];
  /** Why a change of the template by the operator itself is not carried out yet. */
  readonly waits: string | undefined;
  readonly redis: RedisState;
  /** Absent while Redis can not be asked. */
  readonly queue?: QueueFacts | undefined;
  /** Other pools on the same queue, as namespace/name; undefined while that is not known. */
  readonly sharedWith?: readonly string[] | undefined;
  /** Of object stores, as `Secret NAME with key KEY`. */
  readonly missingSecrets: readonly string[];
  readonly selector: string;
  /** Of mode Auto with a HorizontalPodAutoscaler. */
  readonly autoscaler?: AutoscalerState | undefined;
  /** Why CPU, which is asked for beside the queue, is not gone by. */
  readonly cpuLeftOut?: string | undefined;
  /** Of mode Auto where the operator itself follows the queue. */
  readonly following?: AutoscalingVerdict | undefined;
  /** Of mode Auto with KEDA: `problem` is why its ScaledObject can not be had. */
  readonly keda?: { readonly scaledObject: ScaledObjectState | undefined; readonly problem: string | undefined };
  /** Absent when no optional object of monitoring is wanted. */
  readonly monitoring?: { readonly unserved: readonly string[]; readonly problem: OptionalProblem | undefined };
}

export interface Findings extends Judgement {
  /** The least that makes the pool whole. */
  readonly wanted: number;
  /** What the Deployment is asked for now: an autoscaler may want more than the least. */
  readonly asked: number;
  readonly ready: number;
  readonly updated: number;
  readonly total: number;
  /** Undefined while Redis can not be asked. */
  readonly sink: SinkState | undefined;
}

export function findingsOf(facts: Facts): Findings {
  const { pool, deployment, redis } = facts;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = deployment?.status ?? {};
  const live = deployment?.spec?.replicas;
  const least = leastReplicas(pool);
  // A pool that may be empty and is not has to have one that works.
  const wanted =
    pool.spec.scaling.mode === 'Auto' && least === 0 && !pool.spec.suspend
      ? Math.min(live ?? 0, 1)
      : (least ?? live ?? 1);
  return {
    ...judge({ ...facts, isRedisConnected: isUsable(redis) }),
    wanted,
    asked: live ?? wanted,
    ready: readyReplicas,
    updated: updatedReplicas,
    total: replicas,
    sink: facts.queue && sinkStateOf(facts.queue.heartbeats),
  };
}
