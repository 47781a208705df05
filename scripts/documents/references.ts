/** What sentences and tables tell a reader to run in a checkout, and the checkout has not: scripts of npm, tests, titles of tests. */
import { existsSync, readFileSync } from 'node:fs';
import type { Pages } from './pages.ts';

const SCRIPT = /\bnpm run (?:-s |--silent )?([a-z][a-z0-9:-]*)/g;
const TEST = /`(?:[A-Z_]+=\S+ )*npx mocha ([^`]+)`/g;

export function danglingReferences(pages: Pages): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  // That page also tells what is not there yet.
  const told = [...pages].filter(([page]) => page !== 'docs/progress.md');
  return told.flatMap(([page, text]) => [
    ...[...text.matchAll(SCRIPT)].flatMap(([, name = '']) =>
      name in scripts ? [] : [`${page}: npm run ${name} is no script of package.json`],
    ),
    ...[...text.matchAll(TEST)].flatMap(([, words = '']) => absent(words).map((what) => `${page}: ${what}`)),
  ]);
}

function absent(words: string): string[] {
  const [, files = '', pattern] = /^(.*?)(?: -g (.*))?$/.exec(words) ?? [];
  const names = files.split(' ').filter((word) => word.endsWith('.ts'));
  const gone = names.filter((name) => !/[*N]/.test(name) && !existsSync(name));
  if (gone.length > 0) return gone.map((name) => `${name} is not there`);
  if (pattern === undefined) return [];
  const title = new RegExp(pattern.replace(/^(['"])(.*)\1$/, '$2'));
  return names.some((name) => title.test(readFileSync(name, 'utf8'))) ? [] : [`no test of ${files} is called ${title}`];
}
