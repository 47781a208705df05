import { selectorLabels } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';

/** Where a pool's pods run, and before whom. */
export function placement(pool: Pool): Record<string, unknown> {
  const { nodeSelector, tolerations, affinity, priorityClassName, runtimeClassName } = pool.spec.template;
  return {
    ...(nodeSelector ? { nodeSelector } : {}),
    ...(tolerations ? { tolerations } : {}),
    ...(affinity ? { affinity } : {}),
    ...(priorityClassName ? { priorityClassName } : {}),
    ...(runtimeClassName ? { runtimeClassName } : {}),
    topologySpreadConstraints: spread(pool),
  };
}

/** A node that is lost takes as few workers with it as it can. */
const OVER_NODES = { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 1 } as const;

/** Without a selector of their own, constraints count the pool's pods, those of one rollout at a time. */
function spread(pool: Pool): readonly unknown[] {
  const own = { labelSelector: { matchLabels: selectorLabels(pool) }, matchLabelKeys: ['pod-template-hash'] };
  return (pool.spec.template.topologySpreadConstraints ?? [OVER_NODES]).map((constraint) =>
    'labelSelector' in constraint ? constraint : { ...constraint, ...own },
  );
}
