/** What is read of a HorizontalPodAutoscaler, and what its own conditions mean for the pool. */
import type { KubeObject } from '../kube/object.ts';
import type { Reason } from './conditions.ts';
import type { Pool } from './pool.ts';

export interface AutoscalerState extends KubeObject {
  readonly spec?: unknown;
  readonly status?: { readonly conditions?: readonly AutoscalerCondition[] };
}

interface AutoscalerCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Of AbleToScale: fewer are enough, and the scale-down window is waited for. */
const FEWER_SOON = 'ScaleDownStabilized';

export interface AutoscalingVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  readonly message: string;
}

/**
 * Cut down to what decides. The rest of its status moves with each look at the metrics, every 15 s, and would have the
 * pool looked at as often.
 */
export function autoscalerStateOf(autoscaler: KubeObject): AutoscalerState {
  const { spec, status, metadata } = autoscaler as AutoscalerState;
  const conditions = (status?.conditions ?? [])
    .filter(
      ({ type, status: holds, reason }) =>
        type === 'ScalingActive' || (type === 'AbleToScale' && (holds === 'False' || reason === FEWER_SOON)),
    )
    .map(({ type, status: holds, reason = '', message = '' }) => {
      return { type, status: holds, reason, ...(holds === 'True' ? {} : { message }) };
    });
  return { metadata, spec, status: { conditions } };
}

/** Workers will go once the scale-down window has passed, unless more are needed again. */
export const isScaleInAhead = (autoscaler: AutoscalerState | undefined): boolean =>
  autoscaler?.status?.conditions?.some(({ type, reason }) => type === 'AbleToScale' && reason === FEWER_SOON) ?? false;

/** Whether the autoscaler of a pool that is not suspended does its work. */
export function autoscalingVerdict(autoscaler: AutoscalerState | undefined): AutoscalingVerdict {
  const find = (wanted: string) => autoscaler?.status?.conditions?.find(({ type }) => type === wanted);
  const words = ({ reason, message }: AutoscalerCondition) =>
    `the HorizontalPodAutoscaler says ${reason}: ${message ?? ''}`;
  const unable = find('AbleToScale');
  if (unable?.status === 'False') return { status: 'False', reason: 'ScalingFailed', message: words(unable) };
  const active = find('ScalingActive');
  if (active?.status === 'True') return { status: 'True', reason: 'AsExpected', message: '' };
  if (active === undefined || active.reason === 'ScalingDisabled')
    return { status: 'Unknown', reason: 'NotChecked', message: whyNotChecked(autoscaler, active) };
  const reason = active.reason === 'AmbiguousSelector' ? 'TwoAutoscalers' : 'MetricsUnavailable';
  return { status: 'False', reason, message: words(active) };
}

function whyNotChecked(autoscaler: AutoscalerState | undefined, active: AutoscalerCondition | undefined): string {
  if (autoscaler === undefined) return 'the HorizontalPodAutoscaler is not there yet';
  if (active === undefined) return 'no controller has looked at the HorizontalPodAutoscaler yet';
  // It is off while there are no workers.
  return 'the HorizontalPodAutoscaler has not looked since the workers came back';
}

/** Why a pool that is to be scaled by CPU beside its queue is scaled by the queue alone; undefined where nothing is left out. */
export function cpuLeftOut({ spec: { scaling } }: Pool, hasCpuMetrics: boolean): string | undefined {
  const { provider, targetCPUUtilizationPercentage: target } = scaling.auto ?? {};
  if (scaling.mode !== 'Auto' || target === undefined || provider === 'CPU') return undefined;
  if (provider !== 'ExternalMetrics') return `provider ${provider}, which Auto came to, does not look at CPU`;
  return hasCpuMetrics ? undefined : 'the API server has no metrics.k8s.io that is available';
}
