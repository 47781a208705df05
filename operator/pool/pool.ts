import type { KubeObject, OwnerReference } from '../kube/object.ts';
import type { PoolSpec, PoolStatus } from './spec.generated.ts';

export const GROUP = 'previews.mobius.dev';
export const API_VERSION = `${GROUP}/v1alpha1`;
export const KIND = 'PreviewWorkerPool';
export const POOLS = { group: GROUP, version: 'v1alpha1', plural: 'previewworkerpools' } as const;

/** A pool as the API server gives it: every default is filled in. */
export interface Pool extends KubeObject {
  readonly spec: PoolSpec;
  readonly status?: PoolStatus;
}

export type SecretKey = NonNullable<PoolSpec['queue']['redis']['urlFrom']>;
export type Condition = NonNullable<PoolStatus['conditions']>[number];

export const conditionOf = ({ status }: Pick<Pool, 'status'>, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

export const ANNOTATIONS = {
  /** `disabled` on a pool stops its reconciliation. */
  reconcile: `${GROUP}/reconcile`,
  /** On a pool: look now; echoed in status.lastHandledReconcileAt. */
  requestedAt: `${GROUP}/requested-at`,
  /** On a pool: a new value rolls the workers. */
  restartedAt: `${GROUP}/restarted-at`,
  /** On a child: hash of what was rendered when it was last applied. */
  fingerprint: `${GROUP}/fingerprint`,
  /** On the Deployment: who holds `replicas`, a ReplicasOwner. */
  replicasOwner: `${GROUP}/replicas-owner`,
  /** On pods: hash of the worker configuration. */
  configHash: `${GROUP}/config-hash`,
  /** On pods: hash of their template as it was rendered; tells new pods from old ones. */
  templateHash: `${GROUP}/template-hash`,
} as const;

/** Its owner has stopped the operator for it. */
export const isLeftAlone = ({ metadata }: Pick<Pool, 'metadata'>): boolean =>
  metadata.annotations?.[ANNOTATIONS.reconcile] === 'disabled';

export function ownerReference(pool: Pool): OwnerReference {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    name: pool.metadata.name,
    uid: pool.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
