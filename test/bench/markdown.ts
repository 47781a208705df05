import type { Ratio } from './rounds.ts';

export type Cell = string | number;

export function table(heading: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `1.84 (1.80 … 1.91)`: the median, and the least and the most of all rounds. */
export function told({ median, least, most }: Ratio): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} … ${most.toFixed(2)})`;
}

/** As many digits as a noisy figure is worth. */
export function milliseconds(value: number): string {
  return value.toFixed(value < 1 ? 3 : value < 20 ? 1 : 0);
}

export function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? '–' : (bytes / 1e6).toFixed(0);
}

export const met = (good: boolean) => (good ? 'met' : '**missed**');
