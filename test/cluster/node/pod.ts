/** A pod as the node sees it. The library's types stand for the JSON that was read: its dates are strings here. */
import type { V1PodSpec } from '@kubernetes/client-node';
import type { KubeObject } from '../../../operator/kube/object.ts';

export interface Pod extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly namespace: string;
    readonly uid: string;
    readonly deletionGracePeriodSeconds?: number;
  };
  readonly spec: V1PodSpec;
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Terminated {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export interface ContainerState {
  readonly waiting?: { readonly reason: string; readonly message?: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: Terminated;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
}

export const pathOfPod = ({ metadata: { namespace, name } }: Pod, subresource = ''): string =>
  `/api/v1/namespaces/${namespace}/pods/${name}${subresource}`;

/** As the API writes times: no fraction. */
export const timestamp = (date = new Date()): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
