import type { REASONS } from './conditions.ts';
import { largestLimits, memoryNeeds, scratchNeeds, shutdownGraceSeconds } from './job-needs.ts';
import type { Pool } from './pool.ts';
import { quantityOf } from './quantity.ts';

/** What forbids a pool to work, by its reason; each is a situation of its own. */
export const PROBLEMS = {
  NameConflict: "another's object has a child's name",
  Refused: 'the API server refuses a child (quota, forbidden, immutable)',
  MemoryTooSmall: 'a memory limit is below what slots × perJob need',
  ScratchTooSmall: 'the scratch folder is smaller than what slots × perJob may write',
  GraceTooShort: 'the grace is shorter than a job may take',
} as const satisfies Partial<Record<keyof typeof REASONS, string>>;

export type ProblemReason = keyof typeof PROBLEMS;

/** Why a spec can not work, or not work well, where CEL could not say it. */
export interface Problem {
  readonly reason: ProblemReason;
  readonly message: string;
}

/** Of an object that the pool works without. */
export interface OptionalProblem {
  /** Of the object. */
  readonly kind: string;
  readonly reason: 'CRDNotInstalled' | 'NameConflict' | 'Refused';
  readonly message: string;
}

export const notServed = (kinds: readonly string[]): string => `the API server does not serve ${kinds.join(' and ')}`;

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)}Mi`;

/** Asked in this order; the first that finds something is told. */
const CHECKS: readonly ((pool: Pool) => Problem | undefined)[] = [
  (pool) => memoryTooSmall(pool, 'renderer'),
  (pool) => memoryTooSmall(pool, 'worker'),
  scratchTooSmall,
  graceTooShort,
];

/** The first reason for which this spec can never make a working pool. */
export function specProblem(pool: Pool): Problem | undefined {
  return CHECKS.map((check) => check(pool)).find((problem) => problem !== undefined);
}

function memoryTooSmall(pool: Pool, container: 'worker' | 'renderer'): Problem | undefined {
  const { worker, template } = pool.spec;
  const limit = template.resources?.[container]?.limits?.['memory'];
  const { least } = memoryNeeds(pool)[container];
  if (limit === undefined || quantityOf(limit) >= least) return undefined;
  const parts = [
    ...(container === 'renderer' ? [`slots × perJob.memory = ${worker.slots} × ${largestMemory(pool)}`] : []),
    ...(template.scratch.medium === 'Memory' ? ['what lies in the scratch folder in memory'] : []),
  ];
  return {
    reason: 'MemoryTooSmall',
    message: `the ${container}'s memory limit ${limit} is below ${parts.join(' and ')}, together ${mebibytes(least)}`,
  };
}

const largestMemory = (pool: Pool): string => mebibytes(largestLimits(pool).memoryBytes);

function scratchTooSmall(pool: Pool): Problem | undefined {
  const { sizeLimit } = pool.spec.template.scratch;
  const { least } = scratchNeeds(pool);
  if (sizeLimit === undefined || quantityOf(sizeLimit) >= least) return undefined;
  return {
    reason: 'ScratchTooSmall',
    message: `template.scratch.sizeLimit ${sizeLimit} is below what the jobs of ${pool.spec.worker.slots} slots may write, ${mebibytes(least)}`,
  };
}

function graceTooShort(pool: Pool): Problem | undefined {
  const grace = shutdownGraceSeconds(pool);
  const { timeoutSeconds } = largestLimits(pool);
  if (grace >= timeoutSeconds) return undefined;
  return {
    reason: 'GraceTooShort',
    message: `shutdownGraceSeconds ${grace} is shorter than a job may take, ${timeoutSeconds} s`,
  };
}
