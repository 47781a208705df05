/** The pod's status as the kubelet would write it, from the states of its containers. Pure. */
import type { Condition, ContainerStatus, Pod } from './pod.ts';

export interface StatusOptions {
  readonly pod: Pod;
  readonly podIP: string;
  readonly startTime: string;
  readonly containers: readonly ContainerStatus[];
  readonly previous: readonly Condition[];
  readonly now: string;
}

export interface PodStatus {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly conditions: readonly Condition[];
  readonly hostIP: string;
  readonly hostIPs: readonly { readonly ip: string }[];
  readonly podIP: string;
  readonly podIPs: readonly { readonly ip: string }[];
  readonly startTime: string;
  readonly containerStatuses: readonly ContainerStatus[];
  readonly observedGeneration?: number;
}

const HOST = '127.0.0.1';

export function statusOf({ pod, podIP, startTime, containers, previous, now }: StatusOptions): PodStatus {
  const { generation } = pod.metadata;
  return {
    phase: phaseOf(pod, containers),
    conditions: conditionsOf(containers, previous, now),
    hostIP: HOST,
    hostIPs: [{ ip: HOST }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime,
    containerStatuses: containers,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

function phaseOf(pod: Pod, containers: readonly ContainerStatus[]): PodStatus['phase'] {
  const ends = containers.map(({ state }) => state.terminated);
  const policy = pod.metadata.deletionTimestamp ? 'Never' : (pod.spec.restartPolicy ?? 'Always');
  const final = ends.every((end) => end && !isRestarted(policy, end.exitCode));
  if (final) return ends.every((end) => end?.exitCode === 0) ? 'Succeeded' : 'Failed';
  return containers.some(({ state, lastState }) => state.waiting && !lastState.terminated) ? 'Pending' : 'Running';
}

export function isRestarted(policy: string, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

function conditionsOf(
  containers: readonly ContainerStatus[],
  previous: readonly Condition[],
  now: string,
): readonly Condition[] {
  const unready = containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const ready: Omit<Condition, 'type'> =
    unready.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  const fresh: readonly Condition[] = [
    { type: 'PodScheduled', status: 'True' },
    { type: 'PodReadyToStartContainers', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', ...ready },
    { type: 'Ready', ...ready },
  ];
  const own = fresh.map((condition) => {
    const before = previous.find(({ type }) => type === condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : undefined;
    return { ...condition, lastTransitionTime: since ?? now };
  });
  // Others write some too, as DisruptionTarget: the whole list is replaced, so they have to be in it.
  return [...own, ...previous.filter(({ type }) => !fresh.some((condition) => condition.type === type))];
}
