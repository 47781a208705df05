/**
 * `npm run walk-through -- --redis-url-file FILE`: the platform engineer's path on any cluster: install, pool, job, preview,
 * upgrade, roll-back, uninstall; each step with its seconds, and nothing is left. Exit 1 when a step failed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { askedToEnd } from './asked-to-end.ts';
import { provide } from './tools/provide.ts';
import { Commands } from './walk-through/commands.ts';
import { endingOf } from './walk-through/ending.ts';
import { pathOf, type Step } from './walk-through/path.ts';

interface Options {
  readonly redisUrlFile: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly values: readonly string[];
  readonly set: readonly string[];
  readonly chart: string;
  readonly fromChart?: string;
  readonly release: string;
  readonly operatorNamespace: string;
  readonly namespace: string;
  readonly storageClass?: string;
  readonly accessMode?: string;
  readonly timeout: number;
  readonly helm?: string;
  readonly kubectl?: string;
  readonly keep?: true;
}

const one = (value: string, before: readonly string[]) => [...before, value];
function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3600)
    throw new InvalidArgumentError('it must be a whole number of seconds from 1 to 3600');
  return value;
}

const options = new Command('npm run walk-through --')
  .description(
    'Walks the path of docs/install.md on a cluster: install, pool, job, preview, upgrade, roll-back, uninstall. It makes two namespaces, and takes away what it made.',
  )
  .requiredOption('--redis-url-file <file>', 'holds the URL of a Redis that the pods reach')
  .option('--kubeconfig <file>', 'absent: as kubectl finds it')
  .option('--context <name>', 'context of the kubeconfig')
  .option('--values <file>', 'values for the chart, such as images; may be given again', one, [])
  .option('--set <name=value>', 'a value for the chart; may be given again', one, [])
  .option('--chart <path>', 'the chart', 'charts/preview-worker-operator')
  .option('--from-chart <path>', 'another version of it, installed first; absent: the upgrade changes a value only')
  .option('--release <name>', 'its name', 'preview-worker-operator')
  .option('--operator-namespace <name>', 'where the release goes', 'preview-worker-operator')
  .option('--namespace <name>', 'where the pool goes; it must not exist', 'walk-through')
  .option('--storage-class <name>', 'of the claims; absent: the default of the cluster')
  .option('--access-mode <mode>', 'of the claims; absent: ReadWriteOnce')
  .option('--timeout <seconds>', 'for each thing that is waited for', seconds, 120)
  .option('--helm <program>', 'absent: the one that the tests use')
  .option('--kubectl <program>', 'absent: the one that the tests use')
  .option('--keep', 'leave all as it is when a step failed, to look at it')
  .parse()
  .opts<Options>();

const { operatorNamespace, namespace, kubeconfig, context, storageClass, accessMode } = options;
const signal = askedToEnd();
const folder = await mkdtemp(join(tmpdir(), 'preview-walk-through-'));
const programs = {
  helm: options.helm ?? (await provide('helm')),
  kubectl: options.kubectl ?? (await provide('kubectl')),
};
const cluster = { ...programs, kubeconfig, context };
const say = (line: string) => console.log(line);
const tell = (line: string) => say(`          $ ${line}`);
const commands = new Commands({ ...cluster, signal }, tell);
const values = [
  ...options.values.flatMap((file) => ['--values', file]),
  ...options.set.flatMap((value) => ['--set', value]),
];
const path = pathOf({
  ...options,
  ...{ commands, folder, values, claims: { storageClass, accessMode }, timeoutSeconds: options.timeout },
});
// What was made is taken away after Ctrl-C, too.
const lastCommands = new Commands({ ...cluster, signal: new AbortController().signal }, tell);
const ending = { ...options, commands: lastCommands, timeoutSeconds: options.timeout };
const begun = performance.now();

try {
  await walk(path.steps);
  say(`${secondsSince(begun)}  from an empty cluster to a preview, an upgrade, a roll-back and back`);
} catch {
  process.exitCode = 1;
  if (!signal.aborted) say(await whatIsThere());
  else console.error((signal.reason as Error).message);
  if (options.keep) console.error(`all is left as it is: ${namespace} and ${operatorNamespace}`);
} finally {
  if (!(options.keep && process.exitCode === 1))
    await walk(endingOf({ ...ending, made: path.made })).catch(() => {
      process.exitCode = 1;
    });
  await rm(folder, { recursive: true, force: true });
}
process.exit();

/** Rejects at the first step that fails, which has been told. */
async function walk(steps: readonly Step[]): Promise<void> {
  for (const { title, remedy, run } of steps) {
    const since = performance.now();
    say(`          ${title}`);
    try {
      const found = await run();
      say(`${secondsSince(since)}  done${found === undefined ? '' : `: ${found}`}`);
    } catch (error) {
      console.error(`${secondsSince(since)}  FAILED: ${(error as Error).message}\n          to do: ${remedy}`);
      throw error;
    }
  }
}

function secondsSince(then: number): string {
  return `${((performance.now() - then) / 1000).toFixed(1).padStart(6)} s`;
}

/** Where somebody would look first. */
async function whatIsThere(): Promise<string> {
  const looks = [
    ['get', 'pwp,pods,jobs,pvc', '--namespace', namespace],
    ['get', 'events', '--namespace', namespace, '--sort-by=.lastTimestamp'],
    ['get', 'pods', '--namespace', operatorNamespace],
    ['logs', 'job/preview', '--namespace', namespace],
  ];
  const seen = await Promise.all(looks.map((look) => lastCommands.look(look).catch((error: Error) => error.message)));
  return seen.map((text) => text.trim()).join('\n\n');
}
