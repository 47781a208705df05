/** All that is looked at to verify a deployment. */
import type { KubeObject } from '../../../operator/kube/object.ts';
import type { DeploymentState } from '../../../operator/pool/deployment-state.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import type { WorkerPod } from '../../../operator/pool/worker-pod.ts';
import type { Health } from '../../../worker/health.ts';

export interface Target {
  readonly kind: 'pool' | 'deployment';
  readonly namespace: string;
  readonly name: string;
}

export interface Facts {
  readonly target: Target;
  /** Absent when the target is a Deployment, or when there is none of that name. */
  readonly pool: Pool | undefined;
  readonly deployment: DeploymentState | undefined;
  /** Those that are not on their way out. */
  readonly pods: readonly WorkerPod[];
  /** Of pods that are ready. */
  readonly answers: readonly WorkerAnswer[];
  readonly monitoring: Monitoring;
  /** Absent when nobody named it. */
  readonly prometheus: PrometheusAnswer | undefined;
}

export interface WorkerAnswer {
  readonly pod: string;
  readonly health?: Health;
  /** As Prometheus would get them. */
  readonly metrics?: string;
  /** Why it could not be asked. */
  readonly problem?: { readonly message: string; readonly remedy: string };
}

export interface Monitoring {
  /** Kinds of monitoring.coreos.com that the API server serves. */
  readonly kinds: readonly string[];
  readonly serviceMonitor: KubeObject | undefined;
  readonly rule: PrometheusRule | undefined;
}

export interface PrometheusRule extends KubeObject {
  readonly spec?: {
    readonly groups?: readonly { readonly name: string; readonly rules?: readonly { readonly alert?: string }[] }[];
  };
}

export interface PrometheusAnswer {
  readonly problem?: string;
  /** Names of pods that it has series of. */
  readonly scraped: readonly string[];
  readonly rules: readonly LoadedRule[];
}

export interface LoadedRule {
  readonly group: string;
  readonly alert: string;
  /** `ok`, `err`, or `unknown` before the first evaluation. */
  readonly health: string;
  readonly error?: string;
}

/** The number of workers that should be there. */
export const wantedWorkers = ({ deployment }: Facts): number => deployment?.spec?.replicas ?? 1;
