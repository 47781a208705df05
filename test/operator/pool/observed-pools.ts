/** What can be observed of a pool, a case for each situation and some more, and what is to be said of it. */
import type { DeploymentState } from '../../../operator/pool/deployment-state.ts';
import type { Facts } from '../../../operator/pool/facts.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import type { WorkerHeartbeat } from '../../../operator/pool/worker-heartbeat.generated.ts';
import type { PodFailure, WorkerPod } from '../../../operator/pool/worker-pod.ts';

export const NOW = '2030-01-01T00:00:00Z';
const connected = { reason: 'Connected', message: '' } as const;

export function pool(changes: { spec?: object; status?: object; annotations?: Record<string, string> } = {}): Pool {
  return {
    metadata: {
      name: 'pool',
      namespace: 'ns',
      uid: 'u',
      generation: 3,
      ...(changes.annotations ? { annotations: changes.annotations } : {}),
    },
    spec: {
      image: 'good',
      queue: { name: 'previews', prefix: 'bull' },
      suspend: false,
      scaling: { mode: 'Fixed', replicas: 2 },
      rollout: { maxSurge: '25%', maxUnavailable: 0, rollbackOnFailure: true },
      ...changes.spec,
    },
    ...(changes.status ? { status: changes.status } : {}),
  } as unknown as Pool;
}

export const deployment = (
  ready: number,
  {
    total = 2,
    updated = total,
    replicas = 2,
    image = 'good',
  }: { total?: number; updated?: number; replicas?: number; image?: string } = {},
): DeploymentState => ({
  metadata: { name: 'd', generation: 1 },
  spec: {
    replicas,
    template: {
      metadata: { annotations: { 'previews.mobius.dev/template-hash': 'new' } },
      spec: { containers: [{ name: 'worker', image }] },
    },
  },
  status: {
    observedGeneration: 1,
    replicas: total,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
  },
});

export const QUOTA = 'pods "preview-pool-1-x" is forbidden: exceeded quota: small, requested: pods=1, limited: pods=0';
export const refused = (given: DeploymentState, message: string): DeploymentState => ({
  ...given,
  status: { ...given.status, conditions: [{ type: 'ReplicaFailure', status: 'True', message }] },
});

export const was = (reason: string, status: 'True' | 'False') => ({
  observedGeneration: 3,
  conditions: [
    {
      type: 'Ready',
      status,
      reason,
      message: '',
      lastTransitionTime: '2020-01-01T00:00:00Z',
      observedGeneration: 3,
    },
  ],
});

export const facts = (changes: Partial<Facts> = {}): Facts => ({
  pool: pool(),
  deployment: deployment(2),
  problem: undefined,
  pods: [],
  waits: undefined,
  redis: connected,
  missingSecrets: [],
  selector: 'a=b',
  ...changes,
});

const FAILURES = {
  pull: { reason: 'ImagePullFailed', message: 'no node can get it', isConclusive: true },
  firstPull: { reason: 'ImagePullFailed', message: 'no node can get it', isConclusive: false },
  selfTest: { reason: 'SelfTestFailed', message: 'the self-test failed', isConclusive: true },
  fullVolume: { reason: 'ScratchUnavailable', message: 'the scratch volume can not be written', isConclusive: false },
  crashes: { reason: 'CrashLooping', message: 'ends again and again', isConclusive: true },
} as const satisfies Record<string, PodFailure>;

/** A pod of the Deployment's template, or of an older one. */
const failing = (failure: PodFailure, template = 'new'): WorkerPod => ({
  metadata: { name: `bad-${template}` },
  template,
  isReady: false,
  failure,
});
const healthy = (template = 'old'): WorkerPod => ({
  metadata: { name: `good-${template}` },
  template,
  isReady: true,
  failure: undefined,
});

/** `good` was ready once, with the template `old`. */
const PROVEN = { observedGeneration: 3, image: 'good', provenTemplate: 'old' };
const FAILED = { ...PROVEN, failedImage: 'bad', failedBecause: 'the self-test failed' };
const wantsBad = (status: object = PROVEN, spec: object = {}) => pool({ spec: { image: 'bad', ...spec }, status });
/** Two old workers and the first new one. */
const surging = (image: string) => deployment(2, { total: 3, updated: 1, image });

