/** A suite in a process of its own. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TIED_TO_PARENT } from '../../test/cluster/process.ts';
import type { Figure } from '../../test/faults/figures.ts';
import type { Suite } from './table.ts';
import { type Failure, type Progress, progressIn, type Tally } from './tally.ts';

export interface RunningSuite {
  readonly name: string;
  progress(): Progress;
  /** Never rejects: whatever keeps a suite from running to its end counts as a failure. */
  readonly done: Promise<SuiteResult>;
}

export interface SuiteResult {
  readonly tally: Tally;
  readonly seconds: number;
  /** What comes of its failures at the end of a long log: each with its reason, and the complaint about the suite itself. */
  readonly failures: readonly Failure[];
  /** What is left to print. */
  readonly text: string;
}

export interface RunOptions {
  /** Which of those side by side; absent: it is alone, and prints as it goes. With it, all that it printed comes at its end. */
  readonly lane?: number;
  /** Ends the suite. */
  readonly signal: AbortSignal;
}

export function runSuite(name: string, suite: Suite, { lane, signal }: RunOptions): RunningSuite {
  const begun = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'preview-test-'));
  const [tallyFile, figuresFile, log] = [join(folder, 'tally'), join(folder, 'figures'), join(folder, 'log')];
  const heading = `\n── ${name}: ${suite.title}`;
  const output = lane === undefined ? ('inherit' as const) : openSync(log, 'a');
  if (output === 'inherit') console.log(heading);
  const [program = '', ...args] = [
    ...TIED_TO_PARENT,
    ...(suite.within ? [process.execPath, suite.within] : []),
    process.execPath,
    'node_modules/mocha/bin/mocha.js',
    ...suite.specs,
  ];
  const child = spawn(program, args, {
    stdio: ['inherit', output, output],
    env: {
      ...process.env,
      ...suite.env,
      ...(lane === undefined ? {} : { TEST_LANE: String(lane) }),
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
      ...{ TEST_TALLY: tallyFile, TEST_FIGURES: figuresFile },
    },
  });
  if (output !== 'inherit') closeSync(output);

  let complaint = '';
  const end = (why: string) => {
    complaint = why;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
  };
  const asked = () => end('was ended');
  signal.addEventListener('abort', asked, { once: true });
  const deadline = setTimeout(
    () => end(`was ended: it still ran after ${suite.deadlineMinutes} minutes`),
    suite.deadlineMinutes * 60_000,
  );

  const conclude = (how: string): SuiteResult => {
    clearTimeout(deadline);
    signal.removeEventListener('abort', asked);
    const { passed, failed, skipped, ended, failures } = progressIn(tallyFile);
    const tally: Tally = { passed, failed, skipped };
    if (!ended) complaint ||= `ended with ${how} before all its tests had`;
    if (passed + failed === 0) complaint ||= 'ran no test';
    if (failed === 0 && how !== 'code 0') complaint ||= `ended with ${how}`;
    if (complaint !== '') tally.failed += 1;
    const all = complaint === '' ? failures : [...failures, { title: complaint, why: '' }];
    const text = [
      ...(output === 'inherit' ? [] : [heading, readFileSync(log, 'utf8').trimEnd()]),
      ...(complaint === '' ? [] : [`${name} ${complaint}`]),
      ...(existsSync(figuresFile) ? [figuresOf(readFileSync(figuresFile, 'utf8'))] : []),
    ].join('\n');
    rmSync(folder, { recursive: true, force: true });
    return { tally, failures: all, text, seconds: (performance.now() - begun) / 1000 };
  };
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, killedBy) => resolve(killedBy ?? `code ${code}`));
    child.once('error', ({ message }) => resolve(message));
  });
  return { name, progress: () => progressIn(tallyFile), done: exited.then(conclude) };
}

/** The measured rows of the fault table, a line each. */
function figuresOf(lines: string): string {
  const figures = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Figure);
  figures.sort((one, other) => one.row - other.row);
  return ['row | figure', '--- | ------', ...figures.map(({ row, text }) => ` ${row} | ${text}`)].join('\n');
}
