/**
 * The status as a pure function of what was observed. `SITUATIONS` is read from the top, and the first that holds
 * decides on Ready; it is the table of docs/conditions.md.
 */
import { type AutoscalerState, autoscalingVerdict } from './autoscaler-state.ts';
import { type NEGATIVE, REASONS, type Reason } from './conditions.ts';
import { type DeploymentState, isRolling } from './deployment-state.ts';
import { ANNOTATIONS, type Condition, type Pool } from './pool.ts';
import type { Problem } from './problems.ts';
import { leastReplicas } from './replicas.ts';
import { type Judgement, judge } from './rollout.ts';
import type { PoolStatus } from './spec.generated.ts';
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
  /** Of mode Auto. */
  readonly autoscaler?: AutoscalerState | undefined;
  /** Absent when no optional object is wanted. */
  readonly monitoring?: { readonly unserved: readonly string[]; readonly problem: Problem | undefined };
}

interface Verdict {
  readonly ready: boolean;
  readonly reason: Reason;
  readonly message: string;
  /** The negative conditions that are True with the same reason. */
  readonly with?: readonly (typeof NEGATIVE)[number][];
  readonly progressing?: boolean;
  readonly suspended?: boolean;
}

/** What is derived from the facts before the situations are gone through. */
interface Findings extends Judgement {
  /** The least that makes the pool whole. */
  readonly wanted: number;
  /** What the Deployment is asked for now: an autoscaler may want more than the least. */
  readonly asked: number;
  readonly ready: number;
  readonly updated: number;
  readonly total: number;
}

function findingsOf(facts: Facts): Findings {
  const { pool, deployment, redis } = facts;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = deployment?.status ?? {};
  const live = deployment?.spec?.replicas;
  const wanted = leastReplicas(pool) ?? live ?? 1;
  return {
    ...judge({ ...facts, isRedisConnected: redis.reason === 'Connected' }),
    wanted,
    asked: live ?? wanted,
    ready: readyReplicas,
    updated: updatedReplicas,
    total: replicas,
  };
}

const workers = (count: number): string => (count === 1 ? '1 worker' : `${count} workers`);

/** A pool that was whole at this very spec lost workers; any other is still getting there. */
function lostWorkers({ pool }: Facts): boolean {
  const before = conditionOf(pool, 'Ready');
  const same = pool.status?.observedGeneration === pool.metadata.generation;
  return same && before !== undefined && (before.status === 'True' || before.reason === 'TooFewWorkers');
}

const readyOf = ({ ready, wanted, failure }: Findings): string =>
  [`${ready} of ${workers(wanted)} ${wanted === 1 ? 'is' : 'are'} ready`, failure?.message].filter(Boolean).join('; ');

function rolloutOf({ updated, asked, total, failure }: Findings): string {
  const parts = [`${updated} of ${workers(asked)} run the new template`];
  if (total > updated) parts.push(`${total - updated} of the old one still run`);
  return [...parts, ...(failure ? [failure.message] : [])].join('; ');
}

const SITUATIONS: readonly ((facts: Facts, findings: Findings) => Verdict | undefined | false)[] = [
  ({ problem }) => problem && { ready: false, ...problem, with: ['Stalled'] },
  ({ pool }) =>
    pool.spec.suspend && {
      ready: true,
      reason: 'Suspended',
      message: 'running jobs end, the queue is left alone',
      suspended: true,
    },
  ({ missingSecrets }) =>
    missingSecrets.length > 0 && {
      ready: false,
      reason: 'SecretNotFound',
      message: `there is no ${missingSecrets.join(' and no ')}`,
      with: ['Degraded'],
    },
  ({ redis }) =>
    redis.reason !== 'Connected' && { ready: false, reason: redis.reason, message: redis.message, with: ['Degraded'] },
  (_, { memory: { image, failedImage, failedBecause } }) =>
    failedImage !== undefined && {
      ready: false,
      reason: 'RolledBack',
      message: `the image ${failedImage} failed, ${image} serves: ${failedBecause}`,
      with: ['Stalled'],
    },
  (_, { wanted, failure, memory }) =>
    wanted > 0 &&
    memory.image === undefined &&
    failure !== undefined && {
      ready: false,
      reason: failure.reason,
      message: failure.message,
      // Crashes may have a cause that passes; another image is not had by waiting.
      with: [failure.reason === 'CrashLooping' ? 'Degraded' : 'Stalled'],
    },
  (_, { wanted, failure, isProven }) =>
    wanted > 0 &&
    !isProven &&
    failure?.isConclusive && {
      ready: false,
      reason: 'TemplateUnhealthy',
      message: failure.message,
      with: ['Degraded'],
    },
  ({ deployment }, findings) =>
    isRolling(deployment) && {
      ready: false,
      reason: 'RollingOut',
      message: rolloutOf(findings),
      with: ['Reconciling'],
      progressing: true,
    },
  (facts, findings) =>
    findings.ready < findings.wanted &&
    lostWorkers(facts) && { ready: false, reason: 'TooFewWorkers', message: readyOf(findings), with: ['Degraded'] },
  (_, findings) =>
    findings.ready < findings.wanted && {
      ready: false,
      reason: 'WaitingForWorkers',
      message: readyOf(findings),
      with: ['Reconciling'],
    },
  (_, { wanted, isProven, memory }) =>
    wanted === 0 &&
    !isProven &&
    memory.provenTemplate !== undefined && {
      ready: true,
      reason: 'Unproven',
      message: 'the template was changed while no workers are wanted',
    },
  (_, { wanted }) => wanted === 0 && { ready: true, reason: 'ScaledToZero', message: 'no workers are wanted' },
  (_, { ready }) => ({
    ready: true,
    reason: 'WorkersReady',
    message: `${workers(ready)} ${ready === 1 ? 'is' : 'are'} ready`,
  }),
];

