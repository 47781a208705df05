/** With the pool's own selector and namespace in it, so that it can be copied. */
const PODS = 'kubectl -n NAMESPACE describe pods --show-events -l SELECTOR';

/**
 * The reasons a pool can give, each with what a person can do about it: `remedy` ends the condition's message. What a
 * reason of Ready means is in situations.ts, what any other means is here.
 */
export const REASONS = {
  WorkersReady: { remedy: undefined },
  ScaledToZero: { remedy: undefined },
  Suspended: { remedy: 'set spec.suspend to false to resume' },
  WaitingForWorkers: { remedy: `if that lasts, look at the pods: ${PODS}` },
  ImagePullFailed: { remedy: `check spec.image, spec.imagePullSecrets and the registry: ${PODS}` },
  SelfTestFailed: { remedy: 'set spec.image to an image whose self-test passes on these nodes' },
  CrashLooping: { remedy: `read the logs of the pods: ${PODS}` },
  ScratchUnavailable: {
    remedy: 'give the node room, or raise spec.template.scratch.sizeLimit; the workers go on trying',
  },
  RolledBack: {
    remedy:
      'set spec.image to another image; annotate the pool with previews.mobius.dev/restarted-at to try this one again',
  },
  TemplateUnhealthy: { remedy: `take the last change back, or look at the new pods: ${PODS}` },
  Unproven: { remedy: 'nothing to do: the first worker proves it' },
  PodsRefused: {
    remedy:
      'change what the message names; the pods are tried again after some minutes, or at once when the pool is annotated with another previews.mobius.dev/restarted-at',
  },
  TooFewWorkers: { remedy: `look at the pods: ${PODS}` },
  RollingOut: { remedy: undefined },
  SecretNotFound: { remedy: 'create the Secret with that key in the namespace of the pool' },
  RedisTooOld: { remedy: 'let spec.queue.redis name a Redis of 6.2 or newer' },
  SinkNotWritable: {
    remedy: 'check spec.worker.sink, its credentials and its room; the workers go on trying, and take no job meanwhile',
  },
  RedisUnreachable: { remedy: 'check address, network policy, password and rights of Redis, see docs/redis.md' },
  NameConflict: { remedy: 'delete or rename the object named, or rename the pool' },
  Refused: {
    remedy:
      'change what the API server names in its answer; delete an object of which a field is immutable, it is made anew',
  },
  ApplyFailed: {
    remedy: 'nothing to do if it passes, it is tried again; else look at the API server and its webhooks',
  },
  MemoryTooSmall: {
    remedy: 'raise spec.template.resources, or lower worker.slots or perJob.memory of worker and worker.renderers',
  },
  ScratchTooSmall: {
    remedy:
      'raise spec.template.scratch.sizeLimit or leave it out, or lower worker.slots, perJob.sourceBytes or perJob.outputBytes',
  },
  GraceTooShort: {
    remedy: 'raise worker.shutdownGraceSeconds to the largest perJob.timeoutSeconds or more, or leave it out',
  },
  ReconcileDisabled: {
    means: 'the annotation previews.mobius.dev/reconcile stops the operator for this pool',
    remedy: 'remove the annotation previews.mobius.dev/reconcile',
  },
  MetricsUnavailable: {
    means: 'the HorizontalPodAutoscaler has no metrics of the renderers',
    remedy:
      'the workers stay as many as they are; see that metrics-server runs and the renderer requests cpu: kubectl get --raw /apis/metrics.k8s.io/v1beta1',
  },
  CPULeftOut: {
    means:
      'the workers follow the queue, and not the CPU that spec.scaling.auto.targetCPUUtilizationPercentage asks for too',
    remedy:
      'scaling goes on by the queue; install metrics-server (kubectl get apiservice v1beta1.metrics.k8s.io), or remove targetCPUUtilizationPercentage',
  },
  LoadUnknown: {
    means: 'the operator follows the queue itself, and can not read its load',
    remedy: 'the workers stay as many as they are; see RedisReady, and that the keys of the queue are BullMQ’s',
  },
  WorkersNeverReady: {
    means: 'more workers are needed, and none of the last ones became ready: no more are asked for',
    remedy: `look at the pods: ${PODS}`,
  },
  TwoAutoscalers: {
    means: 'another HorizontalPodAutoscaler selects the same pods',
    remedy: 'delete the HorizontalPodAutoscaler that is not the pool’s, or set scaling.mode to External',
  },
  ScalingFailed: {
    means: 'the HorizontalPodAutoscaler can not read or write the Deployment',
    remedy: 'look at it: kubectl -n NAMESPACE describe hpa -l SELECTOR',
  },
  KEDAUnavailable: {
    means: 'provider KEDA can not have its ScaledObject',
    remedy:
      'the workers stay as many as they are; install KEDA 2.21 or newer, or set scaling.auto.provider to another; change what the API server names in its answer',
  },
  KEDAFailed: {
    means: 'KEDA can not use the ScaledObject of the pool',
    remedy: 'the workers stay as many as they are; look at it: kubectl -n NAMESPACE describe scaledobject -l SELECTOR',
  },
  CRDNotInstalled: {
    means: 'the API server does not serve a kind that spec.monitoring asks for',
    remedy: 'install the CRDs of the Prometheus Operator, or remove spec.monitoring.serviceMonitor and alerts',
  },
  AsExpected: { means: 'nothing to tell', remedy: undefined },
  UpgradeWaits: {
    means: 'the operator’s own change of the template waits for its turn',
    remedy: 'nothing to do while other pools roll; after a roll-back give the operator another default image',
  },
  RolloutComplete: { means: 'all workers run the newest template that was carried out', remedy: undefined },
  Connected: { means: 'Redis answers, and a queue is safe in it', remedy: undefined },
  ConnectedWithWarnings: {
    means: 'Redis answers; what the message names can lose jobs or leave some behind',
    remedy: undefined,
  },
  NotChecked: {
    means: 'not looked at, or not allowed to look',
    remedy:
      'wait for the next look; where it stays, docs/redis.md lists the operator’s rights, and an autoscaler needs its controller',
  },
  QueueFound: { means: 'a producer has made the queue known in this Redis', remedy: undefined },
  QueueNotFound: {
    means: 'no producer has ever used the queue in this Redis',
    remedy: 'nothing to do before the first job; after it compare spec.queue with what the producers use',
  },
  QueueShared: {
    means: 'two pools take jobs of one queue',
    remedy: 'let each have a queue of its own, unless they are to share the jobs',
  },
  SinkWritable: { means: 'the workers can write to the sink', remedy: undefined },
  NoWorkerTells: { means: 'no worker runs, or none can reach Redis', remedy: undefined },
} as const satisfies Record<string, ReasonText>;

export interface ReasonText {
  readonly means?: string;
  readonly remedy: string | undefined;
}

export type Reason = keyof typeof REASONS;

/** With the pool's own names in it. */
export const remedyOf = (reason: Reason, { namespace = 'default', selector }: PoolNames): string | undefined =>
  REASONS[reason].remedy?.replace('NAMESPACE', namespace).replace('SELECTOR', selector);

export interface PoolNames {
  readonly namespace?: string | undefined;
  readonly selector: string;
}

/** A condition's message as it was before its remedy was added. */
export const withoutRemedy = (message: string, remedy = ''): string =>
  (message.endsWith(remedy) ? message.slice(0, message.length - remedy.length) : message).replace(/; $/, '');
