/** Workers killed at random moments beside one that lives: what becomes of their jobs, and how soon. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../cluster/eventually.ts';
import { figure } from '../faults/figures.ts';
import { slow } from '../fixtures/slow-renderer.ts';
import type { Pod } from './pod.ts';
import { Workplace } from './workplace.ts';

const KILLS = process.env['FAULTS_FULL'] === '1' ? 100 : 5;
const AT_ONCE = 5;
/** What docs/worker.md promises: a lock, two checks for stalled jobs. */
const PROMISED_SECONDS = 30;

const random = (from: number, to: number) => from + Math.random() * (to - from);

describe('workers that are killed', function () {
  this.timeout(KILLS * 20_000 + 120_000);
  let place: Workplace;
  before(async () => {
    place = await Workplace.open();
  });
  after(() => place?.close());

  it(`at ${KILLS} random moments lose no job and end none twice; another takes each up within ${PROMISED_SECONDS} s`, async () => {
    await place.pod('survivor', { slots: 4 });
    const recoveries: number[] = [];
    let jobs = 0;
    for (let kill = 0; kill < KILLS; kill += AT_ONCE) {
      const names = Array.from({ length: AT_ONCE }, (_, at) => `victim-${kill + at}`);
      const victims = await Promise.all(names.map((name) => place.pod(name)));
      const ids = await Promise.all(
        Array.from({ length: 14 * AT_ONCE }, () => {
          jobs += 1;
          return place.submit(`job-${jobs}`, slow(random(20, 900), jobs));
        }),
      );
      const killed = await Promise.all(victims.map((pod, at) => killSoon(pod, names[at] ?? '')));
      for (const id of ids) await place.inState(id, 'completed', 120);
      for (const id of ids) expect(await place.ends(id), `ends of ${id}`).to.equal(1);
      for (const { at, left } of killed) {
        for (const id of left) {
          const again = (await place.events(id)).find(({ event, at: when }) => event === 'active' && when > at);
          if (again !== undefined) recoveries.push((again.at - at) / 1000);
        }
      }
    }
    const folders = await readdir(join(place.site.previews, 'artifacts'));
    expect(folders, 'one artifact for each job').to.have.length(jobs);
    let partial = 0;
    for (const folder of folders) {
      const files = await readdir(join(place.site.previews, 'artifacts', folder));
      // What a killed writer had begun is no preview: no manifest names it.
      const seen = files.filter((file) => !/^\..*\.partial$/.test(file));
      partial += files.length - seen.length;
      expect(seen.sort()).to.deep.equal(['grid.webp', 'manifest.json']);
    }
    recoveries.sort((one, other) => one - other);
    const [median = 0, last = 0] = [recoveries[recoveries.length >> 1], recoveries.at(-1)];
    figure(
      15,
      `${KILLS} kills, ${jobs} jobs: lost 0, ended twice 0; ${recoveries.length} taken up again: p50 ${median.toFixed(1)} s, max ${last.toFixed(1)} s; ${partial} partial files left`,
    );
    expect(recoveries.length, 'kills that hit a job').to.be.at.least(1);
    expect(last, 'seconds').to.be.below(PROMISED_SECONDS);
  });

  /** SIGKILL at some moment of the next seconds of work; the jobs that it leaves behind as active. */
  async function killSoon(pod: Pod, name: string): Promise<{ at: number; left: string[] }> {
    await eventually(`${name} works`, async () => (await pod.metric('preview_jobs_started_total')) > 0, { every: 10 });
    await sleep(random(0, 2_500));
    const at = Date.now();
    pod.worker.kill('SIGKILL');
    await pod.worker.exited;
    const active = await place.raw.lrange('bull:previews:active', 0, -1);
    const owners = await Promise.all(active.map((id) => place.raw.hget(`bull:previews:${id}`, 'pb')));
    return { at, left: active.filter((_, index) => owners[index] === name) };
  }
});
