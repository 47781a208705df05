/** The fields of a Deployment that are read, and what they mean together. */
import type { KubeObject } from '../kube/object.ts';
import { ANNOTATIONS } from './pool.ts';

export interface DeploymentState extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image?: string }[] };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** How the answers begin that stay the same until a person changes something; a webhook that is down is none. */
const REFUSED_FOR_GOOD = /^pods? "[^"]*" is (forbidden|invalid): |^(?=admission webhook .* denied the request)/i;

export const liveImage = (deployment: DeploymentState | undefined): string | undefined =>
  deployment?.spec?.template?.spec?.containers?.find(({ name }) => name === 'worker')?.image;

export function liveTemplate(deployment: DeploymentState | undefined): {
  readonly hash: string | undefined;
  readonly restartedAt: string | undefined;
} {
  const annotations = deployment?.spec?.template?.metadata?.annotations;
  return { hash: annotations?.[ANNOTATIONS.templateHash], restartedAt: annotations?.[ANNOTATIONS.restartedAt] };
}

/** Its status speaks of its spec as it is now. */
const isObserved = ({ metadata, status }: DeploymentState): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

/** Pods of an older template still stand in for the new one. */
export function isRolling(deployment: DeploymentState | undefined): boolean {
  const { replicas = 0, updatedReplicas = 0 } = deployment?.status ?? {};
  return deployment !== undefined && replicas > 0 && (updatedReplicas < replicas || !isObserved(deployment));
}

/** Every pod is of the new template, and one at least is ready. */
export function isSettled(deployment: DeploymentState | undefined): boolean {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = deployment?.status ?? {};
  return deployment !== undefined && isObserved(deployment) && readyReplicas > 0 && updatedReplicas === replicas;
}

/** Why the API server makes none of the pods that are missing, without their names: it goes into conditions. */
export function podsRefused(deployment: DeploymentState | undefined): string | undefined {
  const { conditions = [] } = deployment?.status ?? {};
  const failure = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  const message = failure?.message ?? '';
  return REFUSED_FOR_GOOD.test(message) ? message.replace(REFUSED_FOR_GOOD, '') : undefined;
}
