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

  /** Rejects never: an exit code other than 0 is a `code`. */
  const example = (...args: string[]): Promise<{ code?: number; stdout: string; stderr: string }> =>
    run(join(environment, 'bin', 'python'), ['examples/producer.py', ...args], { timeout: 60_000 }).catch(
      (error) => error,
    );

  it('gets its preview, and a failure names reason and remedy', async () => {
    const submit = async (uri: string) => {
      const { code = 0, stdout } = await example(place.redis.url, uri);
      return { code, ...(JSON.parse(stdout) as { result: RenderedResult | null; failedReason: string | null }) };
    };
    const uri = await place.file('photo.jpg', await scene({ width: 600, height: 400 }).jpeg().toBuffer());
    const { code, result } = await submit(uri);
    expect(code).to.equal(0);
    expect(result?.outputs[0]).to.include({ name: 'grid', width: 64, height: 43 });
    expect(result?.metadata).to.deep.equal({ from: 'python' });
    const failure = await submit(uri.replace('photo', 'absent'));
    expect(failure.code).to.equal(1);
    expect(failure.failedReason).to.match(/^SourceNotFound: .*; check source\.uri/);
  });

  it('says what to give, and that no Redis is there, instead of waiting for ever', async () => {
    expect(await example()).to.deep.include({
      code: 1,
      stderr: 'usage: python examples/producer.py REDIS_URL SOURCE_URI\n',
    });
    const { code, stderr } = await example('redis://127.0.0.1:1', 'file:///a.jpg');
    expect(code).to.equal(1);
    expect(stderr).to.match(/^Redis did not answer within 10 s/);
  });
});
