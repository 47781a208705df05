import { Command } from 'commander';
import { keyOf, pathOf } from '../kube/object.ts';
import { conditionOf, POOLS, type Pool } from '../pool/pool.ts';
import { type ClusterFlags, getPool, inCluster, withClusterFlags } from './cluster.ts';
import { type Output, printJson, withOutput } from './output.ts';
import { ageOf, type Cell, type Colour, table } from './table.ts';

interface Options extends ClusterFlags {
  readonly allNamespaces?: boolean;
  readonly output?: Output;
}

const EXAMPLES = `
Examples:
  kubectl pwp status                  # pools of the namespace
  kubectl pwp status -A -o wide       # all pools that you may see
  kubectl pwp status photos -n media  # one pool, with every condition`;

export const statusCommand = () =>
  withOutput(withClusterFlags(new Command('status')))
    .description('shows pools and how they are; of one pool every condition too')
    .argument('[pool]', 'name of one pool')
    .option('-A, --all-namespaces', 'pools of all namespaces')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: Options) =>
      inCluster(options, async (cluster) => {
        const { allNamespaces = false, output } = options;
        if (name !== undefined && allNamespaces) throw new Error('a pool has one namespace: leave out -A, or its name');
        const { items } =
          name === undefined
            ? await cluster.client.list<Pool>(pathOf(POOLS, allNamespaces ? {} : { namespace: cluster.namespace }))
            : { items: [await getPool(cluster, name)] };
        if (output === 'json') printJson(name === undefined ? { kind: 'List', apiVersion: 'v1', items } : items[0]);
        else if (items.length === 0)
          process.stderr.write(
            `no pools in ${allNamespaces ? 'any namespace' : `the namespace ${cluster.namespace}`}\n`,
          );
        else process.stdout.write(statusText(items, { allNamespaces, isWide: output === 'wide', isOne: !!name }));
      }),
    );

export function statusText(
  pools: readonly Pool[],
  { allNamespaces, isWide, isOne }: { allNamespaces: boolean; isWide: boolean; isOne: boolean },
  now = Date.now(),
): string {
  const heading = ['NAME', 'READY', 'STATUS', 'WORKERS', 'MODE', 'QUEUE', 'AGE'];
  const wide = ['MIN', 'MAX', 'PROVIDER', 'IMAGE', 'MESSAGE'];
  const rows = pools.map((pool) => [
    ...(allNamespaces ? [pool.metadata.namespace ?? ''] : []),
    ...cellsOf(pool, now),
    ...(isWide ? wideCellsOf(pool) : []),
  ]);
  const text = table([...(allNamespaces ? ['NAMESPACE'] : []), ...heading, ...(isWide ? wide : [])], rows);
  const [pool] = pools;
  return isOne && pool !== undefined ? `${text}\n${conditionsText(pool, now)}` : text;
}

function cellsOf(pool: Pool, now: number): (string | Cell)[] {
  const { metadata, spec, status } = pool;
  const ready = conditionOf(pool, 'Ready');
  return [
    metadata.name,
    { text: ready?.status ?? 'Unknown', colour: colourOf(ready?.status) },
    ready?.reason ?? 'NotLookedYet',
    `${status?.readyReplicas ?? 0}/${status?.replicas ?? 0}`,
    spec.scaling.mode,
    spec.queue.name,
    ageOf(metadata.creationTimestamp, now),
  ];
}

function wideCellsOf(pool: Pool): string[] {
  const { spec, status } = pool;
  const { minReplicas, maxReplicas } = (spec.scaling.mode === 'Auto' && spec.scaling.auto) || {};
  return [
    String(minReplicas ?? ''),
    String(maxReplicas ?? ''),
    status?.provider ?? '',
    status?.image ?? '',
    conditionOf(pool, 'Ready')?.message ?? '',
  ];
}

function conditionsText(pool: Pool, now: number): string {
  const { conditions = [] } = pool.status ?? {};
  if (conditions.length === 0) return `${keyOf(pool)} has not been looked at yet: does the operator run?\n`;
  const rows = conditions.map(({ type, status, reason, message, lastTransitionTime }) => [
    ...[type, status, reason, ageOf(lastTransitionTime, now), message],
  ]);
  return table(['CONDITION', 'IS', 'REASON', 'SINCE', 'MESSAGE'], rows);
}

const colourOf = (status: string | undefined): Colour =>
  status === 'True' ? 'green' : status === 'False' ? 'red' : 'yellow';
