import { names, selectorLabels } from '../pool/names.ts';
import { type Builder, child } from './child.ts';

/** How many workers a drain may take at once; one that is not ready serves nobody and may always go. */
export const disruptionBudget: Builder = (pool) =>
  child(pool, 'policy/v1', 'PodDisruptionBudget', names.disruptionBudget(pool), {
    spec: {
      maxUnavailable: pool.spec.disruptionBudget.maxUnavailable,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorLabels(pool) },
    },
  });
