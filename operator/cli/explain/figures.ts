/** How numbers and columns are written for people. */

/** Three digits that count, and every digit of what is larger. */
export const figure = (value: number): string =>
  String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

export const seconds = (value: number): string => `${figure(Math.max(0, Math.round(value * 100) / 100))} s`;

export const counted = (count: number, one: string): string => `${figure(count)} ${one}${count === 1 ? '' : 's'}`;

/** Left-aligned but for the last column, which bears no padding. */
export function columns(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

/** What comes from a cluster may hold anything; a terminal shall show it and not obey it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
export const harmless = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
