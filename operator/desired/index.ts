import type { Pool } from '../pool/pool.ts';
import type { Builder, Child } from './child.ts';
import { configMap } from './config-map.ts';
import { deployment } from './deployment.ts';
import { disruptionBudget } from './disruption-budget.ts';
import { networkPolicy } from './network-policy.ts';
import { service } from './service.ts';
import { serviceAccount } from './service-account.ts';

/** In the order of creation: what a pod refers to comes before the pods. */
const BUILDERS: readonly Builder[] = [serviceAccount, configMap, service, networkPolicy, disruptionBudget, deployment];

export const desiredChildren = (pool: Pool): Child[] => BUILDERS.flatMap((build) => build(pool) ?? []);
