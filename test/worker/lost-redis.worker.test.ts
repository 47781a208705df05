/** Row 17 of the fault table: Redis killed in the middle of the work, with and without a file to come back from. */
import { expect } from 'chai';
import { PreviewClient } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { figure } from '../faults/figures.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import { expectOneArtifactEach, stored, sweep } from './accounts.ts';
import { Workplace } from './workplace.ts';

const ROUNDS = process.env['FAULTS_FULL'] === '1' ? 10 : 1;
const JOBS = 40;

describe('Redis that is killed in the middle of the work', function () {
  this.timeout(ROUNDS * 120_000);
  let place: Workplace;
  let producer: PreviewClient;
  afterEach(async () => {
    await producer?.close();
    await place?.close();
  });

  const open = async (options: { appendonly: boolean }) => {
    place = await Workplace.open(options);
    producer = new PreviewClient({ redis: { url: place.redis.url }, outbox: { file: { path: place.site.previews } } });
    await Promise.all(['one', 'other'].map((name) => place.pod(name, { slots: 2 })));
  };

  /** Kills Redis while jobs wait, run and have ended, and brings it back. What was accepted before. */
  const submitAndCrash = async (round: number): Promise<string[]> => {
    const uris = await Promise.all(
      Array.from({ length: JOBS }, (_, at) =>
        place.file(`${round}-${at}`, slow(50 + 20 * (at % 10), round * JOBS + at)),
      ),
    );
    const before = (await stored(place.site, 'requests')).length;
    const accepted = await producer.submitMany(
      uris.map((uri) => ({ version: 1, source: { uri }, outputs: [{ preset: 'grid' }] })),
    );
    const share = JOBS * (0.2 + 0.5 * Math.random());
    await eventually('some have ended', async () => (await stored(place.site, 'requests')).length - before >= share, {
      every: 5,
    });
    await place.crashRedis();
    await place.reviveRedis();
    return accepted.map(({ id }) => id);
  };

  it('without persistence loses what it held, and a sweep of the outbox gives it back: lost 0, visible twice 0', async () => {
    await open({ appendonly: false });
    const ids: string[] = [];
    let added = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      ids.push(...(await submitAndCrash(round)));
      await eventually(
        'all are answered',
        async () => {
          const swept = await sweep(place.site, 'one');
          added += swept.added;
          return (await stored(place.site, 'outbox')).length === 0;
        },
        { seconds: 90, every: 200 },
      );
    }
    await expectOneArtifactEach(place.site, ids);
    expect(added, 'jobs that Redis lost').to.be.at.least(1);
    figure(
      17,
      `no persistence, outbox: ${ROUNDS} kills, ${ids.length} jobs, ${added} added again by sweep: lost 0, visible twice 0`,
    );
  });

  it('with an append-only file loses nothing and ends nothing twice', async () => {
    await open({ appendonly: true });
    const ids: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const accepted = await submitAndCrash(round);
      for (const id of accepted) {
        await place.inState(id, 'completed', 60);
        expect(await place.ends(id), `ends of ${id}`).to.equal(1);
      }
      ids.push(...accepted);
    }
    await expectOneArtifactEach(place.site, ids);
    expect(await sweep(place.site, 'one'), 'nothing to add').to.deep.include({
      added: 0,
      answered: ids.length,
      pending: 0,
    });
    figure(17, `append-only file: ${ROUNDS} kills, ${ids.length} jobs: lost 0, ended twice 0, visible twice 0`);
  });
});
