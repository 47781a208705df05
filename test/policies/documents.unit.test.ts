import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
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
    const { stdout } = await promisify(execFile)('git', ['ls-files', '-co', '--exclude-standard', '*.md']);
    const names = stdout.split('\n').filter((name) => name !== '');
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
