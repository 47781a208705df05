import { appendFileSync } from 'node:fs';
import { inspect } from 'node:util';
import Mocha from 'mocha';

const LONGEST_REASON = 4000;

/**
 * Mocha's `spec` reporter that also tells the file named by `TEST_TALLY` what came of each test, one JSON object a line,
 * and at last that all were run: scripts/test.ts shows how far the suites are, and prints one total.
 */
export default class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env['TEST_TALLY'];
    if (!file) return;
    const tell = (what: object) => appendFileSync(file, `${JSON.stringify(what)}\n`);
    runner.on('pass', () => tell({ passed: 1 }));
    runner.on('fail', (test, error) =>
      tell({ failed: 1, title: test.fullTitle(), why: inspect(error).slice(0, LONGEST_REASON) }),
    );
    runner.on('pending', () => tell({ skipped: 1 }));
    runner.once('end', () => tell({ ended: true }));
  }
}
