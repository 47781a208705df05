/** The language of a text by its first lines. It only chooses colours: where nothing is certain it is plain. */

/** Names of shiki's grammars. */
export type Language = keyof typeof SIGNS;

/** How much is looked at. */
const LOOKED_AT = 4000;

/** Asked in this order. Every expression is anchored to a line and linear. C++ is coloured as C: its grammar takes minutes for some lines. */
const SIGNS = {
  shellscript: /^#!.*\b(?:ba|z|k|da)?sh\b/,
  python: /^#!.*\bpython|^(?:def \w+\(.*\).*:|class \w+.*:|from [\w.]+ import |import \w+(?:\.\w+)*(?: as \w+)?$)/m,
  html: /^\s*<(?:!doctype html|html)\b/i,
  xml: /^\s*<(?:\?xml\b|!DOCTYPE\b|[a-z][\w:.-]*(?:\s[^<>]*)?>)/i,
  diff: /^(?:diff --git |--- \S.*\n\+\+\+ \S|@@ -\d+)/m,
  go: /^package \w+$/m,
  rust: /^(?:pub )?(?:fn \w+[<(]|use [\w:]+(?:::\{.*\})?;|impl\b.*\{$|mod \w+;)/m,
  c: /^\s*#\s*(?:include\s*[<"]|define\s|ifn?def\s|pragma\s)/m,
  java: /^(?:package [\w.]+;|import (?:static )?[\w.]+(?:\.\*)?;|public (?:final |abstract )?(?:class|interface|enum|record)\b)/m,
  typescript:
    /^#!.*\bnode|^(?:import\b.*\bfrom ['"].*['"]|import ['"].*['"]|export (?:default|const|function|class|interface|type|async|\{|\*)|(?:const|let|var) [\w{[].*=|(?:async )?function\*? \w+\(|'use strict'|\(function\b)/m,
  sql: /^\s*(?:select\b.*\bfrom\b|create (?:or replace )?(?:table|view|index|database|function)|insert into|alter table|drop table)\b/im,
  css: /^(?:@(?:import|media|charset|font-face)\b.*|[.#]?[\w-]+(?:[ ,>:.#][\w ,>:.#-]*)? ?\{)$/m,
  markdown: /^(?:#{1,6} \S|```|[-*] \[[ x]\] |!?\[[^\]\n]+\]\([^)\n]+\))/m,
  yaml: /^(?:---$|[\w-]+:(?: [^\s].*)?$\n(?: +- |- |[\w-]+:| +[\w-]+:))/m,
  toml: /^\[{1,2}[\w.-]+\]{1,2}$/m,
} as const satisfies Record<string, RegExp>;

export function languageOf(text: string): Language | 'json' | 'csv' | undefined {
  const start = text.slice(0, LOOKED_AT);
  if (/^\s*[[{]\s*(?:["{[\]}\d-]|true|false|null)/.test(start)) return 'json';
  const found = (Object.keys(SIGNS) as Language[]).find((language) => SIGNS[language].test(start));
  return found ?? (isTable(start) ? 'csv' : undefined);
}

export function mediaTypeOf(language: ReturnType<typeof languageOf>): string {
  if (language === 'json') return 'application/json';
  if (language === 'xml') return 'application/xml';
  if (language === 'csv' || language === 'markdown' || language === 'html') return `text/${language}`;
  return 'text/plain';
}

/** The same number of separators in each of the first lines. */
function isTable(start: string): boolean {
  const lines = start.split('\n').slice(0, 11);
  // The last may be cut, or empty.
  const whole = lines.slice(0, -1).filter((line) => line !== '');
  return [',', ';', '\t'].some((separator) => {
    const counts = new Set(whole.map((line) => line.replace(/"[^"]*"/g, '').split(separator).length - 1));
    const [count = 0] = counts;
    // Two lines of prose with a comma each are no table.
    return counts.size === 1 && count >= 1 && whole.length >= (count === 1 ? 3 : 2);
  });
}
