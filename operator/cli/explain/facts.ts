/** What is known of a pool and of what scales it, at one moment. */
import type { KubeObject } from '../../kube/object.ts';
import type { DeploymentState } from '../../pool/deployment-state.ts';
import type { Pool } from '../../pool/pool.ts';
import type { Provider } from '../../pool/provider.ts';
import type { ScalingAnswer } from '../../scaling/told.ts';

export interface ScalingFacts {
  readonly pool: Pool;
  /** Undefined: there is none. */
  readonly deployment: DeploymentState | undefined;
  /** The pool's own, or the one that KEDA made for it. */
  readonly autoscaler: Autoscaler | undefined;
  /** Undefined: the operator has nothing to tell of this pool, or could not be asked. */
  readonly answer: ScalingAnswer | undefined;
  /** Why it could not be asked, with the remedy. */
  readonly problem: string | undefined;
}

export interface Autoscaler extends KubeObject {
  readonly spec?: {
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly behavior?: { readonly scaleUp?: Rules; readonly scaleDown?: Rules };
  };
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly lastScaleTime?: string;
    readonly currentMetrics?: readonly CurrentMetric[] | null;
    readonly conditions?: readonly AutoscalerCondition[];
  };
}

interface Rules {
  readonly stabilizationWindowSeconds?: number;
  readonly tolerance?: number | string;
}

export interface CurrentMetric {
  readonly type: string;
  readonly external?: { readonly metric: { readonly name: string }; readonly current: Current };
  readonly containerResource?: { readonly name: string; readonly container: string; readonly current: Current };
}

interface Current {
  readonly averageValue?: string;
  readonly averageUtilization?: number;
}

export interface AutoscalerCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** As the operator has decided; `Auto` while it has not, undefined outside mode Auto. */
export function providerNow({ spec, status }: Pool): Provider | 'Auto' | undefined {
  if (spec.scaling.mode !== 'Auto') return undefined;
  const { provider = 'Auto' } = spec.scaling.auto ?? {};
  return provider === 'Auto' ? (status?.provider ?? 'Auto') : provider;
}

export const workersNow = ({ deployment }: ScalingFacts) => ({
  live: deployment?.spec?.replicas ?? 0,
  ready: deployment?.status?.readyReplicas ?? 0,
});

interface Writer {
  readonly manager: string;
  /** Absent where the API server does not tell, as of writes through /scale. */
  readonly time?: string;
}

/** Who wrote the present `spec.replicas`, by the API server's own account; several that wrote the same. */
export function writersOf(deployment: DeploymentState | undefined): Writer[] {
  const entries = (deployment?.metadata.managedFields ?? []) as readonly ManagedFields[];
  return entries
    .filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.['f:replicas'] !== undefined)
    .map(({ manager = 'somebody', subresource, time }) => ({
      manager: subresource === 'scale' ? `${manager} through /scale` : manager,
      ...(time === undefined ? {} : { time }),
    }));
}

interface ManagedFields {
  readonly manager?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: { readonly 'f:spec'?: { readonly 'f:replicas'?: unknown } };
}
