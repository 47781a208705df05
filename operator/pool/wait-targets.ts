import type { Pool } from './pool.ts';

/** Seconds by lane within which jobs are to start; undefined where the workers do not follow the waiting time. */
export function waitTargets({ spec: { scaling } }: Pool): { interactive: number; backfill: number } | undefined {
  const { mode, auto } = scaling;
  if (mode !== 'Auto' || auto === undefined || auto.provider === 'CPU') return undefined;
  return { interactive: auto.targetWaitSeconds, backfill: auto.backfillTargetWaitSeconds };
}
