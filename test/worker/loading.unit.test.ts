/** What a process loads before it works is what its start costs, and what it could do. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const main = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));

const preload = fileURLToPath(new URL('../fixtures/told-modules.ts', import.meta.url));

async function loadedFor(command: string): Promise<readonly string[]> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', preload, main, command, '--help']);
  return /^modules: (.*)$/m.exec(stderr)?.[1]?.split(' ') ?? [];
}

const of = (modules: readonly string[], ...packages: string[]) =>
  packages.filter((name) => modules.some((module) => module.startsWith(`${name}/`)));

const QUEUE = ['bullmq', 'ioredis'];
/** Not the API, which the registry of metrics brings. */
const TRACES = ['@opentelemetry/core', '@opentelemetry/sdk-trace', 'bullmq-otel'];
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
    expect(of(loaded, '@aws-sdk/client-s3', 'undici', ...TRACES, ...DECODERS)).to.deep.equal([]);
  });

  for (const command of ['renderer', 'work']) {
    it(`as ${command} compiles no schema: what checks documents was generated`, async () => {
      const compiler = (await loadedFor(command)).filter((module) => /^ajv\/dist\/(?!runtime\/)/.test(module));
      expect(compiler).to.deep.equal([]);
    });
  }
});
