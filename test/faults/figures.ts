/** What a fault test measured, for people: in the log where it was taken, and in the table that `npm run test:faults` ends with. */
import { appendFileSync } from 'node:fs';

export interface Figure {
  /** Of the fault table in docs/reliability.md. */
  readonly row: number;
  readonly text: string;
}

/** `TEST_FIGURES` names the file that scripts/test.ts reads the figures of all suites from, one JSON object a line. */
export function figure(row: number, text: string): void {
  console.log(`      row ${row}: ${text}`);
  const file = process.env['TEST_FIGURES'];
  if (file) appendFileSync(file, `${JSON.stringify({ row, text } satisfies Figure)}\n`);
}

/** `3 completed, 2 DecodeFailed`, in the order of their first appearance. */
export function tallied(outcomes: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}
