import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { scene } from '../fixtures/images.ts';
import { Workplace } from './workplace.ts';

describe('examples/submit.ts', function () {
  this.timeout(60_000);
  let place: Workplace;

  before(async () => {
    place = await Workplace.open();
    await place.pod('shown');
  });
  after(() => place?.close());

  const run = (uri: string) =>
    promisify(execFile)(process.execPath, ['examples/submit.ts', place.redis.url, uri], { timeout: 30_000 });

  it('prints where the preview is, or the reason of a failure and what to do', async () => {
    const uri = await place.file('photo.jpg', await scene({ width: 90, height: 60 }).jpeg().toBuffer());
    expect((await run(uri)).stdout).to.match(/^grid file:\/\/\/\S+\/grid\.webp$/m);
    const failure = (await run(uri.replace('photo', 'absent')).catch((error) => error)) as { stderr: string };
    expect(failure.stderr).to.match(/^SourceNotFound: .*; check source\.uri/m);
  });
});

describe("README.md's TypeScript", function () {
  this.timeout(120_000);

  it('type-checks against the client', async () => {
    const [, code = ''] = /^```ts\n(.*?)^```$/ms.exec(await readFile('README.md', 'utf8')) ?? [];
    expect(code).to.include("from 'mobius-preview-worker/client'");
    const folder = await mkdtemp(join(tmpdir(), 'preview-readme-'));
    try {
      const config = {
        extends: resolve('tsconfig.json'),
        compilerOptions: {
          paths: { 'mobius-preview-worker/client': [resolve('worker/client.ts')] },
          typeRoots: [resolve('node_modules/@types')],
        },
        include: ['readme.ts'],
      };
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
      await writeFile(join(folder, 'readme.ts'), code);
      const checked = promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '--project', folder]);
      expect(
        await checked.then(
          () => '',
          ({ stdout }) => stdout,
        ),
      ).to.equal('');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
