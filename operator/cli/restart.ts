import { Command } from 'commander';
import { liveTemplate } from '../pool/deployment-state.ts';
import { ANNOTATIONS, type Pool } from '../pool/pool.ts';
import {
  type Cluster,
  type ClusterFlags,
  getDeployment,
  getPool,
  inCluster,
  poolPath,
  withClusterFlags,
} from './cluster.ts';
import { saidByTheServer } from './refusals.ts';
import { type WaitFlags, waitUntil, withWaitFlags } from './wait.ts';

const ABOUT = `
Example:
  kubectl pwp restart photos --wait --timeout 600

Workers are replaced as spec.rollout says; running jobs end first. An image that has failed (RolledBack) is tried again.`;

export const restartCommand = () =>
  withWaitFlags(withClusterFlags(new Command('restart')))
    .description('replaces the workers of pools, a few at a time')
    .argument('<pools...>', 'names of pools')
    .addHelpText('after', ABOUT)
    .action((pools: readonly string[], { wait = false, timeout, ...flags }: ClusterFlags & WaitFlags) =>
      inCluster(
        flags,
        async (cluster) => {
          const at = new Date().toISOString();
          for (const name of pools) await restartOne(cluster, name, at);
          if (!wait) return;
          for (const name of pools) await waitUntil(`restart ${name}`, timeout, () => whatIsOld(cluster, name, at));
        },
        { writes: true },
      ),
    );

async function restartOne(cluster: Cluster, name: string, at: string): Promise<void> {
  const { client, namespace } = cluster;
  const { spec } = await getPool(cluster, name);
  await client
    .mergePatch<Pool>(poolPath(namespace, name), { metadata: { annotations: { [ANNOTATIONS.restartedAt]: at } } })
    .catch(saidByTheServer(`pool ${namespace}/${name} is not restarted`, 'patch previewworkerpools', namespace));
  const later = spec.suspend ? ': it is suspended, so its next workers are the new ones' : '';
  process.stdout.write(`pool ${namespace}/${name} restarted${later}\n`);
}

async function whatIsOld(cluster: Cluster, name: string, at: string): Promise<string | undefined> {
  const pool = await getPool(cluster, name);
  const deployment = await getDeployment(cluster, pool);
  if (deployment === undefined) return 'the pool has no Deployment yet';
  // What the status says of an image is of this try from then on.
  if (liveTemplate(deployment).restartedAt !== at) return 'the operator has not begun';
  const { metadata, spec, status = {} } = deployment;
  const { observedGeneration, replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status;
  if (observedGeneration !== metadata.generation) return 'the Deployment has not begun';
  const wanted = spec?.replicas ?? 0;
  if (updatedReplicas !== wanted || replicas !== wanted || readyReplicas !== wanted)
    return `${updatedReplicas} of ${wanted} workers are new, ${readyReplicas} ready, ${replicas} there`;
  const { image, failedImage, failedBecause } = pool.status ?? {};
  if (failedImage !== undefined)
    throw new Error(`the image ${failedImage} failed again, and ${image} serves: ${failedBecause}`);
  return undefined;
}
