import { names, selectorLabels } from '../pool/names.ts';
import { ANNOTATIONS } from '../pool/pool.ts';
import { ownedReplicas, replicasOwner } from '../pool/replicas.ts';
import { type Builder, child } from './child.ts';
import { podTemplate } from './pod.ts';

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
    { annotations: { [ANNOTATIONS.replicasOwner]: replicasOwner(pool) } },
  );
};
