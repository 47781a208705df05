import type { Pool } from '../pool/pool.ts';
import { autoscaler } from './autoscaler.ts';
import type { Builder, Child } from './child.ts';
import { configMap } from './config-map.ts';
import { dashboard } from './dashboard.ts';
import { deployment } from './deployment.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { networkPolicy } from './network-policy.ts';
import { prometheusRule } from './prometheus-rule.ts';
import { service } from './service.ts';
import { serviceAccount } from './service-account.ts';
import { serviceMonitor } from './service-monitor.ts';

/** In the order of creation: what a pod refers to comes before the pods. */
const BUILDERS: readonly Builder[] = [
  serviceAccount,
  configMap,
  service,
  networkPolicy,
  disruptionBudget,
  deployment,
  autoscaler,
  serviceMonitor,
  prometheusRule,
  dashboard,
];

export const desiredChildren = (pool: Pool): Child[] => BUILDERS.flatMap((build) => build(pool) ?? []);
