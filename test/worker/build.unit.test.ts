import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildId } from '../../worker/build.ts';

describe('the id of a build', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-build-'));
    await mkdir(join(folder, 'node_modules'));
    await mkdir(join(folder, 'dist', 'worker', 'raster'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const id = async (programs: Record<string, string>, packages?: Record<string, object>) => {
    const root = join(folder, 'dist', 'worker');
    for (const [name, text] of Object.entries(programs)) await writeFile(join(root, name), text);
    const lock = join(folder, 'node_modules', '.package-lock.json');
    await (packages === undefined ? rm(lock, { force: true }) : writeFile(lock, JSON.stringify({ packages })));
    return buildId(root);
  };
  const SHARP = { 'node_modules/sharp': { version: '0.35.5' } };

  it('is 12 hexadecimal digits, the same for the same programs and packages', async () => {
    const first = await id({ 'main.js': 'one()', 'raster/ladder.js': 'two()' }, SHARP);
    expect(first).to.match(/^[0-9a-f]{12}$/);
    expect(await id({}, SHARP)).to.equal(first);
  });

  it('is another for another program, and does not see declarations', async () => {
    const first = await id({ 'main.js': 'one()', 'raster/ladder.js': 'two()' });
    expect(await id({ 'main.d.ts': 'export {}' })).to.equal(first);
    expect(await id({ 'raster/ladder.js': 'three()' })).to.not.equal(first);
  });

  it('is another for another sharp, whose pictures may be others', async () => {
    const first = await id({ 'main.js': 'one()' }, SHARP);
    expect(await id({}, { 'node_modules/sharp': { version: '0.35.6' } })).to.not.equal(first);
    expect(await id({})).to.not.equal(first);
  });

  it('is one on every architecture, and does not see what is for development only', async () => {
    const first = await id({ 'main.js': 'one()' }, SHARP);
    const others = {
      'node_modules/@img/sharp-linux-arm64': { version: '0.35.5', cpu: ['arm64'] },
      'node_modules/mocha': { version: '12.0.3', dev: true },
    };
    expect(await id({}, { ...SHARP, ...others })).to.equal(first);
  });
});
