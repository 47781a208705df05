/** Cells and colours to the markup of one sheet. Each run of letters is placed at its own column, so that no font's width
 * moves what follows. */
import type { Size } from '../driver.ts';
import type { Style, Styles } from './highlight.ts';
import { type Cell, COLUMNS, type Line, ROWS } from './layout.ts';

/** A4 at 150 pixels an inch. */
export const PAGE: Size = { width: 1240, height: 1754 };

const FONT_SIZE = 22;
/** DejaVu Sans Mono's letters are 1233 of 2048 units wide. */
const CELL = (FONT_SIZE * 1233) / 2048;
const ROW = 26.6;
const LEFT = (PAGE.width - COLUMNS * CELL) / 2;
const TOP = (PAGE.height - ROWS * ROW) / 2;
/** The first baseline, in rows. */
const BASELINE = 0.76;
const PLAIN: Style = { from: 0, colour: '#24292e', bold: false, italic: false };

/** Letters that DejaVu Sans Mono has in one column; others, with a font of their own, are placed one by one. */
const OWN = /^[\x20-\x7e\xa0-\u024f\u0370-\u04ff]$/;
/** Letters that are read from right to left, or change their shape beside others: drawn together. */
const JOINED = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

interface Run {
  readonly first: Cell;
  readonly style: Style;
  readonly kind: Kind;
  text: string;
  /** The column after it. */
  end: number;
}
type Kind = 'own' | 'joined' | 'single';

export function pageMarkup(lines: readonly Line[], styles: Styles): Buffer {
  const runs = lines.flatMap((line, at) => runsOf(line, styles[at] ?? []));
  const { width, height } = PAGE;
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<rect width="${width}" height="${height}" fill="#fff"/>` +
      `<g font-family="DejaVu Sans Mono" font-size="${FONT_SIZE}">${runs.map(element).join('')}</g></svg>`,
  );
}

function runsOf({ cells }: Line, styles: readonly Style[]): Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const [index, cell] of cells.entries()) {
    while (at + 1 < styles.length && (styles[at + 1]?.from ?? 0) <= cell.offset) at++;
    const style = styles[at] ?? PLAIN;
    const last = runs.at(-1);
    const kind = kindOf(cell, last?.kind, cells[index + 1]);
    const end = cell.column + cell.width;
    // After a tab there is a gap.
    const beside = last !== undefined && last.first.row === cell.row && last.end === cell.column;
    if (beside && kind !== 'single' && last.kind === kind && last.style === style) {
      last.text += cell.text;
      last.end = end;
      // librsvg drops spaces at the start of a text, no-break spaces too.
    } else if (cell.text !== ' ') runs.push({ first: cell, style, kind, text: cell.text, end });
  }
  return runs;
}

/** A space between two words that are read from right to left belongs to them, or the words would change their order. */
function kindOf({ text }: Cell, before: Kind | undefined, after: Cell | undefined): Kind {
  if (text === ' ' && before === 'joined' && after !== undefined && JOINED.test(after.text)) return 'joined';
  return OWN.test(text) ? 'own' : JOINED.test(text) ? 'joined' : 'single';
}

function element({ first, style, text }: Run): string {
  const x = (LEFT + first.column * CELL).toFixed(2);
  const y = (TOP + (first.row + BASELINE) * ROW).toFixed(2);
  const looks = `${style.bold ? ' font-weight="bold"' : ''}${style.italic ? ' font-style="italic"' : ''}`;
  return `<text x="${x}" y="${y}" fill="${style.colour}"${looks}>${escaped(text)}</text>`;
}

/** XML would fold spaces into one. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00a0');
}
