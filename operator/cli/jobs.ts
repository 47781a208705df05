import { Command, InvalidArgumentError } from 'commander';
import type { JobState, JobView } from '../queue-api/job-view.ts';
import { askQueue, jobsPath } from './ask-queue.ts';
import { type ClusterFlags, inCluster, withClusterFlags } from './cluster.ts';
import { type Output, printJson, withOutput } from './output.ts';
import { ageOf, type Cell, type Colour, table } from './table.ts';

export interface JobList {
  readonly metadata: { readonly continue?: string };
  readonly counts: Readonly<Record<JobState, number>>;
  /** Redis' clock, in milliseconds. */
  readonly now: number;
  readonly items: readonly JobView[];
}

interface Options extends ClusterFlags {
  readonly state?: string;
  readonly limit: number;
  readonly output?: Output;
}

const PAGE = 200;
const MOST = 10_000;

const EXAMPLES = `
Examples:
  kubectl pwp jobs photos
  kubectl pwp jobs photos --state failed,delayed --limit 500
  kubectl pwp jobs photos --state completed -o json

Of a source neither credentials nor query are shown, of a job no metadata. Who may see it: the cluster’s role view.`;

export const jobsCommand = () =>
  withOutput(withClusterFlags(new Command('jobs')))
    .description('lists jobs of a pool’s queue, those that run first')
    .argument('<pool>', 'name of the pool')
    .option('--state <states>', 'active, waiting, delayed, failed, completed; absent: all but completed')
    .option('--limit <n>', `at most so many, to ${MOST}`, countOf, 50)
    .addHelpText('after', EXAMPLES)
    .action((pool: string, options: Options) =>
      inCluster(options, async (cluster) => {
        const { output, limit, state } = options;
        const path = jobsPath(cluster.namespace, pool);
        const items: JobView[] = [];
        let token: string | undefined;
        let page: JobList;
        do {
          page = await askQueue<JobList>(cluster, path, {
            limit: String(Math.min(PAGE, limit - items.length)),
            ...(state === undefined ? {} : { state }),
            ...(token === undefined ? {} : { continue: token }),
          });
          items.push(...page.items);
          token = page.metadata.continue;
        } while (token !== undefined && items.length < limit);
        if (output === 'json') return printJson({ ...page, items });
        if (items.length > 0) process.stdout.write(jobsText(items, page.now, output === 'wide'));
        const counts = Object.entries(page.counts).map(([name, count]) => `${count} ${name}`);
        process.stderr.write(`${items.length} shown; of the queue: ${counts.join(', ')}\n`);
      }),
    );

const COLOURS: Readonly<Partial<Record<JobState, Colour>>> = { failed: 'red', active: 'green', delayed: 'yellow' };

export function jobsText(jobs: readonly JobView[], now: number, isWide: boolean): string {
  const rows = jobs.map((job): (string | Cell)[] => {
    const { id, state, lane, added, attempts, worker = '', source, why = '' } = job;
    const colour = COLOURS[state];
    return [
      id,
      colour ? { text: state, colour } : state,
      lane,
      ageOf(added, now),
      String(attempts),
      ...(isWide
        ? [job.tenant ?? '', worker, job.outputs?.join(',') ?? '', job.due ?? job.ended ?? job.started ?? '']
        : []),
      source ?? '(no job of previews)',
      why,
    ];
  });
  const wide = isWide ? ['TENANT', 'WORKER', 'OUTPUTS', 'DUE/ENDED/STARTED'] : [];
  return table(['ID', 'STATE', 'LANE', 'AGE', 'TRIES', ...wide, 'SOURCE', 'WHY'], rows);
}

function countOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > MOST)
    throw new InvalidArgumentError(`it has to be a number from 1 to ${MOST}`);
  return Number(text);
}
