/**
 * In mode Auto the operator alone moves a pool to 0 and away from it, through `/scale`; every number from 1 up is the
 * HorizontalPodAutoscaler's. At 0 that one switches itself off (`ScalingDisabled`), so it can not undo a suspension, and
 * it would never end one.
 */
import type { Pool } from '../pool/pool.ts';
import { leastReplicas } from '../pool/replicas.ts';

/** What to write in place of `live`; undefined when the number is the autoscaler's, or right. */
export function activation(pool: Pool, live: number): number | undefined {
  if (pool.spec.scaling.mode !== 'Auto') return undefined;
  const least = leastReplicas(pool) ?? 0;
  const isAsleep = live === 0;
  const shouldSleep = least === 0;
  return isAsleep === shouldSleep ? undefined : least;
}
