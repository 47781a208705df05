/** Under which symptom each alert is found; its runbook is in docs/alerts.md. */
import type { SymptomId } from './symptoms.ts';

export const ALERT_SYMPTOMS: Readonly<Record<string, SymptomId>> = {
  PreviewPoolNotReady: 'get-pwp-says-false',
  PreviewPoolDegraded: 'pods-do-not-start',
  PreviewPoolStalled: 'get-pwp-says-false',
  PreviewPoolRolledBack: 'get-pwp-says-false',
  PreviewPoolRedisNotReady: 'nothing-is-rendered',
  PreviewPoolSinkNotReady: 'nothing-is-rendered',
  PreviewPoolQueueNeverSeen: 'nothing-is-rendered',
  PreviewPoolUnobserved: 'nothing-is-measured',
  PreviewWaitTargetBurnFast: 'previews-are-late',
  PreviewWaitTargetBurnSlow: 'previews-are-late',
  PreviewPoolAtMaximum: 'previews-are-late',
  PreviewWorkersUnobserved: 'nothing-is-measured',
  PreviewJobsFailing: 'jobs-fail',
  PreviewQuarantineGrowing: 'jobs-fail',
  PreviewSlotRestarts: 'jobs-fail',
  PreviewConsumptionStopped: 'nothing-is-rendered',
  PreviewConsumptionHealing: 'previews-are-late',
  PreviewOperatorDown: 'the-operator-does-not-answer',
  PreviewOperatorNoLeader: 'the-operator-does-not-answer',
  PreviewOperatorReconcileErrors: 'get-pwp-says-false',
  PreviewOperatorReconcileStuck: 'the-operator-does-not-answer',
  PreviewOperatorWatchStale: 'the-operator-does-not-answer',
  PreviewOperatorAPIUnavailable: 'the-operator-does-not-answer',
};
