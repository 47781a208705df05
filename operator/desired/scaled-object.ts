import { behaviorOf } from '../pool/behavior.ts';
import { KEDA_LOOK_SECONDS } from '../pool/keda-state.ts';
import { names } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { type Child, child } from './child.ts';

/** KEDA's word for: that many, whatever the triggers say. */
const PAUSED_REPLICAS = 'autoscaling.keda.sh/paused-replicas';

/**
 * All is KEDA's to write: 0 to 1 and back by what it asks itself, 1 and more through a HorizontalPodAutoscaler of its own that
 * asks again. `demandUrl`: where it reaches the operator. Without a fallback, so that where there is no number the workers stay.
 */
export function scaledObject(pool: Pool, demandUrl: string): Child | undefined {
  const { suspend, scaling } = pool.spec;
  const { mode, auto } = scaling;
  if (mode !== 'Auto' || auto?.provider !== 'KEDA') return undefined;
  const { namespace = 'default', name } = pool.metadata;
  return child(
    pool,
    'keda.sh/v1alpha1',
    'ScaledObject',
    names.scaledObject(pool),
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: names.deployment(pool) },
        pollingInterval: KEDA_LOOK_SECONDS,
        // The number is 0 only once the pool was idle for scaleToZeroAfterSeconds.
        cooldownPeriod: 0,
        minReplicaCount: auto.minReplicas,
        maxReplicaCount: auto.maxReplicas,
        advanced: { horizontalPodAutoscalerConfig: { behavior: behaviorOf(auto) } },
        triggers: [
          {
            type: 'metrics-api',
            metricType: 'AverageValue',
            metadata: { url: `${demandUrl}/demand/${namespace}/${name}`, valueLocation: 'workers', targetValue: '1' },
          },
        ],
      },
    },
    suspend ? { annotations: { [PAUSED_REPLICAS]: '0' } } : {},
  );
}
