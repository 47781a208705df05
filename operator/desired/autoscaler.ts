import { behaviorOf } from '../pool/behavior.ts';
import { names, POOL_LABEL, selectorLabels, WORKERS_METRIC } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { type Builder, child } from './child.ts';

type Auto = NonNullable<Pool['spec']['scaling']['auto']>;

/** By provider; one that is not here writes the number itself. */
const METRICS: Readonly<Partial<Record<Auto['provider'], (pool: Pool, auto: Auto) => object>>> = {
  /** The number of workers itself, so that one worker is one: `Value` in its place would multiply by those that are there. */
  ExternalMetrics: (pool) => ({
    type: 'External',
    external: {
      metric: { name: WORKERS_METRIC, selector: { matchLabels: { [POOL_LABEL]: selectorLabels(pool)[POOL_LABEL] } } },
      target: { type: 'AverageValue', averageValue: '1' },
    },
  }),
  /**
   * Of the container `renderer` alone: rendering is what takes CPU, and a sidecar without a request, which others may
   * inject, would make the sum of a pod unknown and stop all scaling.
   */
  CPU: (_, { targetCPUUtilizationPercentage }) => ({
    type: 'ContainerResource',
    containerResource: {
      name: 'cpu',
      container: 'renderer',
      target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage },
    },
  }),
};

/** It stays while the pool is suspended or asleep, for at 0 replicas it is off: of its own at least 1 it knows no less. */
export const autoscaler: Builder = (pool) => {
  const { mode, auto } = pool.spec.scaling;
  const metric = auto && METRICS[auto.provider];
  if (mode !== 'Auto' || auto === undefined || metric === undefined) return undefined;
  return child(pool, 'autoscaling/v2', 'HorizontalPodAutoscaler', names.autoscaler(pool), {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: names.deployment(pool) },
      minReplicas: Math.max(1, auto.minReplicas),
      maxReplicas: auto.maxReplicas,
      metrics: [metric(pool, auto)],
      behavior: behaviorOf(auto),
    },
  });
};
