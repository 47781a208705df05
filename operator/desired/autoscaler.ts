import { names } from '../pool/names.ts';
import { type Builder, child } from './child.ts';

/** As fast as a burst needs: with the server's default of 4 pods a burst of 5,000 jobs waits markedly longer. */
const SCALE_UP = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 10, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};

/**
 * A HorizontalPodAutoscaler on the CPU of the renderers. Of that container alone: rendering is what takes CPU, and a
 * sidecar without a request, which others may inject, would make the sum of a pod unknown and stop all scaling.
 * It stays while the pool is suspended, for at 0 replicas it is off.
 */
export const autoscaler: Builder = (pool) => {
  const { mode, auto } = pool.spec.scaling;
  if (mode !== 'Auto' || auto === undefined) return undefined;
  const { minReplicas, maxReplicas, targetCPUUtilizationPercentage, scaleDownWindowSeconds, behavior } = auto;
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
      behavior: {
        scaleUp: { ...SCALE_UP, ...behavior?.scaleUp },
        scaleDown: { stabilizationWindowSeconds: scaleDownWindowSeconds, ...behavior?.scaleDown },
      },
    },
  });
};
