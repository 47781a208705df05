/** Changes of a YAML text at the ranges of its nodes: all else stays as it was typed. */
import { type Document, isAlias, isMap, isScalar, type Node, type Pair, parse, Scalar, type YAMLMap } from 'yaml';

export interface Edit {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly text: string;
}

/** `edits` do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  // From the end, and of two at one place the later one first, so that they stand in the order given.
  for (const { start, end, text: piece } of edits.toReversed().toSorted((one, other) => other.start - one.start))
    result = result.slice(0, start) + piece + result.slice(end);
  return result;
}

export const rangeOf = ({ range }: Node): readonly [number, number] => {
  if (!range) throw new Error('a node that was not read from a text has no place in it');
  return [range[0], range[1]];
};

/** What an alias stands for, else the node itself. */
export function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** In the quotes that are there, or in some where the value would be read as a number. */
export function replacement(scalar: Scalar, value: string): Edit {
  const [start, end] = rangeOf(scalar);
  if (scalar.type === Scalar.BLOCK_FOLDED || scalar.type === Scalar.BLOCK_LITERAL)
    throw new Error('an image over several lines is not edited: write it on one');
  // An absent value has its place right behind the colon.
  const gap = start === end ? ' ' : '';
  return { start, end, text: gap + quoted(value, scalar.type) };
}

function quoted(value: string, type: Scalar['type']): string {
  if (type === Scalar.QUOTE_SINGLE) return `'${value}'`;
  return type === Scalar.QUOTE_DOUBLE || typeof parse(value) !== 'string' ? `"${value}"` : value;
}

export function pairOf(map: YAMLMap, name: string): Pair<Scalar, Node> | undefined {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  return pair as Pair<Scalar, Node> | undefined;
}

/** Another key in its place. */
export const renamed = ({ key }: Pair<Scalar, Node>, name: string): Edit => replacement(key, name);

/** Behind the pair `after` of `map`, in its manner. */
export function insertion(map: YAMLMap, after: Pair<Scalar, Node>, name: string, value: string, text: string): Edit {
  const end = after.value ? rangeOf(after.value)[1] : rangeOf(after.key)[1];
  const isQuoted = map.flow === true && after.key.type === Scalar.QUOTE_DOUBLE;
  const pair = `${quoted(name, after.key.type)}: ${quoted(value, isQuoted ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN)}`;
  if (map.flow) return { start: end, end, text: `, ${pair}` };
  const [begin] = rangeOf((map.items[0] as Pair<Scalar, Node>).key);
  const column = begin - (text.lastIndexOf('\n', begin - 1) + 1);
  // Behind a comment of its line.
  const lineEnd = endOfLine(text, end);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return { start: lineEnd, end: lineEnd, text: `${newline}${' '.repeat(column)}${pair}` };
}

/** Its line, or its part of the line that it shares. */
export function removal(map: YAMLMap, pair: Pair<Scalar, Node>, text: string): Edit {
  const at = map.items.indexOf(pair);
  const neighbours = [map.items[at - 1], map.items[at + 1]] as (Pair<Scalar, Node> | undefined)[];
  const [before, after] = neighbours;
  const [start] = rangeOf(pair.key);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (!map.flow && text.slice(lineStart, start).trim() === '') {
    const lineEnd = text.indexOf('\n', start);
    return { start: lineStart, end: lineEnd < 0 ? text.length : lineEnd + 1, text: '' };
  }
  if (after) return { start, end: rangeOf(after.key)[0], text: '' };
  if (!before?.value || !pair.value) throw new Error('an entry of one line alone is not edited: write its name first');
  return { start: rangeOf(before.value)[1], end: rangeOf(pair.value)[1], text: '' };
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  const end = newline < 0 ? text.length : newline;
  return text[end - 1] === '\r' && end > from ? end - 1 : end;
}

/** The node at `path`, through aliases; undefined where there is none. */
export function at(document: Document, node: unknown, ...path: readonly (string | number)[]): unknown {
  let here = resolved(node, document);
  for (const step of path) {
    if (isMap(here)) here = resolved(here.get(step, true), document);
    else return undefined;
  }
  return here;
}
