/** The workflows as two linters of others see them. Needs Go, Python with its package registry, and ShellCheck. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { provide } from '../../scripts/tools/provide.ts';

const run = promisify(execFile);
const ZIZMOR = 'zizmor==1.32.0';

describe('the workflows', function () {
  this.timeout(10 * 60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-workflows-'));
    await run('python3', ['-m', 'venv', join(folder, 'python')]);
    const pip = join(folder, 'python', 'bin', 'pip');
    await run(pip, ['install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', ZIZMOR]);
    await cp('.github', join(folder, '.github'), { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What it says of the copy; empty: nothing. */
  const said = (program: string, args: readonly string[]): Promise<string> =>
    run(program, [...args], { cwd: folder }).then(
      ({ stdout }) => stdout,
      ({ stdout, message }: { stdout?: string; message: string }) => stdout || message,
    );
  const actionlint = async () => {
    const files = (await readdir(join(folder, '.github', 'workflows'))).map((name) => `.github/workflows/${name}`);
    return said(await provide('actionlint'), [`-shellcheck=${await provide('shellcheck')}`, '-pyflakes=', ...files]);
  };
  const zizmor = () =>
    said(join(folder, 'python', 'bin', 'zizmor'), ['--offline', '--quiet', '--no-progress', '--pedantic', '.github']);

  it('actionlint finds nothing in them, and ShellCheck nothing in their scripts', async () => {
    expect(await actionlint()).to.equal('');
  });

  it('zizmor finds nothing in them, nor in what dependabot is told', async () => {
    expect(await zizmor()).to.match(/^No findings to report/);
  });

  it('both find what a careless change brings', async () => {
    const file = join(folder, '.github', 'workflows', 'ci.yml');
    const careless = ['      - run: echo $GREETING $', '{{ github.event.pull_request.title }}\n'].join('');
    const sound = await readFile(file, 'utf8');
    await writeFile(file, sound.replace('      - run: .ci/run\n', careless));
    expect(await actionlint())
      .to.match(/potentially untrusted/)
      .and.to.match(/SC2086/);
    expect(await zizmor()).to.match(/template-injection/);
  });
});
