/** What a process loads before it works is what its start costs, and what it could do. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const main = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));

/** Tells at its end each module of a package that was loaded. */
const TELL = `
import { registerHooks } from 'node:module';
const loaded = new Set();
registerHooks({
  resolve(name, context, next) {
    const found = next(name, context);
    loaded.add(found.url.split('/node_modules/')[1]);
    return found;
  },
});
process.on('exit', () => console.error(JSON.stringify([...loaded].filter(Boolean))));
`;

async function loadedFor(command: string): Promise<readonly string[]> {
  const preload = `data:text/javascript,${encodeURIComponent(TELL)}`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', preload, main, command, '--help']);
  return JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as string[];
}

const of = (modules: readonly string[], ...packages: string[]) =>
  packages.filter((name) => modules.some((module) => module.startsWith(`${name}/`)));

const QUEUE = ['bullmq', 'ioredis'];
const DECODERS = ['sharp', '@hyzyla/pdfium', 'libheif-js', '@shikijs/primitive', 'file-type'];

describe('the program preview-worker', function () {
  this.timeout(60_000);

  it('as a renderer loads no queue, no HTTP and no storage, and leaves decoders to its slots', async () => {
    const loaded = await loadedFor('renderer');
    expect(of(loaded, 'commander', 'pino')).to.deep.equal(['commander', 'pino']);
    expect(of(loaded, ...QUEUE, 'express', 'prom-client', '@aws-sdk/client-s3', ...DECODERS)).to.deep.equal([]);
  });

  it('as a worker loads its queue, no decoder, and no storage before its configuration names one', async () => {
    const loaded = await loadedFor('work');
    expect(of(loaded, ...QUEUE)).to.deep.equal(QUEUE);
    expect(of(loaded, '@aws-sdk/client-s3', 'undici', ...DECODERS)).to.deep.equal([]);
  });

  for (const command of ['renderer', 'work']) {
    it(`as ${command} compiles no schema: what checks documents was generated`, async () => {
      const compiler = (await loadedFor(command)).filter((module) => /^ajv\/dist\/(?!runtime\/)/.test(module));
      expect(compiler).to.deep.equal([]);
    });
  }
});
