import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runSuite } from '../../../scripts/suites/run.ts';
import { eventually } from '../../cluster/eventually.ts';

describe('a suite in a process of its own', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-suite-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = async (code: string, { deadlineMinutes = 1, signal = new AbortController().signal } = {}) => {
    const file = join(folder, 'sample.js');
    await writeFile(file, code);
    return runSuite('sample', { title: 'a sample', specs: [file], deadlineMinutes }, { lane: 0, signal });
  };

  it('tells what came of each test, and prints all of it at its end', async () => {
    const suite = await run(
      `it('one holds', () => {}); it('two fails', () => { throw new Error('broken'); }); it('three');`,
    );
    const { tally, text, failures } = await suite.done;
    expect(tally).to.deep.equal({ passed: 1, failed: 1, skipped: 1 });
    expect(failures.map(({ title }) => title)).to.deep.equal(['two fails']);
    expect(failures[0]?.why).to.match(/^Error: broken\n {4}at /);
    expect(text).to.contain('── sample: a sample').and.contain('one holds').and.contain('broken');
  });

  it('tells how far it is while it runs, and which tests failed', async () => {
    const asked = new AbortController();
    const suite = await run(
      `it('fails', () => { throw new Error('broken'); }); it('hangs', function (done) { this.timeout(0); setInterval(() => {}, 1000); });`,
      { signal: asked.signal },
    );
    await eventually('its first failure is told', () => suite.progress().failed === 1, { seconds: 30 });
    expect(suite.progress()).to.deep.include({ passed: 0, failed: 1, skipped: 0, ended: false });
    expect(suite.progress().failures.map(({ title }) => title)).to.deep.equal(['fails']);
    asked.abort();
    const { tally, text, failures } = await suite.done;
    expect(failures.map(({ title }) => title)).to.deep.equal(['fails', 'was ended']);
    expect(tally.failed).to.equal(2);
    expect(text).to.contain('sample was ended');
  });

  for (const [how, code, complaint] of [
    ['that ends well before all its tests were run', `it('ends', () => process.exit(0));`, 'before all its tests had'],
    ['that has no test', '', 'ran no test'],
    [
      'that is killed after its tests',
      `it('holds', () => {}); process.on('beforeExit', () => process.kill(process.pid, 'SIGKILL'));`,
      'ended with SIGKILL',
    ],
    ['that can not be read', 'import nothing from', 'before all its tests had'],
  ] as const) {
    it(`one ${how} counts as failed`, async () => {
      const { tally, text } = await (await run(code)).done;
      expect(tally.failed).to.equal(1);
      expect(text).to.contain(complaint);
    });
  }

  it('one that is still running at its deadline counts as failed', async () => {
    const suite = await run(`it('hangs', function (done) { this.timeout(0); setInterval(() => {}, 1000); });`, {
      deadlineMinutes: 1 / 30,
    });
    const { tally, text } = await suite.done;
    expect(tally.failed).to.equal(1);
    expect(text).to.contain('was ended: it still ran');
  });
});
