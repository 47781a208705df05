/** What is read of a worker's pod, and nothing more: a fleet has many. */
import type { KubeObject } from '../kube/object.ts';

export interface WorkerPod extends KubeObject {
  /** Images that the node can not get, as the pod names them. */
  readonly unpullable: readonly string[];
}

const PULL_FAILURES: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
]);

interface ContainerStatus {
  readonly image?: string;
  readonly state?: { readonly waiting?: { readonly reason?: string } };
}

/** A whole pod cut down; its container statuses go by their spec's image, which a kubelet repeats while it waits. */
export function workerPodOf(pod: KubeObject): WorkerPod {
  const { name, namespace, uid, resourceVersion, labels, deletionTimestamp } = pod.metadata;
  const { containerStatuses = [] } =
    (pod as { status?: { containerStatuses?: readonly ContainerStatus[] } }).status ?? {};
  const waiting = containerStatuses.filter(({ state }) => PULL_FAILURES.has(state?.waiting?.reason ?? ''));
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(labels === undefined ? {} : { labels }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    // One that is on its way out waits for nothing.
    unpullable: deletionTimestamp === undefined ? [...new Set(waiting.map(({ image = '' }) => image))] : [],
  };
}
