/** `suspend` and `resume`: one field of the pool's spec, in the name of whoever asks. */
import { Command } from 'commander';
import { conditionOf, type Pool } from '../pool/pool.ts';
import { type Cluster, type ClusterFlags, getPool, inCluster, podsOf, poolPath, withClusterFlags } from './cluster.ts';
import { saidByTheServer } from './refusals.ts';
import { type WaitFlags, waitUntil, withWaitFlags } from './wait.ts';

type Options = ClusterFlags & WaitFlags;

const GITOPS = `
Where a pool is kept in Git, write spec.suspend there: what syncs it would take this back.`;

export const suspendCommand = () =>
  switchCommand('suspend', true)
    .description('lets running jobs end, goes to no workers and leaves the queue alone')
    .addHelpText('after', `\nExample:\n  kubectl pwp suspend photos --wait\n${GITOPS}`);

export const resumeCommand = () =>
  switchCommand('resume', false)
    .description('ends a suspension: workers come back as spec.scaling says')
    .addHelpText('after', `\nExample:\n  kubectl pwp resume photos videos --wait\n${GITOPS}`);

const switchCommand = (word: 'suspend' | 'resume', suspend: boolean) =>
  withWaitFlags(withClusterFlags(new Command(word)))
    .argument('<pools...>', 'names of pools')
    .action((pools: readonly string[], { wait = false, timeout, ...flags }: Options) =>
      inCluster(
        flags,
        async (cluster) => {
          for (const name of pools) await switchOne(cluster, name, suspend);
          if (!wait) return;
          for (const name of pools)
            await waitUntil(`${word} ${name}`, timeout, () =>
              suspend ? whatStillRuns(cluster, name) : whatIsNotReady(cluster, name),
            );
        },
        { writes: true },
      ),
    );

async function switchOne(cluster: Cluster, name: string, suspend: boolean): Promise<void> {
  const { client, namespace } = cluster;
  const is = suspend ? 'suspended' : 'resumed';
  if ((await getPool(cluster, name)).spec.suspend === suspend) {
    process.stdout.write(`pool ${namespace}/${name} ${suspend ? 'was suspended already' : 'is not suspended'}\n`);
    return;
  }
  // The one field and no more, whatever else has changed meanwhile: so no version is asked for.
  await client
    .mergePatch<Pool>(poolPath(namespace, name), { spec: { suspend } })
    .catch(saidByTheServer(`pool ${namespace}/${name} is not ${is}`, 'patch previewworkerpools', namespace));
  process.stdout.write(`pool ${namespace}/${name} ${is}\n`);
}

async function whatStillRuns(cluster: Cluster, name: string): Promise<string | undefined> {
  const pool = await getPool(cluster, name);
  if (conditionOf(pool, 'Suspended')?.status !== 'True') return 'the operator has not seen it';
  const pods = await podsOf(cluster, pool);
  return pods.length > 0 ? `${pods.length} workers have not ended` : undefined;
}

async function whatIsNotReady(cluster: Cluster, name: string): Promise<string | undefined> {
  const { metadata, status } = await getPool(cluster, name);
  const ready = conditionOf({ ...(status ? { status } : {}) }, 'Ready');
  if (status?.observedGeneration !== metadata.generation) return 'the operator has not seen it';
  return ready?.status === 'True' ? undefined : `${ready?.reason ?? 'Unknown'}: ${ready?.message ?? ''}`;
}
