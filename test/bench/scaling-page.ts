/** docs/scaling.md holds tables that benchmarks write. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../docs/scaling.md', import.meta.url));

/** In place of all that stands between the comments of these two texts. */
export async function writeBetween(begin: string, end: string, text: string): Promise<void> {
  const [opening, closing] = [`<!-- ${begin} -->`, `<!-- ${end} -->`];
  const page = await readFile(PAGE, 'utf8');
  const [before, after] = [page.indexOf(opening), page.indexOf(closing)];
  if (before < 0 || after < before)
    throw new Error(`${PAGE} has no lines ${opening} and ${closing} to write the tables between`);
  await writeFile(PAGE, `${page.slice(0, before + opening.length)}\n\n${text}\n\n${page.slice(after)}`);
}
