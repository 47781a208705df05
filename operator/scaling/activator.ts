/**
 * In mode Auto the operator alone moves a pool to 0 and away from it, through `/scale`. Every number from 1 up is the
 * HorizontalPodAutoscaler's where there is one: at 0 that one switches itself off (`ScalingDisabled`), so it can not undo a
 * suspension, and it would never end one. KEDA wakes and puts to sleep itself; of a suspension it is told too, but may be away.
 */
import type { Pool } from '../pool/pool.ts';

/** What a pool's queue asks for. */
export interface Demand {
  /** Workers in all, by the law and within the pool's bounds. */
  readonly wanted: number;
  /** For how long nothing has waited, run or been due, or others that share the queue were enough; 0 while something is to be done. */
  readonly idleSeconds: number;
}

/**
 * What to write in place of `live`; undefined when the number is another's, or right. While the demand is not known a pool
 * keeps the workers that it has.
 */
export function activation(pool: Pool, live: number, demand: Demand | undefined): number | undefined {
  const { suspend, scaling } = pool.spec;
  return scaling.auto?.provider === 'KEDA' && !suspend ? undefined : switched(pool, live, demand);
}

/** The whole number, for who writes 0 and all others by it. */
export const numberFor = (pool: Pool, live: number, demand: Demand): number =>
  switched(pool, live, demand) ?? (live === 0 ? 0 : Math.max(1, demand.wanted));

function switched(pool: Pool, live: number, demand: Demand | undefined): number | undefined {
  const { suspend, scaling } = pool.spec;
  if (scaling.mode !== 'Auto' || scaling.auto === undefined) return undefined;
  const { minReplicas, scaleToZeroAfterSeconds } = scaling.auto;
  if (suspend) return live > 0 ? 0 : undefined;
  // What arrives on average fades slowly: nothing but a job wakes anybody.
  const asked = demand?.idleSeconds === 0 ? demand.wanted : 0;
  if (live === 0) return Math.max(minReplicas, asked) || undefined;
  const mayRest = minReplicas === 0 && demand !== undefined && demand.idleSeconds >= scaleToZeroAfterSeconds;
  return mayRest ? 0 : undefined;
}
