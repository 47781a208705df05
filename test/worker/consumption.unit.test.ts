import { expect } from 'chai';
import { Consumption, type Sight } from '../../worker/consumption.ts';

/** Looks each 3 s; at which seconds it heals, and from when it is lost. */
function watch(seconds: number, sightAt: (second: number) => Sight | undefined) {
  const consumption = new Consumption();
  const heals: number[] = [];
  let lost: number | undefined;
  for (let second = 0; second <= seconds; second += 3) {
    if (consumption.see(sightAt(second), second * 1000)) heals.push(second);
    if (consumption.lost) lost ??= second;
  }
  return { heals, lost };
}

const FINE = { heals: [], lost: undefined };
const stuck: Sight = { runnable: 3, free: 1, answers: 7 };

describe('consumption', () => {
  it('jobs, a free slot and no answer: heals after 15 s and 30 s, is lost after 45 s', () => {
    expect(watch(48, () => stuck)).to.deep.equal({ heals: [15, 30, 45], lost: 45 });
  });

  it('an answer begins anew, also after healing', () => {
    expect(watch(300, (second) => ({ ...stuck, answers: Math.floor(second / 12) }))).to.deep.equal(FINE);
    expect(watch(30, (second) => ({ ...stuck, answers: second < 18 ? 7 : 8 }))).to.deep.equal({
      heals: [15],
      lost: undefined,
    });
  });

  it('nothing that could run, no free slot, or Redis away: is never lost', () => {
    expect(
      watch(57, () => ({ ...stuck, runnable: 0 })),
      'empty, paused or limited',
    ).to.deep.equal(FINE);
    expect(
      watch(600, () => ({ ...stuck, free: 0 })),
      'all slots busy',
    ).to.deep.equal(FINE);
    expect(
      watch(600, () => undefined),
      'Redis away',
    ).to.deep.equal(FINE);
    expect(
      watch(600, (second) => (second % 12 === 0 ? undefined : stuck)),
      'Redis comes and goes',
    ).to.deep.equal(FINE);
  });

  it('with nothing to run it heals a silence of a minute, and is not lost', () => {
    expect(watch(130, () => ({ ...stuck, runnable: 0 }))).to.deep.equal({ heals: [60, 120], lost: undefined });
  });

  it('jobs that come after a long silence have their own 15 s', () => {
    const late = (second: number): Sight => ({ ...stuck, runnable: second < 30 ? 0 : 1 });
    expect(watch(48, late)).to.deep.equal({ heals: [45], lost: undefined });
  });

  it('says what is so while it is stuck, and nothing before', () => {
    const consumption = new Consumption();
    consumption.see(stuck, 0);
    consumption.see(stuck, 12_000);
    expect(consumption.stuck).to.equal(false);
    consumption.see(stuck, 15_000);
    expect([consumption.stuck, consumption.lost, consumption.heals]).to.deep.equal([true, false, 1]);
    consumption.see(undefined, 18_000);
    expect([consumption.stuck, consumption.stuckMilliseconds]).to.deep.equal([false, 0]);
  });
});
