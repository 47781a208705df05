/** What a look found: one object for programs, a few lines for people. */
import { harmless } from '../explain/figures.ts';
import type { Finding } from './report.generated.ts';

export const ok = <Check extends string>(check: Check, message: string) => ({ check, status: 'ok' as const, message });

export const skipped = <Check extends string>(check: Check, message: string, remedy?: string) => ({
  ...{ check, status: 'skipped' as const, message },
  ...(remedy === undefined ? {} : { remedy }),
});

export const warning = <Check extends string>(check: Check, message: string, remedy?: string) => ({
  ...skipped(check, message, remedy),
  status: 'warning' as const,
});

export const failed = <Check extends string>(check: Check, message: string, remedy?: string) => ({
  ...skipped(check, message, remedy),
  status: 'failed' as const,
});

/** With its place in the guide: a reason, or a symptom's id. */
export const see = <F extends Finding>(finding: F, entry: string): F & { readonly guide: string } => ({
  ...finding,
  guide: `docs/troubleshooting.md#${entry.toLowerCase()}`,
});

/** What the operator says of a pool's condition is told once, and not again by a look that comes upon its cause. */
export function eachOnce(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  return findings.filter(({ check, subject = '', status, guide }) => {
    if (status === 'ok' || status === 'skipped') return true;
    const what = `${subject} ${guide}`;
    if (told.has(what)) return false;
    if (check === 'conditions') told.add(what);
    return true;
  });
}

const MARKS = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ', skipped: 'skipped' } as const;
const INDENT = ' '.repeat(20);

export function findingText({ check, subject, status, message, remedy, guide }: Finding): string {
  const what = subject === undefined ? message : `${subject}: ${message}`;
  return [
    `${MARKS[status]} ${check.padEnd(11)} ${harmless(what)}`,
    ...(remedy === undefined ? [] : [`${INDENT}to do: ${harmless(remedy)}`]),
    ...(guide === undefined || status === 'ok' ? [] : [`${INDENT}see:   ${guide}`]),
  ].join('\n');
}
