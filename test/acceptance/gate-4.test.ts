import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import sharp from 'sharp';
import { processesMentioning } from '../cluster/survivors.ts';
import { freshClone } from '../documents/fresh-clone.ts';
import { shownIn } from '../documents/shown.ts';

const run = promisify(execFile);

describe('gate 4: a fresh clone, README only, tried as a new user would', function () {
  this.timeout(15 * 60_000);
  const shown = shownIn('README.md', import.meta.url);
  let folder: string;
  let clone: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-clone-'));
    clone = join(folder, 'clone');
    await freshClone(clone);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('npm ci && npm run demo exits 0, where no terminal is attached, with previews on disk and leaves nothing running', async () => {
    const command = shown.take(/^npm ci && npm run demo$/);
    const { stdout } = await run('/bin/sh', ['-c', command], { cwd: clone, maxBuffer: 1 << 24 });
    expect(stdout)
      .to.match(/^jobs +34$/m)
      .and.to.match(/^previews +64$/m)
      .and.to.match(/^lost +0$/m);
    expect(stdout).to.match(/^refused +broken-01\.jpg \(DecodeFailed\), bomb-01\.png \(LimitExceeded\)$/m);
    expect(stdout).to.match(/^worker killed .* was taken up by another and finished once$/m);
    expect(stdout).to.include('Kind:         PreviewWorkerPool');

    const demo = join(clone, '.demo');
    expect((await readdir(demo)).filter((name) => !name.startsWith('.')).sort()).to.deep.equal([
      ...['contact-sheet.html', 'contact-sheet.png', 'previews'],
    ]);
    expect(await readdir(join(demo, 'previews', 'artifacts'))).to.have.length(32);
    const { width = 0, height = 0 } = await sharp(join(demo, 'contact-sheet.png')).metadata();
    expect([width, height].every((side) => side > 1000)).to.equal(true);
    const html = await readFile(join(demo, 'contact-sheet.html'), 'utf8');
    const pictures = [...html.matchAll(/src="([^"]+)"/g)].map(([, path = '']) => path);
    expect(pictures).to.have.length(32);
    for (const path of pictures) expect((await stat(join(demo, path))).size).to.be.greaterThan(0);
    expect(processesMentioning(clone)).to.deep.equal([]);
  });
});
