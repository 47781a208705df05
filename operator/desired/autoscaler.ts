import { behaviorOf } from '../pool/behavior.ts';
import { names, POOL_LABEL, selectorLabels, WORKERS_METRIC } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { type Child, child } from './child.ts';

type Auto = NonNullable<Pool['spec']['scaling']['auto']>;

/** The number of workers itself, so that one worker is one: `Value` in its place would multiply by those that are there. */
const byWorkersWanted = (pool: Pool): object => ({
  type: 'External',
  external: {
    metric: { name: WORKERS_METRIC, selector: { matchLabels: { [POOL_LABEL]: selectorLabels(pool)[POOL_LABEL] } } },
    target: { type: 'AverageValue', averageValue: '1' },
  },
});

/**
 * Of the container `renderer` alone: rendering is what takes CPU, and a sidecar without a request, which others may
 * inject, would make the sum of a pod unknown and stop all scaling.
 */
const byCpu = ({ targetCPUUtilizationPercentage }: Auto): object => ({
  type: 'ContainerResource',
  containerResource: {
    name: 'cpu',
    container: 'renderer',
    target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage },
  },
});

/**
 * The highest of them counts. One that is not served would forbid every scale-in, so CPU comes second only while it is. CPU last
 * is also the order in which an API server that keeps them as autoscaling/v1 gives them back.
 */
function metricsOf(pool: Pool, auto: Auto, hasCpuMetrics: boolean): readonly object[] {
  if (auto.provider === 'CPU') return [byCpu(auto)];
  if (auto.provider !== 'ExternalMetrics') return [];
  const isCpuWanted = auto.targetCPUUtilizationPercentage !== undefined;
  return [byWorkersWanted(pool), ...(isCpuWanted && hasCpuMetrics ? [byCpu(auto)] : [])];
}

/** It stays while the pool is suspended or asleep, for at 0 replicas it is off: of its own at least 1 it knows no less. */
export function autoscaler(pool: Pool, hasCpuMetrics: boolean): Child | undefined {
  const { mode, auto } = pool.spec.scaling;
  const metrics = auto ? metricsOf(pool, auto, hasCpuMetrics) : [];
  if (mode !== 'Auto' || auto === undefined || metrics.length === 0) return undefined;
  return child(pool, 'autoscaling/v2', 'HorizontalPodAutoscaler', names.autoscaler(pool), {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: names.deployment(pool) },
      minReplicas: Math.max(1, auto.minReplicas),
      maxReplicas: auto.maxReplicas,
      metrics,
      behavior: behaviorOf(auto),
    },
  });
}
