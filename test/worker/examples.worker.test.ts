import { execFile } from 'node:child_process';
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
