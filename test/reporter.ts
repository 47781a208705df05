import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's `spec` reporter that also appends its counts to the file named by `TEST_TALLY`, one JSON object a line,
 * so that scripts/test.ts can print one total over all suites.
 */
export default class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const file = process.env['TEST_TALLY'];
      if (!file) return;
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      appendFileSync(file, `${JSON.stringify({ passed: passes, failed: failures, skipped: pending })}\n`);
    });
  }
}
