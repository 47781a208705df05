/**
 * Runs the suites one after the other and prints one total, last: `npm test [-- SUITE…]`.
 * Exit 0 only when every suite ran to its end, nothing failed and (with CI set) nothing was skipped.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from '../test/faults/figures.ts';

interface Suite {
  readonly title: string;
  readonly specs: readonly string[];
  /** A hung suite is killed and counts as a failure. */
  readonly deadlineMinutes: number;
  /** Only when it is asked for: it takes long, or what a plain machine has not. */
  readonly onRequest?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const SUITES: Readonly<Record<string, Suite>> = {
  check: {
    title: 'format, lint, types, import direction, generated files',
    specs: ['test/check.test.ts'],
    deadlineMinutes: 5,
  },
  unit: {
    title: 'pure functions, tables, properties',
    specs: ['test/**/*.unit.test.ts'],
    deadlineMinutes: 5,
  },
  cluster: {
    title: 'against the real control plane',
    specs: ['test/**/*.cluster.test.ts'],
    deadlineMinutes: 40,
  },
  payloads: {
    title: 'payload fixtures against the schema of jobs',
    specs: ['test/payloads.test.ts'],
    deadlineMinutes: 2,
  },
  worker: {
    title: 'the worker with real Redis, real files and real kills',
    specs: ['test/**/*.worker.test.ts'],
    deadlineMinutes: 25,
  },
  e2e: { title: 'from a pool to previews on the local node', specs: ['test/**/*.e2e.test.ts'], deadlineMinutes: 20 },
  acceptance: { title: 'the gates', specs: ['test/acceptance/gate-*.test.ts'], deadlineMinutes: 40 },
  faults: {
    title: 'faults at their full counts',
    // In the order of the fault table: rows 1 to 3 and 9, 4, 5 to 8, 12 and 18, 10, 11, 13, 14, 25; 15, 16, 17, 17, 18 and 19, 20, 21, 21 and 22, 23, 24; then
    // what has no number.
    specs: [
      ...[...['faults', 'mutations', 'watch-faults', 'leadership', 'repair', 'fleet', 'deletion', 'pod-security']].map(
        (name) => `test/operator/${name}.cluster.test.ts`,
      ),
      'test/worker/recovery.worker.test.ts',
      'test/acceptance/gate-3.test.ts',
      ...[
        'lost-redis',
        'fail-over',
        'redis-faults',
        'full-volumes',
        'leaks',
        'hostile',
        'renderers/svg',
        'storage/http-guard',
        'consumption',
        'renderer/slots',
      ].map((name) => `test/worker/${name}.worker.test.ts`),
      'test/e2e/fifty-scale-ins.test.ts',
    ],
    deadlineMinutes: 130,
    onRequest: true,
    env: { FAULTS_FULL: '1' },
  },
  ecosystem: {
    title: 'with the tools of others',
    specs: ['test/ecosystem/*.test.ts'],
    deadlineMinutes: 20,
    onRequest: true,
  },
};

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

async function runSuite(name: string, suite: Suite): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'preview-test-'));
  const [tallyFile, figuresFile] = [join(folder, 'tally'), join(folder, 'figures')];
  console.log(`\n── ${name}: ${suite.title}`);
  const child = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...suite.specs], {
    stdio: 'inherit',
    env: { ...process.env, ...suite.env, TEST_TALLY: tallyFile, TEST_FIGURES: figuresFile },
  });
  let overdue = false;
  const deadline = setTimeout(() => {
    overdue = true;
    console.error(`${name} is still running after ${suite.deadlineMinutes} minutes; ending it`);
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
  }, suite.deadlineMinutes * 60_000);
  const code = await new Promise<number>((resolve) => {
    child.once('exit', (exitCode) => resolve(exitCode ?? 1));
    child.once('error', () => resolve(1));
  });
  clearTimeout(deadline);
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const line of readFileSync(tallyFile, 'utf8').trim().split('\n')) {
      const part = JSON.parse(line) as Tally;
      tally.passed += part.passed;
      tally.failed += part.failed;
      tally.skipped += part.skipped;
    }
  } catch {
    tally.failed += 1;
    console.error(`${name} ended with code ${code} before it could report its counts`);
  }
  if (existsSync(figuresFile)) printFigures(readFileSync(figuresFile, 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  if (tally.failed === 0 && (code !== 0 || overdue)) tally.failed = 1;
  if (tally.failed === 0 && tally.passed === 0) {
    console.error(`${name} ran no test`);
    tally.failed = 1;
  }
  return tally;
}

/** The measured rows of the fault table, a line each. */
function printFigures(lines: string): void {
  const figures = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Figure);
  figures.sort((one, other) => one.row - other.row);
  console.log(['row | figure', '--- | ------', ...figures.map(({ row, text }) => ` ${row} | ${text}`)].join('\n'));
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`no suite named ${unknown.join(', ')}; there are: ${Object.keys(SUITES).join(' ')}`);
  process.exit(2);
}
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
const seconds: string[] = [];
for (const [name, suite] of Object.entries(SUITES)) {
  if (asked.length > 0 ? !asked.includes(name) : suite.onRequest) continue;
  const begun = performance.now();
  const tally = await runSuite(name, suite);
  seconds.push(`${name} ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
}
const skippedInCI = process.env['CI'] ? total.skipped : 0;
if (skippedInCI > 0) console.error('a skipped test counts as a failed one in CI: what it needs must be provided');
console.log(`\n${seconds.join(' · ')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed + skippedInCI > 0 ? 1 : 0;
