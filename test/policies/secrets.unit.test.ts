import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

/** Put together here: the scanner also reads this file. */
const SECRETS = {
  'a key of AWS': ['AWS_SECRET_ACCESS_KEY=', 'wJalrXUtnFEMI/K7MDENG', '/bPxRfiCYEXbMPLEKEY'].join(''),
  'a token of GitHub': ['token: ghp', '_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'].join(''),
  'a private key': [
    '-----BEGIN RSA PRIVATE',
    ` KEY-----\n${'MIIEow'.repeat(40)}\n-----END RSA PRIVATE`,
    ' KEY-----',
  ].join(''),
  'a URL with a password': ['https://worker:', 'cS7vR2pQ9x@files.example.com'].join(''),
};

describe('the scanner for secrets', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-secrets-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const scan = () =>
    promisify(execFile)(
      process.execPath,
      [resolve('node_modules/secretlint/bin/secretlint.js'), '--secretlintrc', resolve('.secretlintrc.json'), '**/*'],
      { cwd: folder },
    ).then(
      () => '',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
    );

  for (const [what, text] of Object.entries(SECRETS))
    it(`finds ${what}, in hidden folders too, and does not print it`, async () => {
      await mkdir(join(folder, '.github'), { recursive: true });
      await writeFile(join(folder, '.github', 'planted.yml'), `${text}\n`);
      const found = await scan();
      expect(found).to.match(/planted\.yml[\s\S]*error/);
      expect(found).not.to.include(text);
    });

  it('says nothing where there is none', async () => {
    await writeFile(join(folder, '.github', 'planted.yml'), 'url: redis://redis.example.com\n');
    expect(await scan()).to.equal('');
  });
});
