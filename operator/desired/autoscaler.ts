import { behaviorOf } from '../pool/behavior.ts';
import { names } from '../pool/names.ts';
import { type Builder, child } from './child.ts';

/**
 * A HorizontalPodAutoscaler on the CPU of the renderers. Of that container alone: rendering is what takes CPU, and a
 * sidecar without a request, which others may inject, would make the sum of a pod unknown and stop all scaling.
 * It stays while the pool is suspended, for at 0 replicas it is off.
 */
export const autoscaler: Builder = (pool) => {
  const { mode, auto } = pool.spec.scaling;
  if (mode !== 'Auto' || auto?.provider !== 'CPU') return undefined;
  const { minReplicas, maxReplicas, targetCPUUtilizationPercentage } = auto;
  return child(pool, 'autoscaling/v2', 'HorizontalPodAutoscaler', names.autoscaler(pool), {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: names.deployment(pool) },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'cpu',
            container: 'renderer',
            target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage },
          },
        },
      ],
      behavior: behaviorOf(auto),
    },
  });
};
