/** Every name and label that a pool's children carry, in one place. */
import type { KubeObject } from '../kube/object.ts';
import { hashOf } from './hash.ts';
import { GROUP, type Pool } from './pool.ts';

const MAX = 63;
export const MANAGED_BY = 'preview-worker-operator';

/**
 * A DNS label made of `preview-`, the pool's name and a suffix. A name that would pass 63 characters, or that holds a
 * dot, is cut and ends in a hash, so that two pools never share a child.
 */
export function childName(poolName: string, suffix = ''): string {
  const plain = `preview-${poolName}${suffix}`;
  if (plain.length <= MAX && !poolName.includes('.')) return plain;
  const tail = `-${hashOf(poolName).slice(0, 8)}${suffix}`;
  return `preview-${poolName.replaceAll('.', '-')}`.slice(0, MAX - tail.length).replace(/-+$/, '') + tail;
}

export const names = {
  serviceAccount: (pool: Pool) => childName(pool.metadata.name),
  configMap: (pool: Pool) => childName(pool.metadata.name, '-config'),
  service: (pool: Pool) => childName(pool.metadata.name),
  deployment: (pool: Pool) => childName(pool.metadata.name),
  autoscaler: (pool: Pool) => childName(pool.metadata.name),
  scaledObject: (pool: Pool) => childName(pool.metadata.name),
  disruptionBudget: (pool: Pool) => childName(pool.metadata.name),
  networkPolicy: (pool: Pool) => childName(pool.metadata.name),
  serviceMonitor: (pool: Pool) => childName(pool.metadata.name),
  prometheusRule: (pool: Pool) => childName(pool.metadata.name),
  dashboard: (pool: Pool) => childName(pool.metadata.name, '-dashboard'),
} as const;

/** Of `external.metrics.k8s.io`: how many workers a pool needs. */
export const WORKERS_METRIC = 'preview-workers-wanted';

export const POOL_LABEL = `${GROUP}/pool`;

/** The immutable part: what selectors use. */
export function selectorLabels(pool: Pool): Record<string, string> {
  return { [POOL_LABEL]: poolLabel(pool.metadata.name), [`${GROUP}/component`]: 'worker' };
}

/** `namespace/label`: pods carry no more of their pool's name, and no owner reference to it. */
export const podIndexKey = (pool: Pool): string => `${pool.metadata.namespace}/${poolLabel(pool.metadata.name)}`;

/** Of a pod: what `podIndexKey` gives for its pool. */
export const poolOfPod = ({ metadata }: KubeObject): string =>
  `${metadata.namespace}/${metadata.labels?.[POOL_LABEL] ?? ''}`;

/** Finds every worker's pod, whatever its pool. */
export const POD_SELECTOR = `${GROUP}/component=worker`;

export function labels(pool: Pool): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'preview-worker',
    'app.kubernetes.io/component': 'worker',
    'app.kubernetes.io/part-of': 'preview-worker',
    'app.kubernetes.io/managed-by': MANAGED_BY,
    ...selectorLabels(pool),
  };
}

/** A label's value takes 63 characters, a pool's name 253. */
const poolLabel = (name: string): string =>
  name.length <= MAX ? name : `${name.slice(0, MAX - 9).replace(/[-.]+$/, '')}-${hashOf(name).slice(0, 8)}`;