/** The whole status; `now` is the RFC 3339 time for conditions whose status changes. */
export function statusOf(facts: Facts, now: string): PoolStatus {
  const { pool, deployment, redis, selector } = facts;
  if (pool.metadata.annotations?.[ANNOTATIONS.reconcile] === 'disabled') return frozen(pool, now);
  const findings = findingsOf(facts);
  const verdict = SITUATIONS.map((situation) => situation(facts, findings)).find(Boolean);
  if (!verdict) throw new Error('the last situation always holds');
  const available = findings.wanted === 0 || (deployment?.status?.availableReplicas ?? 0) > 0;
  const flag = (type: string, holds: boolean, fallback: Reason): Draft =>
    holds
      ? { type, status: 'True', reason: verdict.reason, message: verdict.message }
      : { type, status: 'False', reason: fallback, message: '' };
  const drafts: Draft[] = [
    { type: 'Ready', status: verdict.ready ? 'True' : 'False', reason: verdict.reason, message: verdict.message },
    {
      type: 'Available',
      status: available ? 'True' : 'False',
      reason: available ? 'AsExpected' : 'WaitingForWorkers',
      message: '',
    },
    facts.waits !== undefined && !verdict.progressing
      ? { type: 'Progressing', status: 'False', reason: 'UpgradeWaits', message: facts.waits }
      : flag('Progressing', verdict.progressing === true, 'RolloutComplete'),
    flag('Degraded', verdict.with?.includes('Degraded') === true, 'AsExpected'),
    {
      type: 'RedisReady',
      status: redis.reason === 'Connected' ? 'True' : 'False',
      reason: redis.reason,
      message: redis.message,
    },
    ...(['Reconciling', 'Stalled'] as const)
      .filter((type) => verdict.with?.includes(type))
      .map((type) => flag(type, true, 'AsExpected')),
    ...(verdict.suspended ? [flag('Suspended', true, 'AsExpected')] : []),
    ...(pool.spec.scaling.mode === 'Auto' ? [autoscalingDraft(facts)] : []),
    ...(facts.monitoring ? [monitoringDraft(facts.monitoring)] : []),
  ];
  const requestedAt = pool.metadata.annotations?.[ANNOTATIONS.requestedAt];
  return {
    observedGeneration: pool.metadata.generation ?? 0,
    replicas: findings.total,
    readyReplicas: findings.ready,
    updatedReplicas: findings.updated,
    selector,
    ...findings.memory,
    ...(requestedAt ? { lastHandledReconcileAt: requestedAt } : {}),
    conditions: drafts.map((draft) => finish(facts, draft, now)),
  };
}

/** It says nothing about Ready: a pool whose load is not known keeps the workers that it has. */
function autoscalingDraft({ pool, autoscaler }: Facts): Draft {
  const type = 'AutoscalingActive';
  if (pool.spec.suspend) return { type, status: 'False', reason: 'Suspended', message: 'the pool is suspended' };
  return { type, ...autoscalingVerdict(autoscaler) };
}

function monitoringDraft({ unserved, problem }: NonNullable<Facts['monitoring']>): Draft {
  const absent: Problem | undefined =
    unserved.length > 0
      ? { reason: 'CRDNotInstalled', message: `the API server does not serve ${unserved.join(' and ')}` }
      : problem;
  return {
    type: 'MonitoringConfigured',
    status: absent ? 'False' : 'True',
    reason: 'AsExpected',
    message: '',
    ...absent,
  };
}

type Draft = {
  readonly type: string;
  readonly status: Condition['status'];
  readonly reason: Reason;
  readonly message: string;
};

export const conditionOf = (pool: Pool, type: string): Condition | undefined =>
  pool.status?.conditions?.find((condition) => condition.type === type);

function finish(
  { pool, selector }: Pick<Facts, 'pool' | 'selector'>,
  { type, status, reason, message }: Draft,
  now: string,
): Condition {
  const before = conditionOf(pool, type);
  const remedy = REASONS[reason].remedy
    ?.replace('NAMESPACE', pool.metadata.namespace ?? 'default')
    .replace('SELECTOR', selector);
  return {
    type,
    status,
    reason,
    message: [message, remedy].filter(Boolean).join('; '),
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
    observedGeneration: pool.metadata.generation ?? 0,
  };
}

/** Nothing is looked at, so nothing is claimed: the conditions stay, one more says why. */
function frozen(pool: Pool, now: string): PoolStatus {
  const others = (pool.status?.conditions ?? []).filter(({ type }) => type !== 'ReconcileDisabled');
  const disabled = finish(
    { pool, selector: '' },
    { type: 'ReconcileDisabled', status: 'True', reason: 'ReconcileDisabled', message: 'this pool is not reconciled' },
    now,
  );
  return {
    ...pool.status,
    observedGeneration: pool.status?.observedGeneration ?? -1,
    conditions: [...others, disabled],
  };
}
