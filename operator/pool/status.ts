/** The status as a pure function of what was observed: the first situation that holds, told in conditions. */
import { type AutoscalingVerdict, autoscalingVerdict } from './autoscaler-state.ts';
import { REASONS, type Reason, remedyOf, withoutRemedy } from './conditions.ts';
import { type Facts, findingsOf } from './facts.ts';
import { kedaVerdict } from './keda-state.ts';
import { ANNOTATIONS, type Condition, conditionOf, isLeftAlone, type Pool } from './pool.ts';
import { notServed, type OptionalProblem } from './problems.ts';
import { queueSeen, queueShared } from './queue-state.ts';
import { REDIS_STATUS } from './redis-state.ts';
import { SITUATIONS, type Situation } from './situations.ts';
import type { PoolStatus } from './spec.generated.ts';
import { provenRenderers, type SinkState } from './workers-state.ts';

/** The schema's bound. */
const MESSAGE_LENGTH = 4096;

/** The whole status; `now` is the RFC 3339 time for conditions whose status changes. */
export function statusOf(facts: Facts, now: string): PoolStatus {
  const { pool, deployment, redis, selector, waits } = facts;
  if (isLeftAlone(pool)) return frozen(pool, now);
  const findings = findingsOf(facts);
  const { isReady, reason, also, message } = verdictOf(facts, findings);
  const isAvailable = findings.wanted === 0 || (deployment?.status?.availableReplicas ?? 0) > 0;
  const told = (type: Situation['also'][number]): Draft => ({ type, status: 'True', reason, message });
  const flag = (type: 'Degraded' | 'Progressing', otherwise: Reason, why = ''): Draft =>
    also.includes(type) ? told(type) : { type, status: 'False', reason: otherwise, message: why };
  const drafts: Draft[] = [
    { type: 'Ready', status: isReady ? 'True' : 'False', reason, message },
    {
      type: 'Available',
      status: isAvailable ? 'True' : 'False',
      reason: isAvailable ? 'AsExpected' : 'WaitingForWorkers',
      message: '',
    },
    flag('Progressing', waits === undefined ? 'RolloutComplete' : 'UpgradeWaits', waits),
    flag('Degraded', 'AsExpected'),
    {
      type: 'RedisReady',
      status: REDIS_STATUS[redis.reason],
      ...redis,
    },
    { type: 'QueueSeen', ...queueSeen(pool, facts.queue) },
    sinkDraft(pool, findings.sink),
    ...sharedDrafts(facts),
    ...(['Reconciling', 'Stalled', 'Suspended'] as const).filter((type) => also.includes(type)).map(told),
    ...(pool.spec.scaling.mode === 'Auto' ? [autoscalingDraft(facts)] : []),
    ...(facts.monitoring ? [monitoringDraft(facts.monitoring)] : []),
  ];
  const observedGeneration = pool.metadata.generation ?? 0;
  const requestedAt = pool.metadata.annotations?.[ANNOTATIONS.requestedAt];
  return {
    observedGeneration,
    replicas: findings.total,
    readyReplicas: findings.ready,
    updatedReplicas: findings.updated,
    selector,
    ...findings.memory,
    ...renderersOf(facts),
    ...providerOfStatus(pool),
    ...(requestedAt ? { lastHandledReconcileAt: requestedAt } : {}),
    conditions: drafts.map((draft) => finish(draft, { pool, selector, observedGeneration, now })),
  };
}

/** What was told before stands while Redis can not be asked. */
function sinkDraft(pool: Pool, sink: SinkState | undefined): Draft {
  const type = 'SinkReady';
  if (sink !== undefined) return { type, status: sink.status, reason: sink.reason, message: sink.message };
  return (
    asBefore(pool, type) ?? { type, status: 'Unknown', reason: 'NotChecked', message: 'Redis could not be asked yet' }
  );
}

function sharedDrafts({ pool, sharedWith }: Facts): Draft[] {
  const type = 'QueueShared';
  if (sharedWith === undefined) return [asBefore(pool, type)].filter((draft) => draft !== undefined);
  return sharedWith.length > 0 ? [{ type, ...queueShared(pool, sharedWith) }] : [];
}

