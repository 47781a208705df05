/** The full self-test of a build: before anything is fetched, and once for a queue. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { eventually } from '../cluster/eventually.ts';
import { scene } from '../fixtures/images.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const STATS = 'bull:previews:preview-stats';
const WORKERS = 'bull:previews:preview-workers';

const picture = () => scene({ width: 120, height: 90 }).jpeg().toBuffer();

describe('the full self-test', function () {
  this.timeout(60_000);
  let place: Workplace;

  beforeEach(async () => {
    place = await Workplace.open();
  });
  afterEach(() => place?.close());

  const testedInFull = async (pod: Pod) => (await pod.metric('preview_self_test_seconds', 'level="full"')) > 0;
  /** As a person asks. */
  const asked = (pod: Pod): Promise<{ stdout: string; code: number }> =>
    promisify(execFile)(process.execPath, ['worker/main.ts', 'health', '--url', pod.url]).then(
      ({ stdout }) => ({ stdout, code: 0 }),
      ({ stdout, code }) => ({ stdout, code }),
    );
  /** The build's field and what it holds. */
  const noted = async () =>
    Object.entries(await place.raw.hgetall(STATS)).filter(([field]) => field.startsWith('full:'));

  it('is run by the first worker of a build at a queue, and not again by the next', async () => {
    const first = await place.pod('first');
    const { selfTest, version, renderers } = await first.health();
    expect(selfTest).to.have.keys('ok', 'quickMilliseconds', 'fullMilliseconds');
    expect(await testedInFull(first)).to.equal(true);
    expect(await noted()).to.deep.equal([
      [`full:${version}:${process.arch}`, renderers.map(({ name, version }) => `${name}@${version}`).join(' ')],
    ]);

    const second = await place.pod('second');
    expect((await second.health()).selfTest).to.have.keys('ok', 'quickMilliseconds');
    expect(await testedInFull(second)).to.equal(false);
    expect(await second.metric('preview_self_test_seconds', 'level="quick"')).to.be.greaterThan(0);
  });

  it('is run again by another build, and for a renderer that was not among those that passed', async () => {
    const { version } = await (await place.pod('first')).health();
    const all = (await noted())[0]?.[1] ?? '';
    const fewer = all.split(' ').slice(1).join(' ');
    await place.raw.hset(STATS, { [`full:${version}:${process.arch}`]: fewer, 'full:another': all });
    expect(await testedInFull(await place.pod('second'))).to.equal(true);
    await eventually('all are noted', async () => {
      const now = (await place.raw.hget(STATS, `full:${version}:${process.arch}`)) ?? '';
      return now.split(' ').sort().join(' ') === all.split(' ').sort().join(' ');
    });
    expect(await place.raw.hget(STATS, 'full:another')).to.equal(all);
  });

  it('that fails: exit 78, not ready, nothing fetched, nothing noted; with another image the job is done', async () => {
    const pod = await place.pod('unfit', { fixtures: ['liar'], until: 'answering' });
    const id = await place.submit('waits.jpg', await picture());
    expect(await pod.renderer.exited).to.equal('code 78');
    const failed = await eventually('its health says so', async () => {
      const health = await pod.health();
      return health.selfTest.reason === 'pending' ? undefined : health;
    });
    expect(failed.status).to.equal('unhealthy');
    expect(failed.selfTest.reason).to.match(/renderer liar, format lie: /);
    expect(failed.consumption.lastFetchAt).to.equal(undefined);
    const { stdout, code } = await asked(pod);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^self-test +renderer liar, format lie: .*; .*log of the container renderer/m);
    expect(await pod.get('/readyz')).to.include({ status: 503 });
    expect((await pod.get('/livez')).status).to.equal(200);
    await eventually('its heartbeat says so', async () => {
      const beat = await place.raw.hget(WORKERS, 'unfit');
      return beat !== null && JSON.parse(beat).selfTest === 'failed';
    });
    expect(await (await place.job(id)).getState()).to.equal('prioritized');
    expect(await noted()).to.deep.equal([]);

    await place.pod('fit');
    expect(await place.outcome(id)).to.equal('completed');
  });

  it('waits for a Redis that is away, says that it is Redis, and can be ended meanwhile', async () => {
    await place.crashRedis();
    const pod = await place.pod('early', { until: 'answering' });
    await eventually(
      'the quick one has passed',
      async () => (await pod.health()).selfTest.quickMilliseconds !== undefined,
    );
    const { status, body } = await pod.get('/readyz');
    expect(status).to.equal(503);
    expect(body).to.match(/Redis was never reached/);
    expect(await pod.terminate()).to.deep.equal({ worker: 'code 0', renderer: 'code 0' });
  });
});
