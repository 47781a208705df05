/** Prometheus' own tool in a folder of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Rule } from '../../operator/desired/rule.ts';
import { provide } from '../../scripts/tools/provide.ts';

export interface Promtool {
  /** Rejects with what it says of a rule that it does not take; resolves to its answer. */
  check(rules: readonly Rule[]): Promise<string>;
  /** Rejects unless just these alerts fire, of `series` by name and labels, at minute 100. */
  expectFiring(rules: readonly Rule[], series: ReadonlyMap<string, string>, fires: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

export async function promtool(): Promise<Promtool> {
  const folder = await mkdtemp(join(tmpdir(), 'preview-alerts-'));
  const program = await provide('promtool');
  const run = (...args: string[]) =>
    promisify(execFile)(program, args, { cwd: folder, timeout: 60_000 }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => Promise.reject(new Error(error.stdout + error.stderr)),
    );
  const write = (rules: readonly Rule[]) =>
    writeFile(join(folder, 'rules.yaml'), stringify({ groups: [{ name: 'preview', rules }] }));
  return {
    async check(rules) {
      await write(rules);
      return run('check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml');
    },
    async expectFiring(rules, series, fires) {
      const test = {
        rule_files: ['rules.yaml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: [...series].map(([name, values]) => ({ series: name, values })),
            promql_expr_test: [
              {
                expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
                eval_time: '100m',
                exp_samples: fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
              },
            ],
          },
        ],
      };
      await write(rules);
      await writeFile(join(folder, 'test.yaml'), stringify(test));
      await run('test', 'rules', 'test.yaml');
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
