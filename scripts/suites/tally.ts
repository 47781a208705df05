import { existsSync, readFileSync } from 'node:fs';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** What mocha has told test/reporter.ts so far, a line each. */
interface Told extends Partial<Tally> {
  readonly title?: string;
  readonly why?: string;
  readonly ended?: boolean;
}

export interface Failure {
  readonly title: string;
  /** The error, with its stack and cause. */
  readonly why: string;
}

export interface Progress extends Tally {
  readonly failures: readonly Failure[];
  /** All was run: what comes after is only the process's own end. */
  readonly ended: boolean;
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

export function added(one: Tally, other: Partial<Tally>): Tally {
  return {
    passed: one.passed + (other.passed ?? 0),
    failed: one.failed + (other.failed ?? 0),
    skipped: one.skipped + (other.skipped ?? 0),
  };
}

export function progressIn(file: string): Progress {
  // The last line may be half written.
  const whole = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  const lines = whole.map((line) => JSON.parse(line) as Told);
  return {
    ...lines.reduce(added, NOTHING),
    failures: lines.flatMap(({ failed, title = '', why = '' }) => (failed ? [{ title, why }] : [])),
    ended: lines.some(({ ended }) => ended),
  };
}

export function counts({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