/** The pool bears what provider Auto came to. */
function providerOfStatus({ spec: { scaling } }: Pool): Pick<PoolStatus, 'provider'> {
  const { mode, auto } = scaling;
  if (mode !== 'Auto' || auto === undefined || auto.provider === 'Auto') return {};
  return { provider: auto.provider };
}

/** A pool at zero has no worker to tell: what was proven stays. */
function renderersOf({ pool, queue }: Facts): Pick<PoolStatus, 'renderers'> {
  const renderers = (queue && provenRenderers(queue.heartbeats)) ?? pool.status?.renderers;
  return renderers === undefined ? {} : { renderers };
}

/** A condition as it stands, without the remedy that will be added again. */
function asBefore(pool: Pool, type: string): Draft | undefined {
  const before = conditionOf(pool, type);
  if (before === undefined || !(before.reason in REASONS)) return undefined;
  const reason = before.reason as Reason;
  return { type, status: before.status, reason, message: withoutRemedy(before.message, REASONS[reason].remedy) };
}

/** It says nothing about Ready: a pool whose load is not known keeps the workers that it has. */
function autoscalingDraft(facts: Facts): Draft {
  const type = 'AutoscalingActive';
  if (facts.pool.spec.suspend) return { type, status: 'False', reason: 'Suspended', message: 'the pool is suspended' };
  const verdict = autoscalingOf(facts);
  if (verdict.status !== 'True' || facts.cpuLeftOut === undefined) return { type, ...verdict };
  const message = [facts.cpuLeftOut, verdict.message].filter(Boolean).join('; ');
  return { type, status: 'True', reason: 'CPULeftOut', message };
}

function autoscalingOf({ pool, autoscaler, following, keda }: Facts): AutoscalingVerdict {
  const provider = pool.spec.scaling.auto?.provider;
  // What the number is made of comes before what is made of the number.
  if (following !== undefined && (provider === 'Direct' || following.status !== 'True')) return following;
  if (keda !== undefined) return kedaVerdict(keda.scaledObject, keda.problem);
  return autoscalingVerdict(autoscaler);
}

function monitoringDraft({ unserved, problem }: NonNullable<Facts['monitoring']>): Draft {
  const absent: Pick<OptionalProblem, 'reason' | 'message'> | undefined =
    unserved.length > 0 ? { reason: 'CRDNotInstalled', message: notServed(unserved) } : problem;
  return {
    type: 'MonitoringConfigured',
    status: absent ? 'False' : 'True',
    reason: 'AsExpected',
    message: '',
    ...(absent && { reason: absent.reason, message: absent.message }),
  };
}

function verdictOf(facts: Facts, findings: ReturnType<typeof findingsOf>): Situation & { readonly message: string } {
  for (const situation of SITUATIONS) {
    const message = situation.saying(facts, findings);
    if (typeof message === 'string') return { ...situation, message };
  }
  throw new Error('the last situation always holds');
}

interface Draft {
  readonly type: string;
  readonly status: Condition['status'];
  readonly reason: Reason;
  readonly message: string;
}

interface Circumstances {
  readonly pool: Pool;
  readonly selector: string;
  readonly observedGeneration: number;
  readonly now: string;
}

function finish({ type, status, reason, message }: Draft, { pool, selector, ...at }: Circumstances): Condition {
  const before = conditionOf(pool, type);
  const remedy = remedyOf(reason, { namespace: pool.metadata.namespace, selector });
  const room = MESSAGE_LENGTH - (remedy === undefined ? 0 : remedy.length + 2);
  return {
    type,
    status,
    reason,
    message: [message.slice(0, room), remedy].filter(Boolean).join('; '),
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : at.now,
    observedGeneration: at.observedGeneration,
  };
}

/** Nothing is looked at, so nothing is claimed, not even of a newer generation: the conditions stay, one more says why. */
function frozen(pool: Pool, now: string): PoolStatus {
  const observedGeneration = pool.status?.observedGeneration ?? -1;
  const others = (pool.status?.conditions ?? []).filter(({ type }) => type !== 'ReconcileDisabled');
  const disabled = finish(
    { type: 'ReconcileDisabled', status: 'True', reason: 'ReconcileDisabled', message: 'this pool is not reconciled' },
    { pool, selector: '', observedGeneration, now },
  );
  return { ...pool.status, observedGeneration, conditions: [...others, disabled] };
}
