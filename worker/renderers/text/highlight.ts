/** Colours of a text, by shiki. It is loaded with the first text that has a language, a grammar with the first of its own. */

import { cpuUsage } from 'node:process';
import type { LanguageRegistration, RegexEngine, ShikiPrimitive, ThemeRegistrationRaw } from '@shikijs/primitive';
import type { languageOf } from './language.ts';
import type { Line } from './layout.ts';

type Language = NonNullable<ReturnType<typeof languageOf>>;
type State = ReturnType<typeof import('@shikijs/primitive').getLastGrammarState>;
type Grammar = () => Promise<{ default: LanguageRegistration[] }>;

/** A stretch of one line in one style. */
export interface Style {
  /** In code units of the line's text. */
  readonly from: number;
  /** As in `#24292e`. */
  readonly colour: string;
  readonly bold: boolean;
  readonly italic: boolean;
}

/** The styles of each line, in their order, the first from 0; none where a line is plain. */
export type Styles = readonly (readonly Style[])[];

// Each was tried with a page of one line, of 60 pieces over and over: less than a second for every one. Those of C++, C#
// and PHP took up to minutes, within one match that no limit of shiki ends.
const GRAMMARS: Readonly<Record<Language, Grammar>> = {
  json: () => import('@shikijs/langs/json'),
  csv: () => import('@shikijs/langs/csv'),
  shellscript: () => import('@shikijs/langs/shellscript'),
  python: () => import('@shikijs/langs/python'),
  html: () => import('@shikijs/langs/html'),
  xml: () => import('@shikijs/langs/xml'),
  diff: () => import('@shikijs/langs/diff'),
  go: () => import('@shikijs/langs/go'),
  rust: () => import('@shikijs/langs/rust'),
  c: () => import('@shikijs/langs/c'),
  java: () => import('@shikijs/langs/java'),
  typescript: () => import('@shikijs/langs/typescript'),
  sql: () => import('@shikijs/langs/sql'),
  css: () => import('@shikijs/langs/css'),
  markdown: () => import('@shikijs/langs/markdown'),
  yaml: () => import('@shikijs/langs/yaml'),
  toml: () => import('@shikijs/langs/toml'),
};

/**
 * The last resort, far beyond what a page takes: what is coloured must not depend on how busy the machine is. Shiki knows the
 * wall clock only, and the first line waits for its grammar: on a machine with ten times too much to do that took over 1 s.
 */
const LINE_MILLISECONDS = 10_000;
/** Of CPU. */
const PAGE_MILLISECONDS = 4000;

const BOLD = 2;
const ITALIC = 1;

export async function highlight(lines: readonly Line[], language: Language | undefined): Promise<Styles> {
  if (language === undefined) return [];
  const { primitive, codeToTokensBase, getLastGrammarState, theme } = await highlighterFor(language);
  const start = cpuUsage();
  const styles: Style[][] = [];
  const options = { lang: language, theme, tokenizeTimeLimit: LINE_MILLISECONDS };
  let grammarState: State | undefined;
  for (const { text } of lines) {
    const { user, system } = cpuUsage(start);
    if (user + system > PAGE_MILLISECONDS * 1000) break;
    try {
      const tokens = codeToTokensBase(primitive, text, {
        ...options,
        ...(grammarState === undefined ? {} : { grammarState }),
      });
      grammarState = getLastGrammarState(primitive, tokens);
      styles.push(
        (tokens[0] ?? []).map(({ offset, color = '#24292e', fontStyle = 0 }) => ({
          from: offset,
          colour: color,
          bold: fontStyle > 0 && (fontStyle & BOLD) !== 0,
          italic: fontStyle > 0 && (fontStyle & ITALIC) !== 0,
        })),
      );
    } catch {
      // A grammar that runs out of stack, as that of shell scripts does at 4800 times `<`.
      break;
    }
  }
  return styles;
}

let engine: Promise<RegexEngine> | undefined;
const primitives = new Map<Language, ShikiPrimitive>();

async function highlighterFor(language: Language) {
  const [{ createShikiPrimitive, codeToTokensBase, getLastGrammarState }, { createOnigurumaEngine }, { default: raw }] =
    await Promise.all([
      import('@shikijs/primitive'),
      import('@shikijs/engine-oniguruma'),
      import('@shikijs/themes/github-light') as Promise<{ default: ThemeRegistrationRaw }>,
    ]);
  // Oniguruma gives a match up after so many tries, which JavaScript's own expressions never do.
  engine ??= createOnigurumaEngine(import('@shikijs/engine-oniguruma/wasm-inlined'));
  let primitive = primitives.get(language);
  if (primitive === undefined) {
    const { default: langs } = await GRAMMARS[language]();
    primitive = createShikiPrimitive({ langs, themes: [raw], engine: await engine, warnings: false });
    primitives.set(language, primitive);
  }
  return { primitive, codeToTokensBase, getLastGrammarState, theme: raw.name ?? '' };
}
