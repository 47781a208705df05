/**
 * What tools read out of a status, as rules: those of Flux's condition checker (FAIL0001 to FAIL0009 of fluxcd/pkg
 * runtime/conditions/check) and what kstatus makes of the generation and of Reconciling and Stalled.
 */
import { type Condition, conditionOf, type Pool } from '../../../operator/pool/pool.ts';

const NEGATIVE = ['Degraded', 'Reconciling', 'Stalled'];
const ALWAYS = ['Ready', 'Available', 'Progressing', 'Degraded', 'RedisReady', 'QueueSeen', 'SinkReady'];
const ONLY_WHILE_TRUE = ['Reconciling', 'Stalled', 'Suspended', 'QueueShared', 'ReconcileDisabled'];

interface Seen {
  readonly ready: Condition | undefined;
  readonly conditions: readonly Condition[];
  readonly observed: number;
  readonly generation: number;
  readonly has: (type: string) => boolean;
  readonly isTrue: (type: string) => boolean;
}

/** A rule says what it broke on, or nothing. */
const RULES: Readonly<Record<string, (seen: Seen) => unknown>> = {
  'FAIL0001: no negative condition is True while Ready is True': ({ isTrue }) =>
    isTrue('Ready') && NEGATIVE.filter(isTrue).join(),
  'FAIL0002: Ready is always there': ({ ready }) => !ready,
  'FAIL0003: Ready is False while Reconciling is True': ({ isTrue, ready }) =>
    isTrue('Reconciling') && ready?.status !== 'False',
  'FAIL0004: Ready is False while Stalled is True': ({ isTrue, ready }) =>
    isTrue('Stalled') && ready?.status !== 'False',
  'FAIL0005: Reconciling and Stalled are never there together': ({ has }) => has('Reconciling') && has('Stalled'),
  'FAIL0006: observedGeneration is never above generation': ({ observed, generation }) => observed > generation,
  'FAIL0007: Ready is not True for an earlier generation': ({ isTrue, observed, generation }) =>
    isTrue('Ready') && observed < generation,
  'FAIL0008: while Ready is True no condition is of an earlier generation': ({ isTrue, conditions, generation }) =>
    isTrue('Ready') && conditions.filter(({ observedGeneration = 0 }) => observedGeneration < generation).join(),
  'FAIL0009: while Ready is True every condition has the observedGeneration of the status': ({
    isTrue,
    conditions,
    observed,
  }) => isTrue('Ready') && conditions.filter(({ observedGeneration }) => observedGeneration !== observed).join(),
  'kstatus: each type is there once': ({ conditions }) =>
    new Set(conditions.map(({ type }) => type)).size !== conditions.length,
  'kstatus: what is not Ready is in progress, failed, or degraded': ({ isTrue }) =>
    !isTrue('Ready') && !NEGATIVE.some(isTrue),
  'what is only there while True is True': ({ conditions }) =>
    conditions
      .filter(({ type, status }) => ONLY_WHILE_TRUE.includes(type) && status !== 'True')
      .map(({ type }) => type)
      .join(),
  'Progressing only during a rollout, and then Reconciling': ({ isTrue }) =>
    isTrue('Progressing') && !isTrue('Reconciling'),
  'the schema’s bounds': ({ conditions }) =>
    conditions.some(({ message, reason }) => message.length > 4096 || reason.length > 128) || conditions.length > 32,
};

/** The rules that a pool's status breaks, each with what it broke on. */
export function brokenRules(pool: Pool): string[] {
  const { conditions = [], observedGeneration: observed = -1 } = pool.status ?? {};
  const has = (type: string) => conditionOf(pool, type) !== undefined;
  const isTrue = (type: string) => conditionOf(pool, type)?.status === 'True';
  const { generation = 0 } = pool.metadata;
  const seen: Seen = { ready: conditionOf(pool, 'Ready'), conditions, observed, generation, has, isTrue };
  const always = isTrue('ReconcileDisabled') ? ['Ready'] : ALWAYS;
  return [
    ...Object.entries(RULES).flatMap(([rule, breaks]) => {
      const what = breaks(seen);
      return what ? [`${rule}: ${what}`] : [];
    }),
    ...always.filter((type) => !has(type)).map((type) => `${type} is always there`),
  ];
}
