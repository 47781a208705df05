/** Pools as they may be, with what is known of each: a Direct one that is one worker short, and changes to it. */
import type { Autoscaler, ScalingFacts } from '../../../../operator/cli/explain/facts.ts';
import type { Pool } from '../../../../operator/pool/pool.ts';
import { desiredWorkers, type Observed } from '../../../../operator/scaling/law.ts';
import type { ScalingAnswer } from '../../../../operator/scaling/told.ts';
import { BURST } from '../../scaling/observations.ts';

type Auto = NonNullable<Pool['spec']['scaling']['auto']>;

export const AUTO: Auto = {
  provider: 'Direct',
  minReplicas: 0,
  maxReplicas: 30,
  targetWaitSeconds: 30,
  backfillTargetWaitSeconds: 1800,
  scaleToZeroAfterSeconds: 300,
  scaleDownWindowSeconds: 120,
};

export const poolOf = (scaling: Pool['spec']['scaling'], rest: Partial<Pool> & { suspend?: boolean } = {}): Pool => {
  const { suspend = false, ...others } = rest;
  return { metadata: { name: 'photos', namespace: 'previews' }, ...others, spec: { suspend, scaling } } as Pool;
};

export const direct = (changes: Partial<Auto> = {}, rest: Parameters<typeof poolOf>[1] = {}) =>
  poolOf({ mode: 'Auto', auto: { ...AUTO, ...changes } }, rest);

export const deploymentOf = (replicas: number, readyReplicas = replicas): NonNullable<ScalingFacts['deployment']> => ({
  metadata: {
    name: 'preview-photos',
    managedFields: [
      { manager: 'preview-worker-operator', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:template': {} } } },
      {
        ...{ manager: 'preview-worker-operator-activator', operation: 'Update', subresource: 'scale' },
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
    ],
  },
  spec: { replicas },
  status: { replicas, readyReplicas },
});

/** Of `observation`, or of a queue that could not be read. */
export function answerOf(observation: Observed | null = BURST, changes: Partial<ScalingAnswer> = {}): ScalingAnswer {
  const decision = (observation && desiredWorkers(observation)) ?? null;
  return {
    ...{ pool: 'previews/photos', provider: 'Direct', instance: 'operator-1', leads: true, lookedSecondsAgo: 3 },
    ...{ observation, decision, verdict: { status: 'True', reason: 'AsExpected', message: '' } },
    ...{ wanted: decision?.desired ?? null, coldSeconds: 0, idleSeconds: 0, sleepsInSeconds: null },
    ...{ delayed: 0, nextDueSeconds: null, rateLimit: null, step: null, sharing: null },
    ...changes,
  };
}

export const factsOf = (changes: Partial<ScalingFacts> = {}): ScalingFacts => ({
  ...{ pool: direct(), deployment: deploymentOf(1), autoscaler: undefined, answer: answerOf(), problem: undefined },
  ...changes,
});

export const autoscalerOf = (status: NonNullable<Autoscaler['status']>): Autoscaler => ({
  metadata: { name: 'preview-photos' },
  spec: { behavior: { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { stabilizationWindowSeconds: 120 } } },
  status: {
    conditions: [
      { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: 'ready' },
      { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: 'found' },
      { type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange', message: 'within' },
    ],
    ...status,
  },
});
