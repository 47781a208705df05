import { access, glob, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';

/** As GitHub makes them of headings. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const found = new Set<string>();
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
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

const withoutCode = (text: string) => text.replace(/^(```|~~~)[\s\S]*?^\1 *$/gm, '');

describe('the documents', function () {
  this.timeout(60_000);
  let pages: Map<string, string>;

  before(async () => {
    // Hidden folders hold what a demo or a cluster leaves, but for what is the repository's own.
    const isOthers = (name: string) => /(^|\/)(node_modules|dist|\.(?!github)[^/]+)(\/|$)/.test(name);
    const names: string[] = [];
    for await (const name of glob(['**/*.md', '.github/**/*.md'], { exclude: isOthers }))
      if (!isOthers(name)) names.push(name);
    expect(names).to.include.members(['README.md', 'docs/scaling.md', '.github/pull_request_template.md']);
    pages = new Map(await Promise.all(names.map(async (name) => [name, await readFile(name, 'utf8')] as const)));
  });

  it('link to files and headings that are there', async () => {
    const broken: string[] = [];
    for (const [page, text] of pages) {
      const prose = withoutCode(text).replace(/`[^`\n]*`/g, '');
      for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        const there = await access(file).then(
          () => true,
          () => false,
        );
        if (!there) broken.push(`${page}: ${target}`);
        else if (anchor !== undefined && file.endsWith('.md')) {
          const text = pages.get(file) ?? (await readFile(file, 'utf8'));
          if (!anchors(text).has(anchor)) broken.push(`${page}: ${target} (no such heading)`);
        }
      }
    }
    expect(broken).to.deep.equal([]);
  });
});
