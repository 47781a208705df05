import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const SCRIPT = resolve('scripts/only-what-runs.ts');

describe('only what runs is left in an image', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-image-'));
    const files = {
      'dist/worker/main.js': "import { a } from 'alpha';\nawait import('./late.js');\nimport '@scope/beta/sub';\n",
      'dist/worker/late.js': "import schema from '../schemas/job.json' with { type: 'json' };\nimport 'node:fs';\n",
      'dist/worker/slot.js': "import.meta.resolve('gamma/package.json');\n",
      'dist/schemas/job.json': '{}',
      'dist/schemas/pool.json': '{}',
      'dist/operator/main.js': "import 'delta';\n",
      'package.json': JSON.stringify({
        type: 'module',
        bin: { worker: './dist/worker/main.js', operator: 'dist/operator/main.js' },
        dependencies: { alpha: '1.0.0', '@scope/beta': '1.0.0', gamma: '1.0.0', delta: '1.0.0' },
        optionalDependencies: { node: '1.0.0' },
      }),
    };
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    await promisify(execFile)(process.execPath, [SCRIPT, 'worker'], { cwd: folder });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const there = (file: string) =>
    access(join(folder, file)).then(
      () => true,
      () => false,
    );

  it('every file of the part stays, for programs start one another by path, and what they load outside of it', async () => {
    for (const file of ['worker/main.js', 'worker/late.js', 'worker/slot.js', 'schemas/job.json'])
      expect(await there(`dist/${file}`), file).to.equal(true);
  });

  it('what only another part loads goes', async () => {
    for (const file of ['schemas/pool.json', 'operator/main.js'])
      expect(await there(`dist/${file}`), file).to.equal(false);
  });

  it('package.json names the packages that are loaded, and no other', async () => {
    const { type, bin, dependencies, optionalDependencies } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect({ type, bin, dependencies, optionalDependencies }).to.deep.equal({
      type: 'module',
      bin: { worker: './dist/worker/main.js' },
      dependencies: { alpha: '1.0.0', '@scope/beta': '1.0.0', gamma: '1.0.0' },
      optionalDependencies: undefined,
    });
  });
});
