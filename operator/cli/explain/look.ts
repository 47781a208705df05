/** Reads a pool and all that scales it. Nothing is written. */
import type { KubeClient } from '../../kube/client.ts';
import { KubeError, unlessNotFound } from '../../kube/errors.ts';
import { pathOf } from '../../kube/object.ts';
import type { DeploymentState } from '../../pool/deployment-state.ts';
import { names } from '../../pool/names.ts';
import { POOLS, type Pool } from '../../pool/pool.ts';
import type { ScalingAnswer } from '../../scaling/told.ts';
import { type Autoscaler, providerNow, type ScalingFacts } from './facts.ts';

const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' };
export const AUTOSCALERS = { group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers' };
/** Whose number comes from the queue. */
const BY_THE_QUEUE = ['ExternalMetrics', 'KEDA', 'Direct'];

export async function lookAt(
  client: KubeClient,
  { namespace, name }: { namespace: string; name: string },
  ask: (pool: string) => Promise<ScalingAnswer>,
): Promise<ScalingFacts> {
  const pool = await client.get<Pool>(pathOf(POOLS, { namespace, name })).catch((error: unknown) => {
    if (!(error instanceof KubeError && error.isNotFound)) throw error;
    throw new Error(`there is no pool ${name} in the namespace ${namespace}: kubectl get pwp -A lists all`);
  });
  const provider = providerNow(pool);
  const autoscalerName = autoscalerOf(pool);
  const isAsked = BY_THE_QUEUE.includes(provider ?? '') && !pool.spec.suspend;
  const [deployment, autoscaler, asked] = await Promise.all([
    client.get<DeploymentState>(pathOf(DEPLOYMENTS, { namespace, name: names.deployment(pool) })).catch(unlessNotFound),
    autoscalerName === undefined
      ? undefined
      : client.get<Autoscaler>(pathOf(AUTOSCALERS, { namespace, name: autoscalerName })).catch(unlessNotFound),
    isAsked ? ask(`${namespace}/${name}`).then(found, failed) : {},
  ]);
  return { pool, deployment, autoscaler, answer: undefined, problem: undefined, ...asked };
}

const found = (answer: ScalingAnswer) => ({ answer });
/** The rest is worth telling without it. */
const failed = (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) });

/** Its name; undefined where the operator itself or nobody scales. */
export function autoscalerOf(pool: Pool): string | undefined {
  const provider = providerNow(pool);
  if (provider === 'KEDA') return `keda-hpa-${names.scaledObject(pool)}`;
  return provider === 'ExternalMetrics' || provider === 'CPU' ? names.autoscaler(pool) : undefined;
}
