/** What edits do to a text, as `patch` and `git apply` take it. */
import { type Edit, edited } from './edits.ts';

const CONTEXT = 3;

interface Change {
  /** Of the old text, from 0; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

export function unifiedDiff(path: string, text: string, edits: readonly Edit[]): string {
  const lines = linesOf(text);
  const changes = changesOf(text, lines, edits);
  if (changes.length === 0) return '';
  const hunks = changes.reduce<Change[][]>((all, change) => {
    const last = all.at(-1)?.at(-1);
    if (last && change.from - last.to <= 2 * CONTEXT) all.at(-1)?.push(change);
    else all.push([change]);
    return all;
  }, []);
  let shift = 0;
  const told = hunks.map((hunk) => {
    const from = Math.max(0, (hunk[0]?.from ?? 0) - CONTEXT);
    const to = Math.min(lines.length, (hunk.at(-1)?.to ?? 0) + CONTEXT);
    const body: string[] = [];
    let here = from;
    for (const change of hunk) {
      body.push(...lines.slice(here, change.from).map((line) => marked(' ', line)));
      body.push(...lines.slice(change.from, change.to).map((line) => marked('-', line)));
      body.push(...change.lines.map((line) => marked('+', line)));
      here = change.to;
    }
    body.push(...lines.slice(here, to).map((line) => marked(' ', line)));
    const grown = hunk.reduce((sum, change) => sum + change.lines.length - (change.to - change.from), 0);
    const header = `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from + grown} @@\n`;
    shift += grown;
    return header + body.join('');
  });
  return `--- a/${path}\n+++ b/${path}\n${told.join('')}`;
}

/** With their ends. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const marked = (sign: string, line: string): string =>
  line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;

function changesOf(text: string, lines: readonly string[], edits: readonly Edit[]): Change[] {
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length);
  const lineAt = (offset: number) => {
    const found = starts.findLastIndex((start) => start <= offset);
    return Math.min(found, lines.length - 1);
  };
  const spans = edits
    .toSorted((one, other) => one.start - other.start)
    .map((edit) => ({ from: lineAt(edit.start), to: lineAt(Math.max(edit.start, edit.end - 1)) + 1, edits: [edit] }))
    .reduce<{ from: number; to: number; edits: Edit[] }[]>((all, span) => {
      const last = all.at(-1);
      if (last && span.from < last.to) {
        last.to = Math.max(last.to, span.to);
        last.edits.push(...span.edits);
      } else all.push(span);
      return all;
    }, []);
  return spans.map(({ from, to, edits: within }) => {
    const [begin = 0, end = text.length] = [starts[from], starts[to]];
    const moved = within.map((edit) => ({ ...edit, start: edit.start - begin, end: edit.end - begin }));
    return { from, to, lines: linesOf(edited(text.slice(begin, end), moved)) };
  });
}
