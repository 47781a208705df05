/** Who decides on `spec.replicas` of a pool's Deployment, and on which number. */
import type { Pool } from './pool.ts';

/** Written on the Deployment with the replicas themselves, so that both always speak of one moment. */
export type ReplicasOwner = 'operator' | 'autoscaler' | 'external';

const OWNERS = { Fixed: 'operator', Auto: 'autoscaler', External: 'external' } as const;

export const replicasOwner = ({ spec }: Pool): ReplicasOwner => OWNERS[spec.scaling.mode];

/** The number that the operator holds as a field of its own; undefined where another decides. */
export function ownedReplicas({ spec: { suspend, scaling } }: Pool): number | undefined {
  if (scaling.mode !== 'Fixed') return undefined;
  return suspend ? 0 : scaling.replicas;
}

/**
 * The least that is wanted, and what a Deployment starts with: at birth, and when it comes back from 0. Undefined in mode
 * External, where nobody here knows.
 */
export function leastReplicas(pool: Pool): number | undefined {
  const { suspend, scaling } = pool.spec;
  if (scaling.mode !== 'Auto') return ownedReplicas(pool);
  return suspend ? 0 : scaling.auto?.minReplicas;
}
