/** Columns with a heading, as kubectl prints them. */
import { styleText } from 'node:util';
import { harmless } from './explain/figures.ts';

export type Colour = 'green' | 'yellow' | 'red';

export interface Cell {
  readonly text: string;
  readonly colour: Colour;
}

const textOf = (cell: string | Cell): string => harmless(typeof cell === 'string' ? cell : cell.text) || '-';

/** In colour only where standard output is a terminal and NO_COLOR is not set. */
export function table(heading: readonly string[], rows: readonly (readonly (string | Cell)[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((line) => textOf(line[column] ?? '').length)));
  const print = (line: readonly (string | Cell)[]): string =>
    line
      .map((cell, column) => {
        const padded = column === line.length - 1 ? textOf(cell) : textOf(cell).padEnd(widths[column] ?? 0);
        return typeof cell === 'string' ? padded : styleText(cell.colour, padded, { stream: process.stdout });
      })
      .join('   ');
  return `${lines.map(print).join('\n')}\n`;
}

/** As kubectl writes ages: the two largest units of what is short, one of what is long. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(whole / unit)) as [
    number,
    number,
    number,
  ];
  if (days >= 3) return `${days}d`;
  if (hours >= 3) return `${hours}h`;
  if (minutes >= 10) return `${minutes}m`;
  return minutes > 0 ? `${minutes}m${whole % 60}s` : `${whole}s`;
}

/** From a time as JSON has it until `now`, in milliseconds; `-` where there is none. */
export const ageOf = (time: string | undefined, now: number): string =>
  time === undefined || Number.isNaN(Date.parse(time)) ? '-' : age((now - Date.parse(time)) / 1000);
