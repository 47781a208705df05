/** How each reason of a pool's conditions looks. One that is not here fails to compile. */
import type { Reason } from '../../operator/pool/conditions.ts';
import type { Sight } from './sight.ts';

const LOGS = 'kubectl -n NAMESPACE logs deploy/preview-POOL -c renderer --previous';

export const CONDITION_SIGHTS: Readonly<Record<Reason, Sight>> = {
  WorkersReady: { symptom: 'all-is-well', sees: 'Ready is True' },
  ScaledToZero: {
    symptom: 'nothing-is-rendered',
    sees: 'there is no pod, and Ready is True: with jobs that wait, look at AutoscalingActive',
    look: 'kubectl pwp explain POOL -n NAMESPACE',
  },
  Suspended: { symptom: 'nothing-is-rendered', sees: 'there is no pod, Ready is True, jobs pile up' },
  WaitingForWorkers: {
    symptom: 'pods-do-not-start',
    sees: 'pods are Pending or not ready, since the pool is new or was changed',
    look: 'kubectl -n NAMESPACE get events --sort-by=.lastTimestamp',
  },
  ImagePullFailed: { symptom: 'pods-do-not-start', sees: 'pods are ErrImagePull or ImagePullBackOff' },
  SelfTestFailed: {
    symptom: 'pods-do-not-start',
    sees: 'the container renderer ends with 78 at each start; its last line names renderer and format',
    look: LOGS,
  },
  CrashLooping: { symptom: 'pods-do-not-start', sees: 'pods are CrashLoopBackOff', look: LOGS },
  ScratchUnavailable: {
    symptom: 'pods-do-not-start',
    sees: 'the container renderer ends with 75; pods of other nodes may be well',
    look: 'kubectl -n NAMESPACE get pods -o wide -l previews.mobius.dev/pool=POOL',
  },
  RolledBack: {
    symptom: 'get-pwp-says-false',
    sees: 'a new image is in the spec, the one before in `status.image`; previews go on',
  },
  TemplateUnhealthy: {
    symptom: 'pods-do-not-start',
    sees: 'new pods do not get ready since a change of something else than the image; old ones go on',
  },
  Unproven: { symptom: 'get-pwp-says-false', sees: 'a change was made while the pool was at 0; Ready is True' },
  PodsRefused: {
    symptom: 'pods-do-not-start',
    sees: 'there is no pod to look at: the API server makes none',
    look: 'kubectl -n NAMESPACE describe rs -l previews.mobius.dev/pool=POOL',
  },
  TooFewWorkers: {
    symptom: 'pods-do-not-start',
    sees: 'a pool that was whole lost workers: a node, an eviction, a crash',
    look: 'kubectl get nodes',
  },
  RollingOut: { symptom: 'get-pwp-says-false', sees: 'Reconciling is True; old and new pods run side by side' },
  SecretNotFound: {
    symptom: 'nothing-is-rendered',
    sees: 'pods are ContainerCreating, or workers say that credentials can not be read',
    look: 'kubectl -n NAMESPACE get secret NAME',
  },
  RedisTooOld: { symptom: 'nothing-is-rendered', sees: 'a new pool never gets Ready, its Redis answers' },
  SinkNotWritable: {
    symptom: 'nothing-is-rendered',
    sees: 'pods are ready and take nothing; SinkReady is False',
    look: 'kubectl -n NAMESPACE exec deploy/preview-POOL -c worker -- preview-worker doctor',
  },
  RedisUnreachable: {
    symptom: 'nothing-is-rendered',
    sees: 'all pools of one Redis turn False at once; producers wait or time out; pods go on running',
    look: 'kubectl -n NAMESPACE exec deploy/preview-POOL -c worker -- preview-worker doctor',
  },
  NameConflict: { symptom: 'get-pwp-says-false', sees: 'a child is missing, an object of its name is another’s' },
  Refused: {
    symptom: 'get-pwp-says-false',
    sees: 'some children are of before the change; the message is the API server’s',
    look: 'kubectl -n NAMESPACE get resourcequota,limitrange',
  },
  ApplyFailed: {
    symptom: 'get-pwp-says-false',
    sees: 'many pools say so at once: the API server or a webhook has trouble',
    look: 'kubectl get --raw /readyz',
  },
  MemoryTooSmall: { symptom: 'get-pwp-says-false', sees: 'after a change of slots, limits or resources' },
  ScratchTooSmall: { symptom: 'get-pwp-says-false', sees: 'after a change of slots, limits or the scratch volume' },
  GraceTooShort: { symptom: 'get-pwp-says-false', sees: 'after a change of time-outs or of the grace' },
  ReconcileDisabled: {
    symptom: 'get-pwp-says-false',
    sees: 'conditions are old, and nothing that is changed has any effect',
  },
  MetricsUnavailable: {
    symptom: 'previews-are-late',
    sees: 'the number of workers stands still; `kubectl get hpa` shows `<unknown>`',
    look: 'kubectl -n NAMESPACE describe hpa preview-POOL',
  },
  CPULeftOut: { symptom: 'previews-are-late', sees: 'workers are busier than the CPU that was asked for' },
  LoadUnknown: {
    symptom: 'nothing-is-rendered',
    sees: 'jobs wait and the number of workers stands still, at 0 too',
    look: 'kubectl pwp top POOL -n NAMESPACE',
  },
  WorkersNeverReady: { symptom: 'pods-do-not-start', sees: 'the pool stops growing although jobs wait' },
  TwoAutoscalers: {
    symptom: 'previews-are-late',
    sees: 'the number of workers goes up and down by itself, or stands still',
    look: 'kubectl -n NAMESPACE get hpa',
  },
  ScalingFailed: { symptom: 'previews-are-late', sees: 'the number of workers stands still' },
  KEDAUnavailable: {
    symptom: 'previews-are-late',
    sees: 'there is no ScaledObject; the number of workers stands still',
  },
  KEDAFailed: { symptom: 'previews-are-late', sees: 'there is a ScaledObject that is not Ready' },
  CRDNotInstalled: {
    symptom: 'nothing-is-measured',
    sees: 'there is no ServiceMonitor or PrometheusRule',
    look: 'kubectl get crd servicemonitors.monitoring.coreos.com prometheusrules.monitoring.coreos.com',
  },
  AsExpected: { symptom: 'all-is-well', sees: 'beside any condition' },
  UpgradeWaits: {
    symptom: 'get-pwp-says-false',
    sees: 'the operator was upgraded, and this pool’s workers are still the old ones',
  },
  RolloutComplete: { symptom: 'all-is-well', sees: 'Progressing is False' },
  Connected: { symptom: 'all-is-well', sees: 'RedisReady is True' },
  ConnectedWithWarnings: {
    symptom: 'jobs-are-gone',
    sees: 'RedisReady is True, and its message is not empty: [redis.md](redis.md#what-the-operator-looks-at)',
  },
  NotChecked: { symptom: 'previews-are-late', sees: 'a condition is Unknown for longer than a minute' },
  QueueFound: { symptom: 'all-is-well', sees: 'QueueSeen is True' },
  QueueNotFound: {
    symptom: 'nothing-is-rendered',
    sees: 'workers are ready and idle, producers say that they add jobs',
    look: 'kubectl -n NAMESPACE get pwp POOL -o jsonpath={.spec.queue}',
  },
  QueueShared: { symptom: 'previews-are-late', sees: 'jobs of this pool are taken by workers of another' },
  SinkWritable: { symptom: 'all-is-well', sees: 'SinkReady is True' },
  NoWorkerTells: {
    symptom: 'nothing-is-rendered',
    sees: 'SinkReady is Unknown: at 0 workers that is as it should be',
    look: 'kubectl -n NAMESPACE get pods -l previews.mobius.dev/pool=POOL',
  },
};
