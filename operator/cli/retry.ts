import { Command } from 'commander';
import type { RetryAnswer } from '../queue-api/retry-jobs.ts';
import { jobsPath, tellQueue } from './ask-queue.ts';
import { type ClusterFlags, inCluster, withClusterFlags } from './cluster.ts';
import { counted, harmless } from './explain/figures.ts';
import { printJson } from './output.ts';

interface Options extends ClusterFlags {
  readonly failed?: boolean;
  readonly reason?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const AT_ONCE = 100;

const EXAMPLES = `
Examples:
  kubectl pwp jobs photos --state failed
  kubectl pwp retry photos 0f3a…c2 91bd…07
  kubectl pwp retry photos --failed --reason SinkUnavailable,SourceUnavailable

A file that failed for good is in quarantine and is answered from there: --force has it rendered again.`;

export const retryCommand = () =>
  withClusterFlags(new Command('retry'))
    .description('gives failed jobs back to the queue, with all their attempts')
    .argument('<pool>', 'name of the pool')
    .argument('[jobs...]', 'ids of failed jobs')
    .option('--failed', 'all that have failed by now')
    .option('--reason <names>', 'with --failed: only those that failed for one of these reasons')
    .option('--force', 'render them although their content is in quarantine')
    .option('--json', 'print what was done for programs')
    .addHelpText('after', EXAMPLES)
    .action((pool: string, jobs: readonly string[], options: Options) => {
      const { failed = false, reason, json = false } = options;
      if (failed === jobs.length > 0) throw new Error('name the jobs, or say --failed for all that have failed');
      if (reason !== undefined && !failed) throw new Error('--reason goes with --failed: jobs that are named have one');
      return inCluster(
        options,
        async (cluster) => {
          const path = jobsPath(cluster.namespace, pool);
          const done = { retried: [] as string[], refused: [] as RetryAnswer['refused'][number][] };
          for await (const { retried, refused } of answers((body) => tellQueue(cluster, path, body), jobs, options)) {
            done.retried.push(...retried);
            done.refused.push(...refused);
            if (!json) process.stdout.write(retried.map((id) => `${harmless(id)}\n`).join(''));
          }
          if (json) printJson(done);
          for (const { id, why } of json ? [] : done.refused)
            process.stderr.write(`${harmless(id)}: not given back: ${harmless(why)}\n`);
          if (!json) process.stderr.write(`${counted(done.retried.length, 'job')} given back to the queue\n`);
          if (done.refused.length > 0) process.exitCode = 1;
        },
        { writes: true },
      );
    });

/** As many requests as it takes: one does so many jobs at most. */
async function* answers(
  tell: (body: object) => Promise<RetryAnswer>,
  jobs: readonly string[],
  { reason, force = false }: Options,
): AsyncGenerator<RetryAnswer> {
  for (let at = 0; at < jobs.length; at += AT_ONCE) yield await tell({ ids: jobs.slice(at, at + AT_ONCE), force });
  if (jobs.length > 0) return;
  const reasons = reason === undefined ? [] : reason.split(',').map((name) => name.trim());
  for (
    let next: RetryAnswer['next'] | undefined = undefined, isFirst = true;
    isFirst || next !== undefined;
    isFirst = false
  ) {
    const answer: RetryAnswer = await tell({ allFailed: true, reasons, force, ...(next ?? {}) });
    yield answer;
    next = answer.next;
  }
}
