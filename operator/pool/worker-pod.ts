/** What is read of a worker's pod, and nothing more: a fleet has many. */
import type { KubeObject } from '../kube/object.ts';
import { ANNOTATIONS } from './pool.ts';

/** Of pods that are ready, a ReplicaSet takes those of the lowest first. */
export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/** What a pod itself shows against its template. What befalls it from outside (no room, an eviction, Redis) is none. */
export interface PodFailure {
  readonly reason: 'ImagePullFailed' | 'SelfTestFailed' | 'CrashLooping' | 'ScratchUnavailable';
  /** Without counts and names of pods: it goes into conditions. */
  readonly message: string;
  /** A first failed pull may be a registry's hiccup, a full volume is the node's: said, not acted upon. */
  readonly isConclusive: boolean;
}

export interface WorkerPod extends KubeObject {
  /** The hash that its template bore; empty for pods of an operator that wrote none. */
  readonly template: string;
  readonly isReady: boolean;
  /** From its creation until it became ready; undefined while it is not. */
  readonly startupSeconds?: number | undefined;
  readonly failure: PodFailure | undefined;
  /** Among pods that are ready, those of the lowest go first; undefined counts as 0. */
  readonly deletionCost?: string;
}

/** Injected sidecars prove nothing about the image. */
const OUR_CONTAINERS: ReadonlySet<string> = new Set(['worker', 'renderer']);
/** worker/renderer/main.ts: the image can not render here. */
const SELF_TEST_FAILED = 78;
/** The same file: the volume it works in is full or read-only. */
const SCRATCH_UNAVAILABLE = 75;
/** Restarts without having become ready in between; the kubelet backs off from the second on. */
const CRASHES = 3;
/** From a container's own words. */
const MESSAGE_LENGTH = 300;

/** Whether the kubelet has given up for now, by its reason to wait. */
const PULL_FAILURES: Readonly<Record<string, boolean>> = {
  ErrImagePull: false,
  ImagePullBackOff: true,
  ErrImageNeverPull: true,
  InvalidImageName: true,
};

interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string };
  readonly terminated?: { readonly exitCode: number; readonly message?: string };
}

interface Status {
  readonly phase?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly lastTransitionTime?: string;
  }[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

/** A whole pod cut down. */
export function workerPodOf(pod: KubeObject): WorkerPod {
  const { name, namespace, uid, resourceVersion, labels, annotations, creationTimestamp, deletionTimestamp } =
    pod.metadata;
  const { phase, conditions = [], containerStatuses = [] } = (pod as { status?: Status }).status ?? {};
  const ready = conditions.find(({ type, status }) => type === 'Ready' && status === 'True');
  const isReady = ready !== undefined;
  // One that is on its way out, evicted or preempted says nothing about its template.
  const isOver = deletionTimestamp !== undefined || phase === 'Failed' || phase === 'Succeeded';
  const ours = containerStatuses.filter((container) => OUR_CONTAINERS.has(container.name));
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(labels === undefined ? {} : { labels }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    template: annotations?.[ANNOTATIONS.templateHash] ?? '',
    isReady: isReady && !isOver,
    ...(ready && !isOver ? { startupSeconds: secondsBetween(creationTimestamp, ready.lastTransitionTime) } : {}),
    failure: isOver || isReady ? undefined : worstOf(ours.flatMap((container) => failureOf(container) ?? [])),
    ...(annotations?.[DELETION_COST] === undefined ? {} : { deletionCost: annotations[DELETION_COST] }),
  };
}

function secondsBetween(begin: string | undefined, end: string | undefined): number | undefined {
  const seconds = (Date.parse(end ?? '') - Date.parse(begin ?? '')) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

/** The most telling failure; equal ones in a fixed order, so that the message does not change between two looks. */
export function worstOf(failures: readonly PodFailure[]): PodFailure | undefined {
  const rank = ({ isConclusive, reason, message }: PodFailure) =>
    `${isConclusive ? 0 : 1}${['SelfTestFailed', 'ImagePullFailed', 'CrashLooping', 'ScratchUnavailable'].indexOf(reason)}${message}`;
  return failures.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}

/** A kubelet repeats the image of the spec while it waits for it. */
function failureOf({ name, image = '', restartCount = 0, state, lastState }: ContainerStatus): PodFailure | undefined {
  const isFinal = PULL_FAILURES[state?.waiting?.reason ?? ''];
  if (isFinal !== undefined)
    return { reason: 'ImagePullFailed', message: `no node can get the image ${image}`, isConclusive: isFinal };
  const end = state?.terminated ?? lastState?.terminated;
  if (end === undefined) return undefined;
  const words = wordsOf(end.message);
  if (end.exitCode === SELF_TEST_FAILED)
    return { reason: 'SelfTestFailed', message: `the self-test failed${words}`, isConclusive: true };
  if (end.exitCode === SCRATCH_UNAVAILABLE)
    return {
      reason: 'ScratchUnavailable',
      message: `the scratch volume can not be written${words}`,
      isConclusive: false,
    };
  if (restartCount < CRASHES) return undefined;
  const message = `container ${name} ends again and again, last with exit code ${end.exitCode}${words}`;
  return { reason: 'CrashLooping', message, isConclusive: true };
}

/** The termination message: one JSON line with a reason, or free text of which the end tells most. */
function wordsOf(message = ''): string {
  let words = message.trim().split('\n').at(-1) ?? '';
  try {
    const { reason } = JSON.parse(words) as { reason?: unknown };
    if (typeof reason === 'string') words = reason;
  } catch {
    // Free text.
  }
  return words === '' ? '' : `: ${words.slice(0, MESSAGE_LENGTH)}`;
}
