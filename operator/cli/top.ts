import { Command } from 'commander';
import type { PoolLoadView } from '../queue-api/pool-load.ts';
import { askQueue, loadsPath } from './ask-queue.ts';
import { type ClusterFlags, inCluster, withClusterFlags } from './cluster.ts';
import { figure } from './explain/figures.ts';
import { printJson } from './output.ts';
import { age, table } from './table.ts';

interface Options extends ClusterFlags {
  readonly allNamespaces?: boolean;
  readonly output?: 'json';
}

const ABOUT = `
Examples:
  kubectl pwp top
  kubectl pwp top -A

BUSY: jobs that run, of the slots of workers that are ready. BACKFILL: jobs that wait in that lane. OLDEST: for how long
the longest waiting interactive job has been runnable. IN/S and DONE/S: jobs a second between the operator’s last two looks,
where the workers keep counts. A queue is looked at each 15 s; one that can not be read has no figures.`;

export const topCommand = () =>
  withClusterFlags(new Command('top'))
    .description('shows what waits and runs in the queues of pools, the longest waits first')
    .argument('[pool]', 'name of one pool')
    .option('-A, --all-namespaces', 'pools of all namespaces')
    .option('-o, --output <form>', 'json for programs')
    .addHelpText('after', ABOUT)
    .action((pool: string | undefined, { allNamespaces = false, output, ...flags }: Options) =>
      inCluster(flags, async (cluster) => {
        if (output !== undefined && output !== 'json') throw new Error('--output has one form here: json');
        const path = loadsPath(allNamespaces ? undefined : cluster.namespace);
        const { items } = await askQueue<{ items: readonly PoolLoadView[] }>(cluster, path);
        const loads = items.filter(({ metadata }) => pool === undefined || metadata.name === pool);
        if (pool !== undefined && loads.length === 0)
          throw new Error(
            `there is no pool ${pool} in the namespace ${cluster.namespace}: kubectl pwp status -A lists all`,
          );
        if (output === 'json') printJson(loads);
        else if (loads.length > 0) process.stdout.write(topText(loads, allNamespaces));
        else process.stderr.write('no pools\n');
      }),
    );

export function topText(loads: readonly PoolLoadView[], allNamespaces: boolean): string {
  const heading = ['NAME', 'WORKERS', 'BUSY', 'WAITING', 'BACKFILL', 'DELAYED', 'OLDEST', 'IN/S', 'DONE/S', 'QUEUE'];
  const urgency = ({ load }: PoolLoadView) => load?.oldestSeconds ?? -1;
  const rows = loads
    .toSorted((one, other) => urgency(other) - urgency(one) || keyOf(one).localeCompare(keyOf(other)))
    .map((pool) => [...(allNamespaces ? [pool.metadata.namespace] : []), ...cellsOf(pool)]);
  return table([...(allNamespaces ? ['NAMESPACE'] : []), ...heading], rows);
}

const keyOf = ({ metadata: { namespace, name } }: PoolLoadView): string => `${namespace}/${name}`;

function cellsOf({ metadata, queue, suspended, workers, ready, slots, load }: PoolLoadView): string[] {
  const notes = [...(suspended ? ['suspended'] : []), ...(load?.paused ? ['paused'] : [])];
  const rate = (value: number | null | undefined) => (typeof value === 'number' ? figure(value) : '');
  return [
    metadata.name,
    `${ready}/${workers}`,
    load ? `${load.active}/${ready * slots}` : '',
    ...(load ? [load.waiting, load.backfill, load.delayed].map(String) : ['', '', '']),
    load && load.waiting > 0 ? age(load.oldestSeconds) : '',
    rate(load?.arrivalsPerSecond),
    rate(load?.donePerSecond),
    notes.length > 0 ? `${queue} (${notes.join(', ')})` : queue,
  ];
}
