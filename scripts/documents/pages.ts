/** Every page of the repository, by its path. */
import { glob, readFile } from 'node:fs/promises';

/** Hidden folders hold what a demo or a cluster leaves, but for what is the repository's own. */
const isOthers = (name: string) => /(^|\/)(node_modules|dist|\.(?!github)[^/]+)(\/|$)/.test(name);

export type Pages = ReadonlyMap<string, string>;

export async function readPages(): Promise<Pages> {
  const names: string[] = [];
  // A checkout need not have Git.
  for await (const name of glob(['**/*.md', '.github/**/*.md'], { exclude: isOthers }))
    if (!isOthers(name)) names.push(name);
  return new Map(await Promise.all(names.sort().map(async (name) => [name, await readFile(name, 'utf8')] as const)));
}
