/**
 * Follows the queue of each pool whose number of workers comes from it: reads its load, estimates what arrives and how long
 * jobs take, and asks for a reconciliation when another number should be written.
 */
import { keyOf } from '../kube/object.ts';
import type { AutoscalingVerdict } from '../pool/autoscaler-state.ts';
import { behaviorOf } from '../pool/behavior.ts';
import type { Pool } from '../pool/pool.ts';
import { type RedisClient, type RedisConnections, RedisUnreachable } from '../redis/connections.ts';
import type { QueueEvents } from '../redis/queue-events.ts';
import { activation, type Demand } from './activator.ts';
import { type Decision, desiredWorkers } from './law.ts';
import { Pace } from './pace.ts';

/** Between two looks, in seconds: at a queue that works, and at one that sleeps, whose events are followed. */
const LOOK = { awake: 5, asleep: 60 } as const;
/** The share of the slots that is to be busy at steady load. */
const RHO = 0.8;

export interface Workers {
  readonly live: number;
  readonly ready: number;
  /** Of each pod that is ready, by its uid: seconds from creation to readiness. */
  readonly startups: ReadonlyMap<string, number>;
}

export interface Look {
  /** Undefined while the load is not known. */
  readonly demand: Demand | undefined;
  readonly verdict: AutoscalingVerdict;
}
