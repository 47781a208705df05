import type { KubeObject } from '../kube/object.ts';
import { labels } from '../pool/names.ts';
import { ownerReference, type Pool } from '../pool/pool.ts';

/** An owned object as it should be; only fields that the operator owns. */
export interface Child extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
}

export type Builder = (pool: Pool) => Child | undefined;

/** What all children share: identity, labels, owner. Nothing is inherited from the pool's own labels or annotations. */
export function child(
  pool: Pool,
  apiVersion: string,
  kind: string,
  name: string,
  body: Readonly<Record<string, unknown>>,
  /** Labels that are given take the place of those that all children bear. */
  metadata: Pick<KubeObject['metadata'], 'annotations' | 'labels'> = {},
): Child {
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: pool.metadata.namespace ?? 'default',
      labels: labels(pool),
      ownerReferences: [ownerReference(pool)],
      ...metadata,
    },
    ...body,
  };
}
