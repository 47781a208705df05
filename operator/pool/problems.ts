import type { REASONS } from './conditions.ts';
import { type Pool, shutdownGraceSeconds } from './pool.ts';
import { bytesOf, quantityOf } from './quantity.ts';

/** What forbids a pool to work, by its reason; each is a situation of its own. */
export const PROBLEMS = {
  NameConflict: "another's object has a child's name",
  Refused: 'the API server refuses a child (quota, forbidden, immutable)',
  MemoryTooSmall: "the renderer's memory limit is below slots × perJob.memory",
  GraceTooShort: 'the grace is shorter than a job may take',
} as const satisfies Partial<Record<keyof typeof REASONS, string>>;

export type ProblemReason = keyof typeof PROBLEMS;

/** Why a spec can not work, or not work well, where CEL could not say it. */
export interface Problem {
  readonly reason: ProblemReason;
  readonly message: string;
}

/** The first reason for which this spec can never make a working pool. */
export function specProblem(pool: Pool): Problem | undefined {
  const { worker, template } = pool.spec;
  const limit = template.resources?.renderer?.limits?.['memory'];
  const needed = worker.slots * bytesOf(worker.perJob.memory);
  if (limit !== undefined && quantityOf(limit) < needed) {
    return {
      reason: 'MemoryTooSmall',
      message: `the renderer's memory limit ${limit} is below slots × perJob.memory = ${worker.slots} × ${worker.perJob.memory}`,
    };
  }
  if (shutdownGraceSeconds(pool) < worker.perJob.timeoutSeconds) {
    return {
      reason: 'GraceTooShort',
      message: `shutdownGraceSeconds ${shutdownGraceSeconds(pool)} is shorter than a job may take, ${worker.perJob.timeoutSeconds} s`,
    };
  }
  return undefined;
}
