/** Links of pages to files and headings that are not there. */
import { access, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { withoutFences } from './fences.ts';
import type { Pages } from './pages.ts';

export async function brokenLinks(pages: Pages): Promise<string[]> {
  const broken: string[] = [];
  for (const [page, text] of pages) {
    const prose = withoutFences(text).replace(/`[^`\n]*`/g, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!(await isThere(file))) broken.push(`${page}: ${target} is not there`);
      else if (anchor !== undefined && file.endsWith('.md')) {
        const linked = pages.get(file) ?? (await readFile(file, 'utf8'));
        if (!anchors(linked).has(anchor)) broken.push(`${page}: ${target} is no heading there`);
      }
    }
  }
  return broken;
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

/** As GitHub makes them of headings. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    found.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) found.add(id);
  return found;
}
