/** Producers in other languages: what examples/ shows, run. Needs Python and its package registry. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { RenderedResult } from '../../worker/client.ts';
import { scene } from '../fixtures/images.ts';
import { Workplace } from '../worker/workplace.ts';

const run = promisify(execFile);

describe('a producer in Python', function () {
  this.timeout(300_000);
  let place: Workplace;
  let environment: string;

  before(async () => {
    environment = await mkdtemp(join(tmpdir(), 'preview-python-'));
    await run('python3', ['-m', 'venv', environment]);
    const [version] = /bullmq==[\d.]+/.exec(await readFile('examples/producer.py', 'utf8')) ?? [];
    expect(version, 'the version that the example names').to.be.a('string');
    await run(join(environment, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', version ?? '']);
    place = await Workplace.open();
    await place.pod('polyglot');
  });
  after(async () => {
    await place?.close();
    await rm(environment, { recursive: true, force: true });
  });

  it('gets its preview, and a failure names reason and remedy', async () => {
    const submit = async (uri: string) => {
      const python = join(environment, 'bin', 'python');
      const { stdout } = await run(python, ['examples/producer.py', place.redis.url, uri], { timeout: 60_000 });
      return JSON.parse(stdout) as { result: RenderedResult | null; failedReason: string | null };
    };
    const uri = await place.file('photo.jpg', await scene({ width: 600, height: 400 }).jpeg().toBuffer());
    const { result } = await submit(uri);
    expect(result?.outputs[0]).to.include({ name: 'grid', width: 64, height: 43 });
    expect(result?.metadata).to.deep.equal({ from: 'python' });
    expect((await submit(uri.replace('photo', 'absent'))).failedReason).to.match(
      /^SourceNotFound: .*; check source\.uri/,
    );
  });
});
