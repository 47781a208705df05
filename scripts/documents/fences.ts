/** Fenced blocks of a page, and the commands in those for a shell. */
const FENCE = /^( *)(```|~~~)([\w-]*)[^\n]*\n([\s\S]*?)^\1\2 *$/gm;
/** The comment right above a fence. */
const MARK = /<!-- (run by|not run): ([^\n]*?) -->\s*$/;

export interface Fence {
  /** Of the page, where it begins. */
  readonly line: number;
  /** What stands behind its first marks; empty where nothing does. */
  readonly language: string;
  readonly body: string;
  /** Which test runs it, or why none does. */
  readonly mark?: { readonly kind: 'run by' | 'not run'; readonly text: string };
}

export const withoutFences = (text: string): string => text.replace(FENCE, '');

export const isForShells = ({ language }: Fence): boolean => /^(sh|bash|shell|console|powershell|pwsh)$/.test(language);

export function fencesIn(text: string): Fence[] {
  return [...text.matchAll(FENCE)].map(({ index, 3: language = '', 4: body = '' }) => {
    const before = text.slice(0, index);
    const [, kind, why] = MARK.exec(before) ?? [];
    return {
      ...{ line: before.split('\n').length, language, body },
      ...(why === undefined ? {} : { mark: { kind: kind as 'run by' | 'not run', text: why } }),
    };
  });
}

/**
 * Each with what belongs to it: lines that are continued, here-documents. A file for a shell (`#!`) is one command, and of a
 * `console` what stands behind `$ ` is.
 */
export function commandsIn({ language, body }: Fence): string[] {
  if (body.startsWith('#!')) return [body];
  const typed = language === 'console' ? body.match(/(?<=^\$ ).*$/gm) : body.split('\n');
  const commands: string[] = [];
  let open = '';
  let end: string | undefined;
  for (const line of typed ?? []) {
    open += open === '' ? line : `\n${line}`;
    end ??= /<<-?\s*['"]?(\w+)/.exec(line)?.[1];
    if (end !== undefined ? line !== end : line.endsWith('\\')) continue;
    commands.push(open.replace(/(^|\s+)# [^\n]*$/, ''));
    [open, end] = ['', undefined];
  }
  return [...commands, open].filter((command) => command.trim() !== '');
}
