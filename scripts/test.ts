/**
 * Runs the suites and prints one total, last: `npm test [-- SUITE…]`. Two at a time where the machine has two cores.
 * Exit 0 only when every suite ran to its end, nothing failed and (with CI set) nothing was skipped.
 */
import { availableParallelism } from 'node:os';
import { askedToEnd } from './asked-to-end.ts';
import { type RunningSuite, runSuite } from './suites/run.ts';
import { SUITES, type Suite } from './suites/table.ts';
import { added, counts, NOTHING } from './suites/tally.ts';
import { USUAL } from './tools/catalogue.ts';
import { provide } from './tools/provide.ts';

const PROGRESS_SECONDS = 30;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`no suite named ${unknown.join(', ')}; there are: ${Object.keys(SUITES).join(' ')}`);
  process.exit(2);
}
const chosen = Object.entries(SUITES).filter(([name, { onRequest }]) =>
  asked.length > 0 ? asked.includes(name) : !onRequest,
);
const lanes =
  availableParallelism() < 2
    ? [chosen]
    : [chosen.filter(([, { aside }]) => !aside), chosen.filter(([, { aside }]) => aside)].filter(
        ({ length }) => length > 0,
      );

const signal = askedToEnd();
const begun = performance.now();
const running = new Set<RunningSuite>();
const seconds: string[] = [];
const failures: string[] = [];
let total = NOTHING;

/** Begun at once, beside the suites that need none. What can not be had, the tests that ask for it say too. */
const tools = chosen.some(([, { needsTools }]) => needsTools) ? provideTools() : undefined;

async function provideTools(): Promise<void> {
  for (const name of USUAL) {
    if (signal.aborted) return;
    await provide(name).catch(({ message }: Error) => console.error(message));
  }
}

async function runAll(suites: readonly (readonly [string, Suite])[], lane?: number): Promise<void> {
  for (const [name, suite] of suites) {
    if (suite.needsTools) await tools;
    if (signal.aborted) return;
    const run = runSuite(name, suite, { signal, ...(lane === undefined ? {} : { lane }) });
    running.add(run);
    const ended = await run.done;
    running.delete(run);
    if (ended.text !== '') console.log(ended.text);
    failures.push(...ended.failures.map(({ title, why }) => `✗ ${name}: ${title}\n${why}`.trimEnd()));
    seconds.push(`${name} ${ended.seconds.toFixed(0)} s`);
    total = added(total, ended.tally);
  }
}

/** Each failure once, and how far those are that print nothing yet. */
function reportProgress(known: Set<string>): void {
  for (const { name, progress } of running) {
    for (const { title } of progress().failures) {
      if (!known.has(`${name} ${title}`)) console.log(`✗ ${name}: ${title}`);
      known.add(`${name} ${title}`);
    }
  }
  const minutes = ((performance.now() - begun) / 60_000).toFixed(1);
  console.log(`… ${minutes} min: ${[...running].map((run) => `${run.name} ${counts(run.progress())}`).join(' · ')}`);
}

if (lanes.length === 1) {
  await runAll(lanes[0] ?? []);
} else {
  const known = new Set<string>();
  const ticks = setInterval(() => reportProgress(known), PROGRESS_SECONDS * 1000);
  await Promise.all(lanes.map(runAll));
  clearInterval(ticks);
}
// Again: whoever reads only the end of a long log sees what failed.
if (failures.length > 0) console.log(`\n${failures.join('\n\n')}`);
const skippedInCI = process.env['CI'] ? total.skipped : 0;
if (skippedInCI > 0) console.error('a skipped test counts as a failed one in CI: what it needs must be provided');
console.log(`\n${seconds.join(' · ')} · together ${((performance.now() - begun) / 1000).toFixed(0)} s`);
console.log(counts(total));
process.exitCode = signal.aborted || total.failed + skippedInCI > 0 ? 1 : 0;
