/** The cluster that a command is about, and whom it asks there. */
import type { Command } from 'commander';
import { KubeClient } from '../kube/client.ts';
import { loadConnection } from '../kube/credentials.ts';
import { KubeError, unlessNotFound } from '../kube/errors.ts';
import { type KubeObject, pathOf } from '../kube/object.ts';
import type { DeploymentState } from '../pool/deployment-state.ts';
import { names, selectorLabels } from '../pool/names.ts';
import { POOLS, type Pool } from '../pool/pool.ts';
import { clusterOfPeople } from '../settings.ts';
import { VERSION } from '../version.ts';
import { PODS } from './operator-pods.ts';

export interface ClusterFlags {
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface Cluster {
  readonly client: KubeClient;
  /** As it was asked for, else that of the context. */
  readonly namespace: string;
}

const DEPLOYMENTS = { group: 'apps', version: 'v1', plural: 'deployments' };
/** As Kubernetes has them: what is none is no part of a path either. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export const withClusterFlags = (command: Command): Command =>
  command
    .option('-n, --namespace <name>', 'namespace of the pool; absent: that of the context')
    .option('--kubeconfig <file>', 'absent: KUBECONFIG, ~/.kube/config, or the pod’s own ServiceAccount')
    .option('--context <name>', 'context of the kubeconfig');

/** The client writes only where `writes` says so, under the field manager `kubectl-pwp`. */
export async function inCluster<T>(
  flags: ClusterFlags,
  work: (cluster: Cluster) => Promise<T>,
  { writes = false }: { readonly writes?: boolean } = {},
): Promise<T> {
  const connection = await loadConnection(clusterOfPeople(flags));
  const namespace = flags.namespace ?? connection.namespace;
  checkName(namespace);
  const client = new KubeClient({
    ...{ connection, fieldManager: 'kubectl-pwp', userAgent: `kubectl-pwp/${VERSION}` },
    mayWrite: () => writes,
  });
  try {
    return await work({ client, namespace });
  } finally {
    await client.close();
  }
}

export function checkName(text: string): void {
  if (!NAME.test(text)) throw new Error(`'${text}' is no name: small letters, digits, - and . make one`);
}

export function poolPath(namespace: string, name: string): string {
  checkName(name);
  return pathOf(POOLS, { namespace, name });
}

export const getPool = ({ client, namespace }: Cluster, name: string): Promise<Pool> =>
  client.get<Pool>(poolPath(namespace, name)).catch((error: unknown) => {
    if (!(error instanceof KubeError && error.isNotFound)) throw error;
    throw new Error(`there is no pool ${name} in the namespace ${namespace}: kubectl pwp status -A lists all`);
  });

export const getDeployment = ({ client, namespace }: Cluster, pool: Pool): Promise<DeploymentState | undefined> =>
  client.get<DeploymentState>(pathOf(DEPLOYMENTS, { namespace, name: names.deployment(pool) })).catch(unlessNotFound);

/** As kubectl takes it. */
export const selectorOf = (pool: Pool): string =>
  Object.entries(selectorLabels(pool))
    .map(([label, value]) => `${label}=${value}`)
    .join(',');

/** Of the pool, those included that are ending. */
export const podsOf = async (
  { client, namespace }: Cluster,
  pool: Pool,
  signal?: AbortSignal,
): Promise<readonly KubeObject[]> =>
  (await client.list<KubeObject>(pathOf(PODS, { namespace }), { labelSelector: selectorOf(pool) }, signal)).items;
