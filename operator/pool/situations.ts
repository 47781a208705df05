/**
 * What can be said of a pool, as a table: read from the top, the first situation that holds decides on Ready. The same
 * table is in docs/conditions.md, which is generated from it.
 */
import { REASONS, type Reason, type ReasonText } from './conditions.ts';
import { isRolling, podsRefused } from './deployment-state.ts';
import type { Facts, Findings } from './facts.ts';
import { conditionOf } from './pool.ts';
import { PROBLEMS, type ProblemReason } from './problems.ts';
import type { PodFailure } from './worker-pod.ts';

export interface Situation {
  /** For people who look the reason up. */
  readonly situation: string;
  readonly isReady: boolean;
  readonly reason: Reason;
  /** The conditions that are True beside it, with the same reason and message. */
  readonly also: readonly ('Degraded' | 'Progressing' | 'Reconciling' | 'Stalled' | 'Suspended')[];
  /** Its message where it holds. */
  readonly saying: (facts: Facts, findings: Findings) => string | false | undefined;
}

const workers = (count: number): string => (count === 1 ? '1 worker' : `${count} workers`);
const areReady = (count: number): string => (count === 1 ? 'is ready' : 'are ready');

const readyOf = ({ ready, wanted, failure }: Findings): string =>
  [`${ready} of ${workers(wanted)} ${areReady(wanted)}`, failure?.message].filter(Boolean).join('; ');

function rolloutOf({ updated, asked, total, failure }: Findings): string {
  const parts = [`${updated} of ${workers(asked)} run the new template`];
  if (total > updated) parts.push(`${total - updated} of the old one still run`);
  return [...parts, ...(failure ? [failure.message] : [])].join('; ');
}

/** A pool that had its workers at this very spec lost some; any other is still getting there, as one that was at 0 is. */
function lostWorkers({ pool }: Facts): boolean {
  const before = conditionOf(pool, 'Ready');
  const same = pool.status?.observedGeneration === pool.metadata.generation;
  return same && before !== undefined && ['WorkersReady', 'TooFewWorkers'].includes(before.reason);
}

const PROBLEM_SITUATIONS = Object.entries(PROBLEMS).map(
  ([reason, situation]): Situation => ({
    situation,
    isReady: false,
    reason: reason as ProblemReason,
    also: ['Stalled'],
    saying: ({ problem }) => problem?.reason === reason && problem.message,
  }),
);

/** Nothing served before, so there is nothing to go back to. */
const firstFailure = (
  reason: PodFailure['reason'],
  situation: string,
  also: 'Degraded' | 'Stalled' = 'Stalled',
): Situation => ({
  situation,
  isReady: false,
  reason,
  also: [also],
  saying: (_, { wanted, failure, memory }) =>
    wanted > 0 && memory.image === undefined && failure?.reason === reason && failure.message,
});

export const SITUATIONS: readonly Situation[] = [
  ...PROBLEM_SITUATIONS,
  {
    situation: 'the API server fails at a spec that is new',
    isReady: false,
    reason: 'ApplyFailed',
    also: ['Reconciling'],
    saying: ({ failure }) => failure,
  },
  {
    situation: 'suspended',
    isReady: true,
    reason: 'Suspended',
    also: ['Suspended'],
    saying: ({ pool }) => pool.spec.suspend && 'running jobs end, the queue is left alone',
  },
  {
    situation: 'a Secret or key of Redis or of an object store is absent',
    isReady: false,
    reason: 'SecretNotFound',
    also: ['Degraded'],
    saying: ({ missingSecrets, redis }) =>
      missingSecrets.length > 0
        ? `there is no ${missingSecrets.join(' and no ')}`
        : redis.reason === 'SecretNotFound' && redis.message,
  },
  {
    situation: 'Redis does not answer, or refuses the credentials',
    isReady: false,
    reason: 'RedisUnreachable',
    also: ['Degraded'],
    saying: ({ redis }) => redis.reason === 'RedisUnreachable' && redis.message,
  },
  {
    situation: 'Redis is older than the queue needs',
    isReady: false,
    reason: 'RedisTooOld',
    also: ['Degraded'],
    saying: ({ redis }) => redis.reason === 'RedisTooOld' && redis.message,
  },
  {
    situation: 'the image failed, the one before serves again',
    isReady: false,
    reason: 'RolledBack',
    also: ['Stalled'],
    saying: (_, { memory: { image, failedImage, failedBecause } }) =>
      failedImage !== undefined && `the image ${failedImage} failed, ${image} serves: ${failedBecause}`,
  },
  firstFailure('ImagePullFailed', 'the first image can not be pulled'),
  firstFailure('SelfTestFailed', 'the first image fails its self-test'),
  // Crashes may have a cause that passes; another image is not had by waiting.
  firstFailure('CrashLooping', 'the first workers end again and again', 'Degraded'),
  firstFailure('ScratchUnavailable', 'the first workers can not write to their scratch volume', 'Degraded'),
  {
    situation: 'new pods fail, and no image is to be rolled back',
    isReady: false,
    reason: 'TemplateUnhealthy',
    also: ['Degraded'],
    saying: (_, { wanted, failure, isProven }) => wanted > 0 && !isProven && failure?.isConclusive && failure.message,
  },
  {
    situation: 'the API server refuses pods (quota, admission, an absent ServiceAccount)',
    isReady: false,
    reason: 'PodsRefused',
    also: ['Stalled'],
    saying: ({ deployment }, { ready, wanted }) => {
      const why = ready < wanted || isRolling(deployment) ? podsRefused(deployment) : undefined;
      return why !== undefined && `the API server refuses the pods: ${why}`;
    },
  },
  {
    situation: 'no worker can write to the sink',
    isReady: false,
    reason: 'SinkNotWritable',
    also: ['Degraded'],
    saying: (_, { wanted, sink }) => wanted > 0 && sink?.isOver && sink.message,
  },
  {
    situation: 'a changed template rolls out',
    isReady: false,
    reason: 'RollingOut',
    also: ['Progressing', 'Reconciling'],
    saying: ({ deployment }, findings) => isRolling(deployment) && rolloutOf(findings),
  },
  {
    situation: 'too few workers after the pool was whole',
    isReady: false,
    reason: 'TooFewWorkers',
    also: ['Degraded'],
    saying: (facts, findings) => findings.ready < findings.wanted && lostWorkers(facts) && readyOf(findings),
  },
  {
    situation: 'not enough workers yet',
    isReady: false,
    reason: 'WaitingForWorkers',
    also: ['Reconciling'],
    saying: (_, findings) => findings.ready < findings.wanted && readyOf(findings),
  },
  {
    situation: 'the template was changed at 0 replicas',
    isReady: true,
    reason: 'Unproven',
    also: [],
    saying: (_, { wanted, isProven, memory }) =>
      wanted === 0 &&
      !isProven &&
      memory.provenTemplate !== undefined &&
      'the template was changed while no workers are wanted',
  },
  {
    situation: '0 workers are wanted',
    isReady: true,
    reason: 'ScaledToZero',
    also: [],
    saying: (_, { wanted }) => wanted === 0 && 'no workers are wanted',
  },
  {
    situation: 'all workers are ready',
    isReady: true,
    reason: 'WorkersReady',
    also: [],
    saying: (_, { ready }) => `${workers(ready)} ${areReady(ready)}`,
  },
];

/** What a reason means, for people who look it up. */
export const meaningOf = (reason: Reason): string =>
  (REASONS[reason] as ReasonText).means ?? SITUATIONS.find((candidate) => candidate.reason === reason)?.situation ?? '';
