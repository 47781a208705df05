/** Lines of text to cells of a grid: what of them the first page shows, and where. */
import { eastAsianWidth } from 'get-east-asian-width';

export const COLUMNS = 80;
export const ROWS = 60;
const TAB = 4;

export interface Cell {
  /** One letter as people count them, with its marks. */
  readonly text: string;
  /** Where it stands in its line's text, in code units. */
  readonly offset: number;
  readonly row: number;
  readonly column: number;
  /** In columns. */
  readonly width: number;
}

export interface Line {
  /** What of the line is shown, tabs as spaces. */
  readonly text: string;
  readonly cells: readonly Cell[];
}

const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
const WIDE = /[\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff]/;

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** As many lines as fit; a long one is wrapped, between words where that leaves no half row empty. */
export function layOut(content: string): Line[] {
  const lines: Line[] = [];
  let row = 0;
  for (let start = 0; row < ROWS && start < content.length; ) {
    const newline = content.indexOf('\n', start);
    const end = newline === -1 ? content.length : newline;
    const line = wrapped(content.slice(start, end), row);
    lines.push(line);
    row = (line.cells.at(-1)?.row ?? row) + 1;
    start = end + 1;
  }
  return lines;
}

function wrapped(source: string, first: number): Line {
  const cells: Cell[] = [];
  let [text, row, column] = ['', first, 0];
  for (const { segment } of letters.segment(source)) {
    const letter = drawn(segment);
    const width = letter === '\t' ? TAB - (column % TAB) : widthOf(letter);
    if (column + width > COLUMNS) {
      row++;
      column = letter === ' ' ? -1 : carry(cells, row);
    }
    if (row >= ROWS) break;
    // A space that does not fit, at -1, is where the row was broken.
    if (letter !== '\t' && column >= 0) cells.push({ text: letter, offset: text.length, row, column, width });
    text += letter === '\t' ? ' '.repeat(width) : letter;
    column += width;
  }
  return { text, cells: cells.filter((cell) => cell.row < ROWS) };
}

/** Takes a word that does not fit down to the new row, where it does not fill half of one: the column after it. */
function carry(cells: Cell[], row: number): number {
  const start = cells.findLastIndex((cell) => cell.text === ' ' || cell.row < row - 1) + 1;
  const from = cells[start]?.column ?? COLUMNS;
  if (from < COLUMNS / 2) return 0;
  for (const [at, cell] of cells.entries()) {
    if (at >= start) cells[at] = { ...cell, row, column: cell.column - from };
  }
  const last = cells.at(-1);
  return last === undefined || last.row < row ? 0 : last.column + last.width;
}

/** No font here joins emoji: of those that are one, the first is drawn. */
function drawn(letter: string): string {
  return EMOJI.test(letter) ? (letter.split('\u200d')[0] ?? '') : letter;
}

/** Columns, as a terminal counts them, but where the letters of the font are wider. */
function widthOf(letter: string): 1 | 2 {
  if (/^[\x20-\x7e]$/.test(letter)) return 1;
  return eastAsianWidth(letter.codePointAt(0) ?? 0) === 2 || EMOJI.test(letter) || WIDE.test(letter) ? 2 : 1;
}