const AUTO = { mode: 'Auto', auto: { minReplicas: 2, maxReplicas: 9 } };
const FROM_ZERO = { mode: 'Auto', auto: { provider: 'Direct', minReplicas: 0, maxReplicas: 9 } };
const FOLLOWING = { status: 'True', reason: 'AsExpected', message: '' } as const;
const autoscaler = (reason: string, status = 'False') => ({
  metadata: { name: 'pool' },
  status: { conditions: [{ type: 'ScalingActive', status, reason, message: 'why' }] },
});

const heartbeat = (writable: boolean): WorkerHeartbeat => ({
  version: 1,
  at: 0,
  pod: 'p',
  template: '',
  build: 'b',
  renderers: [{ name: 'image', version: '1', formats: ['jpeg'] }],
  slots: 1,
  busy: 0,
  selfTest: 'passed',
  sink: writable ? { writable } : { writable, reason: 'EROFS' },
});

export interface Row {
  readonly situation: string;
  readonly facts: Facts;
  readonly ready: string;
  /** Every condition that is True beside Ready, Available and RedisReady. */
  readonly also: readonly string[];
}

export const TABLE: readonly Row[] = [
  { situation: 'all workers are ready', facts: facts(), ready: 'True WorkersReady', also: [] },
  {
    situation: 'first image can not be pulled, nothing to fall back to',
    facts: facts({
      pool: wantsBad({}),
      deployment: deployment(0, { image: 'bad' }),
      pods: [failing(FAILURES.firstPull)],
    }),
    ready: 'False ImagePullFailed',
    also: ['Stalled'],
  },
  {
    situation: 'first image fails its self-test',
    facts: facts({
      pool: wantsBad({}),
      deployment: deployment(0, { image: 'bad' }),
      pods: [failing(FAILURES.selfTest)],
    }),
    ready: 'False SelfTestFailed',
    also: ['Stalled'],
  },
  {
    situation: 'first workers whose scratch volume is full',
    facts: facts({ pods: [failing(FAILURES.fullVolume)], deployment: deployment(0) }),
    ready: 'False ScratchUnavailable',
    also: ['Degraded'],
  },
  {
    situation: 'new workers whose scratch volume is full, beside old ones that serve',
    facts: facts({ pool: wantsBad(), pods: [failing(FAILURES.fullVolume), healthy()], deployment: surging('bad') }),
    ready: 'False RollingOut',
    also: ['Progressing', 'Reconciling'],
  },
  {
    situation: 'first workers end again and again',
    facts: facts({
      pool: wantsBad({}),
      deployment: deployment(0, { image: 'bad' }),
      pods: [failing(FAILURES.crashes)],
    }),
    ready: 'False CrashLooping',
    also: ['Degraded'],
  },
  {
    situation: 'an image of another template can not be pulled',
    facts: facts({ deployment: deployment(0), pods: [failing(FAILURES.pull, 'older')] }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'a new image can not be pulled at the first try, while the old workers serve',
    facts: facts({ pool: wantsBad(), deployment: surging('bad'), pods: [healthy(), failing(FAILURES.firstPull)] }),
    ready: 'False RollingOut',
    also: ['Progressing', 'Reconciling'],
  },
  {
    situation: 'a new image fails and is rolled back',
    facts: facts({ pool: wantsBad(), deployment: surging('bad'), pods: [healthy(), failing(FAILURES.selfTest)] }),
    ready: 'False RolledBack',
    also: ['Stalled'],
  },
  {
    situation: 'a new image fails at the first activation from 0 and is rolled back',
    facts: facts({
      pool: wantsBad(),
      deployment: deployment(0, { total: 1, image: 'bad' }),
      pods: [failing(FAILURES.selfTest)],
    }),
    ready: 'False RolledBack',
    also: ['Stalled'],
  },
  {
    situation: 'rolled back, all workers ready',
    facts: facts({ pool: wantsBad(FAILED), deployment: deployment(2, { image: 'good' }) }),
    ready: 'False RolledBack',
    also: ['Stalled'],
  },
  {
    situation: 'rolled back, at 0',
    facts: facts({
      pool: wantsBad(FAILED, { scaling: { mode: 'Fixed', replicas: 0 } }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
    }),
    ready: 'False RolledBack',
    also: ['Stalled'],
  },
  {
    situation: 'a new image fails, and rollbackOnFailure is false',
    facts: facts({
      pool: wantsBad(PROVEN, { rollout: { rollbackOnFailure: false } }),
      deployment: surging('bad'),
      pods: [healthy(), failing(FAILURES.selfTest)],
    }),
    ready: 'False TemplateUnhealthy',
    also: ['Degraded'],
  },
  {
    situation: 'pods fail after a change of anything but the image',
    facts: facts({
      pool: pool({ status: PROVEN }),
      deployment: surging('good'),
      pods: [healthy(), failing(FAILURES.crashes)],
    }),
    ready: 'False TemplateUnhealthy',
    also: ['Degraded'],
  },
  {
    situation: 'a new image crashes where no old worker is well',
    facts: facts({
      pool: wantsBad(),
      deployment: deployment(0, { total: 1, image: 'bad' }),
      pods: [failing(FAILURES.crashes)],
    }),
    ready: 'False TemplateUnhealthy',
    also: ['Degraded'],
  },
  {
    situation: 'a proven template lost its workers to crashes',
    facts: facts({
      pool: pool({ status: { ...PROVEN, provenTemplate: 'new', ...was('WorkersReady', 'True') } }),
      deployment: deployment(0),
      pods: [failing(FAILURES.crashes)],
    }),
    ready: 'False TooFewWorkers',
    also: ['Degraded'],
  },
  {
    situation: 'a good image has no room',
    facts: facts({ pool: wantsBad(), deployment: surging('bad'), pods: [healthy()] }),
    ready: 'False RollingOut',
    also: ['Progressing', 'Reconciling'],
  },
  {
    situation: 'a new image crashes while Redis is down',
    facts: facts({
      pool: wantsBad(),
      deployment: surging('bad'),
      pods: [healthy(), failing(FAILURES.crashes)],
      redis: { reason: 'RedisUnreachable', message: 'no' },
    }),
    ready: 'False RedisUnreachable',
    also: ['Degraded'],
  },
  {
    situation: 'template changed at 0 replicas',
    facts: facts({
      pool: pool({ spec: { scaling: { mode: 'Fixed', replicas: 0 } }, status: PROVEN }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
    }),
    ready: 'True Unproven',
    also: [],
  },
  {
    situation: 'suspended while its image can not be pulled',
    facts: facts({
      pool: wantsBad({}, { suspend: true }),
      deployment: deployment(0, { total: 0, replicas: 0, image: 'bad' }),
      pods: [failing(FAILURES.pull)],
    }),
    ready: 'True Suspended',
    also: ['Suspended'],
  },
  {
    situation: 'first start, no worker yet',
    facts: facts({ deployment: deployment(0) }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'nothing was made yet',
    facts: facts({ deployment: undefined }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'ready < minimum after having been ready',
    facts: facts({ pool: pool({ status: was('WorkersReady', 'True') }), deployment: deployment(1) }),
    ready: 'False TooFewWorkers',
    also: ['Degraded'],
  },
  {
    situation: 'still too few',
    facts: facts({ pool: pool({ status: was('TooFewWorkers', 'False') }), deployment: deployment(1) }),
    ready: 'False TooFewWorkers',
    also: ['Degraded'],
  },
  {
    situation: 'Secret or key absent',
    facts: facts({ redis: { reason: 'SecretNotFound', message: 'no' } }),
    ready: 'False SecretNotFound',
    also: ['Degraded'],
  },
  {
    situation: 'Secret or key of an object store absent, workers still run',
    facts: facts({ missingSecrets: ['Secret s3 with key accessKeyId'] }),
    ready: 'False SecretNotFound',
    also: ['Degraded'],
  },
  {
    situation: 'Redis down',
    facts: facts({ redis: { reason: 'RedisUnreachable', message: 'no' } }),
    ready: 'False RedisUnreachable',
    also: ['Degraded'],
  },
  {
    situation: 'Redis too old',
    facts: facts({ redis: { reason: 'RedisTooOld', message: 'old' } }),
    ready: 'False RedisTooOld',
    also: ['Degraded'],
  },
  {
    situation: 'Redis that may lose jobs',
    facts: facts({ redis: { reason: 'ConnectedWithWarnings', message: 'it evicts' } }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'Redis that does not tell',
    facts: facts({ redis: { reason: 'NotChecked', message: 'CONFIG is refused' } }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'no worker can write to the sink',
    facts: facts({ queue: { isThere: true, heartbeats: [heartbeat(false), heartbeat(false)] } }),
    ready: 'False SinkNotWritable',
    also: ['Degraded', 'QueueSeen'],
  },
  {
    situation: 'one worker of two can not write to the sink',
    facts: facts({ queue: { isThere: true, heartbeats: [heartbeat(true), heartbeat(false)] } }),
    ready: 'True WorkersReady',
    also: ['QueueSeen'],
  },
  {
    situation: 'no worker can write to the sink, and none is wanted',
    facts: facts({
      pool: pool({ spec: { scaling: { mode: 'Fixed', replicas: 0 } } }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
      queue: { isThere: false, heartbeats: [heartbeat(false)] },
    }),
    ready: 'True ScaledToZero',
    also: [],
  },
  {
    situation: 'a queue shared with another pool',
    facts: facts({ queue: { isThere: true, heartbeats: [heartbeat(true)] }, sharedWith: ['ns/other'] }),
    ready: 'True WorkersReady',
    also: ['QueueSeen', 'QueueShared', 'SinkReady'],
  },
  {
    situation: 'suspended',
    facts: facts({ pool: pool({ spec: { suspend: true } }), deployment: deployment(0, { total: 0, replicas: 0 }) }),
    ready: 'True Suspended',
    also: ['Suspended'],
  },
  {
    situation: 'suspended while Redis is down',
    facts: facts({ pool: pool({ spec: { suspend: true } }), redis: { reason: 'RedisUnreachable', message: 'no' } }),
    ready: 'True Suspended',
    also: ['Suspended'],
  },
  {
    situation: 'template change rolling out',
    facts: facts({ deployment: deployment(2, { total: 3, updated: 1 }) }),
    ready: 'False RollingOut',
    also: ['Progressing', 'Reconciling'],
  },
  {
    situation: 'Fixed at 0',
    facts: facts({
      pool: pool({ spec: { scaling: { mode: 'Fixed', replicas: 0 } } }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
    }),
    ready: 'True ScaledToZero',
    also: [],
  },
  {
    situation: 'External, as many as its owner wants',
    facts: facts({ pool: pool({ spec: { scaling: { mode: 'External' } } }), deployment: deployment(2) }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'Auto, the autoscaler wants more than the least and they are on their way',
    facts: facts({ pool: pool({ spec: { scaling: AUTO } }), deployment: deployment(2, { total: 6, replicas: 6 }) }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'Auto, the load is not known',
    facts: facts({
      pool: pool({ spec: { scaling: AUTO } }),
      autoscaler: autoscaler('FailedGetContainerResourceMetric'),
    }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'Auto, the load is known',
    facts: facts({ pool: pool({ spec: { scaling: AUTO } }), autoscaler: autoscaler('ValidMetricFound', 'True') }),
    ready: 'True WorkersReady',
    also: ['AutoscalingActive'],
  },
  {
    situation: 'Auto, fewer than the least after having been whole',
    facts: facts({
      pool: pool({ spec: { scaling: AUTO }, status: was('WorkersReady', 'True') }),
      deployment: deployment(1, { total: 6, replicas: 6 }),
    }),
    ready: 'False TooFewWorkers',
    also: ['Degraded'],
  },
  {
    situation: 'Auto, at 0 for want of work',
    facts: facts({
      pool: pool({ spec: { scaling: FROM_ZERO }, status: was('WorkersReady', 'True') }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
      following: FOLLOWING,
    }),
    ready: 'True ScaledToZero',
    also: ['AutoscalingActive'],
  },
  {
    situation: 'Auto, on its way up from 0',
    facts: facts({
      pool: pool({ spec: { scaling: FROM_ZERO }, status: was('ScaledToZero', 'True') }),
      deployment: deployment(0, { total: 4, replicas: 4 }),
      following: FOLLOWING,
    }),
    ready: 'False WaitingForWorkers',
    also: ['AutoscalingActive', 'Reconciling'],
  },
  {
    situation: 'Auto from 0, one of the many that are wanted works',
    facts: facts({
      pool: pool({ spec: { scaling: FROM_ZERO }, status: was('WaitingForWorkers', 'False') }),
      deployment: deployment(1, { total: 4, replicas: 4 }),
      following: FOLLOWING,
    }),
    ready: 'True WorkersReady',
    also: ['AutoscalingActive'],
  },
  {
    situation: 'Auto, without the CPU that is to be looked at beside the queue',
    facts: facts({
      pool: pool({ spec: { scaling: AUTO } }),
      autoscaler: autoscaler('ValidMetricFound', 'True'),
      cpuLeftOut: 'the API server has no metrics.k8s.io that is available',
    }),
    ready: 'True WorkersReady',
    also: ['AutoscalingActive'],
  },
  {
    situation: 'Auto from 0, the load can not be read',
    facts: facts({
      pool: pool({ spec: { scaling: FROM_ZERO } }),
      deployment: deployment(2),
      following: { status: 'False', reason: 'LoadUnknown', message: 'no' },
    }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'Auto, suspended while workers still end',
    facts: facts({
      pool: pool({ spec: { suspend: true, scaling: AUTO } }),
      deployment: deployment(1, { total: 1, replicas: 0 }),
      autoscaler: autoscaler('ScalingDisabled'),
    }),
    ready: 'True Suspended',
    also: ['Suspended'],
  },
  {
    situation: 'Auto, resumed from 0',
    facts: facts({
      pool: pool({ spec: { scaling: AUTO } }),
      deployment: deployment(0, { total: 0, replicas: 0 }),
      autoscaler: autoscaler('ScalingDisabled'),
    }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'a name conflict',
    facts: facts({ problem: { reason: 'NameConflict', message: 'taken' } }),
    ready: 'False NameConflict',
    also: ['Stalled'],
  },
  {
    situation: 'a quota that forbids the first pods',
    facts: facts({ deployment: refused(deployment(0, { total: 0 }), QUOTA) }),
    ready: 'False PodsRefused',
    also: ['Stalled'],
  },
  {
    situation: 'a quota that forbids new pods, while the old workers serve',
    facts: facts({ deployment: refused(deployment(2, { total: 2, updated: 0 }), QUOTA) }),
    ready: 'False PodsRefused',
    also: ['Stalled'],
  },
  {
    situation: 'a quota that forbids more than the least that an autoscaler may have',
    facts: facts({
      pool: pool({ spec: { scaling: AUTO } }),
      deployment: refused(deployment(2, { replicas: 6 }), QUOTA),
    }),
    ready: 'True WorkersReady',
    also: [],
  },
  {
    situation: 'pods that a webhook could not be asked about',
    facts: facts({ deployment: refused(deployment(0, { total: 0 }), 'failed calling webhook "w": timed out') }),
    ready: 'False WaitingForWorkers',
    also: ['Reconciling'],
  },
  {
    situation: 'pods that a webhook denies',
    facts: facts({ deployment: refused(deployment(0, { total: 0 }), 'admission webhook "w" denied the request: no') }),
    ready: 'False PodsRefused',
    also: ['Stalled'],
  },
  {
    situation: 'a quota that forbids a child, an immutable field',
    facts: facts({ problem: { reason: 'Refused', message: 'exceeded quota' } }),
    ready: 'False Refused',
    also: ['Stalled'],
  },
  {
    situation: 'an API server that fails at a new spec',
    facts: facts({ failure: 'PATCH /deployments: etcd is away (500)' }),
    ready: 'False ApplyFailed',
    also: ['Reconciling'],
  },
  {
    situation: 'a scratch folder below slots',
    facts: facts({ problem: { reason: 'ScratchTooSmall', message: 'small' } }),
    ready: 'False ScratchTooSmall',
    also: ['Stalled'],
  },
  {
    situation: 'a grace shorter than a job may take',
    facts: facts({ problem: { reason: 'GraceTooShort', message: 'short' } }),
    ready: 'False GraceTooShort',
    also: ['Stalled'],
  },
  {
    situation: 'memory below slots',
    facts: facts({ problem: { reason: 'MemoryTooSmall', message: 'small' } }),
    ready: 'False MemoryTooSmall',
    also: ['Stalled'],
  },
];
