import type { Pool } from '../pool/pool.ts';
import { autoscaler } from './autoscaler.ts';
import type { Child } from './child.ts';
import { configMap } from './config-map.ts';
import { dashboard } from './dashboard.ts';
import { deployment } from './deployment.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { networkPolicy } from './network-policy.ts';
import { prometheusRule } from './prometheus-rule.ts';
import { scaledObject } from './scaled-object.ts';
import { service } from './service.ts';
import { serviceAccount } from './service-account.ts';
import { serviceMonitor } from './service-monitor.ts';

/** Whether each pool has rules of its own, or one set of rules, which is none of a pool's, serves them all. */
export type Alerting = 'PerPool' | 'Shared';

/** What children name that is not the pool's. */
export interface Surroundings {
  /** Where others ask the operator for the number of workers. */
  readonly demandUrl: string;
  /** Whether a HorizontalPodAutoscaler can be told of CPU. */
  readonly hasCpuMetrics: boolean;
  readonly alerting: Alerting;
}

/** In the order of creation: what a pod refers to comes before the pods. */
const BUILDERS: readonly ((pool: Pool, surroundings: Surroundings) => Child | undefined)[] = [
  serviceAccount,
  configMap,
  service,
  networkPolicy,
  disruptionBudget,
  deployment,
  (pool, { hasCpuMetrics }) => autoscaler(pool, hasCpuMetrics),
  (pool, { demandUrl }) => scaledObject(pool, demandUrl),
  serviceMonitor,
  (pool, { alerting }) => (alerting === 'PerPool' ? prometheusRule(pool) : undefined),
  dashboard,
];

export const desiredChildren = (pool: Pool, surroundings: Surroundings): Child[] =>
  BUILDERS.flatMap((build) => build(pool, surroundings) ?? []);
