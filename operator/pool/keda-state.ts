/** What is read of a ScaledObject, and what it means for the pool. */
import type { KubeObject } from '../kube/object.ts';
import type { AutoscalingVerdict } from './autoscaler-state.ts';

/** How often KEDA asks for the number of a pool by itself: what the first job of one that sleeps waits for. */
export const KEDA_LOOK_SECONDS = 10;

interface KedaCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface ScaledObjectState extends KubeObject {
  readonly spec?: unknown;
  readonly status?: { readonly conditions?: readonly KedaCondition[] };
}

/** Cut down to what decides: the rest of its status moves with each look of KEDA's. */
export function scaledObjectStateOf(scaledObject: KubeObject): ScaledObjectState {
  const { spec, status, metadata } = scaledObject as ScaledObjectState;
  const conditions = (status?.conditions ?? [])
    .filter(({ type }) => type === 'Ready')
    .map(({ type, status: holds, reason = '', message = '' }) => ({ type, status: holds, reason, message }));
  return { metadata, spec, status: { conditions } };
}

/** Whether KEDA scales a pool that is not suspended. `problem`: why there is no ScaledObject. */
export function kedaVerdict(scaledObject: ScaledObjectState | undefined, problem?: string): AutoscalingVerdict {
  if (problem !== undefined) return { status: 'False', reason: 'KEDAUnavailable', message: problem };
  const ready = scaledObject?.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True')
    return {
      status: 'True',
      reason: 'AsExpected',
      message: `KEDA looks each ${KEDA_LOOK_SECONDS} s: so long may pass until a pool at 0 hears of a job`,
    };
  if (ready === undefined || ready.status === 'Unknown')
    return { status: 'Unknown', reason: 'NotChecked', message: 'KEDA has not looked yet' };
  return { status: 'False', reason: 'KEDAFailed', message: `KEDA says ${ready.reason}: ${ready.message}` };
}
