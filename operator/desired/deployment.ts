import { names, selectorLabels } from '../pool/names.ts';
import { ANNOTATIONS, type Pool } from '../pool/pool.ts';
import { type Builder, child } from './child.ts';
import { podTemplate } from './pod.ts';

/** The number that the operator owns; undefined where another controller does (a Deployment born without it gets 1). */
export function ownedReplicas({ spec: { suspend, scaling } }: Pool): number | undefined {
  if (scaling.mode === 'External') return undefined;
  return suspend ? 0 : scaling.replicas;
}

export const deployment: Builder = (pool) => {
  const { maxSurge, maxUnavailable } = pool.spec.rollout;
  const replicas = ownedReplicas(pool);
  return child(
    pool,
    'apps/v1',
    'Deployment',
    names.deployment(pool),
    {
      spec: {
        ...(replicas === undefined ? {} : { replicas }),
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
        selector: { matchLabels: selectorLabels(pool) },
        template: podTemplate(pool),
      },
    },
    { annotations: { [ANNOTATIONS.scalingMode]: pool.spec.scaling.mode } },
  );
};
