/** Reads from the cluster all that a verification looks at. Nothing is written. */
import { kindsServed } from '../../../operator/cli/doctor/served.ts';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError, unlessNotFound } from '../../../operator/kube/errors.ts';
import { type KubeObject, pathOf } from '../../../operator/kube/object.ts';
import type { DeploymentState } from '../../../operator/pool/deployment-state.ts';
import { names } from '../../../operator/pool/names.ts';
import { POOLS, type Pool } from '../../../operator/pool/pool.ts';
import { workerPodOf } from '../../../operator/pool/worker-pod.ts';
import type { Facts, Monitoring, PrometheusAnswer, PrometheusRule, Target } from './facts.ts';
import { askWorkers } from './worker-answers.ts';

const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' };
const PODS = { group: '', version: 'v1', plural: 'pods' };
const MONITORING = { group: 'monitoring.coreos.com', version: 'v1' };

export async function lookAt(
  client: KubeClient,
  target: Target,
  askPrometheus: (target: Target) => Promise<PrometheusAnswer | undefined>,
): Promise<Facts> {
  const { namespace, kind, name } = target;
  const pool =
    kind === 'pool' ? await client.get<Pool>(pathOf(POOLS, { namespace, name })).catch(unlessNotFound) : undefined;
  const deploymentName = pool ? names.deployment(pool) : name;
  const deployment = await client
    .get<DeploymentState & Selecting>(pathOf(DEPLOYMENTS, { namespace, name: deploymentName }))
    .catch(unlessNotFound);
  const pods = deployment === undefined ? [] : await podsOf(client, namespace, deployment);
  const [answers, monitoring, prometheus] = await Promise.all([
    askWorkers(client, namespace, pods),
    monitoringOf(client, namespace, deploymentName),
    askPrometheus(target),
  ]);
  return { target, pool, deployment, pods: pods.map(workerPodOf), answers, monitoring, prometheus };
}

interface Selecting {
  readonly spec?: { readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } };
}

async function podsOf(client: KubeClient, namespace: string, { spec }: Selecting): Promise<KubeObject[]> {
  const labelSelector = Object.entries(spec?.selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join();
  const { items } = await client.list<KubeObject>(pathOf(PODS, { namespace }), { labelSelector });
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** A pool's and a plain worker's monitoring have the name of their Deployment. */
async function monitoringOf(client: KubeClient, namespace: string, name: string): Promise<Monitoring> {
  const kinds = (await kindsServed(client, `${MONITORING.group}/${MONITORING.version}`)) ?? [];
  const read = <T extends KubeObject>(kind: string, plural: string): Promise<T | undefined> | undefined =>
    kinds.includes(kind)
      ? client.get<T>(pathOf({ ...MONITORING, plural }, { namespace, name })).catch(unlessReadable)
      : undefined;
  const [serviceMonitor, rule] = await Promise.all([
    read('ServiceMonitor', 'servicemonitors'),
    read<PrometheusRule>('PrometheusRule', 'prometheusrules'),
  ]);
  return { kinds, serviceMonitor, rule };
}

/** Who may not read them is told of none; that is no reason to say nothing of the workers. */
function unlessReadable(error: unknown): undefined {
  if (error instanceof KubeError && (error.isNotFound || error.isForbidden)) return undefined;
  throw error;
}
