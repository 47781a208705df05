import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Estimates,
  estimatesAfter,
  FIRST_STARTUP_SECONDS,
  type LaneCounts,
  type QueueLook,
  startupAfter,
} from '../../../operator/scaling/estimates.ts';

const NONE: LaneCounts = { waiting: 0, active: 0, finished: 0, failed: 0, busyMs: 0 };
const TARGET: readonly [number, number] = [30, 1800];

function look(at: number, interactive: Partial<LaneCounts> = {}, backfill: Partial<LaneCounts> = {}): QueueLook {
  const lanes = { interactive: { ...NONE, ...interactive }, backfill: { ...NONE, ...backfill } };
  return { at, lanes, oldestSeconds: 0, paused: false, globalConcurrency: null };
}

function seen(looks: Iterable<QueueLook>, target = TARGET): Estimates {
  let estimates: Estimates | undefined;
  for (const one of looks) estimates = estimatesAfter(estimates, one, target);
  if (estimates === undefined) throw new Error('nothing was seen');
  return estimates;
}
const lambdaOf = (looks: Iterable<QueueLook>, target = TARGET): number => seen(looks, target).lambda ?? Number.NaN;

/** Looks from 0 on, at most `longest` seconds apart, the last at `end`. */
const times = (end: number, longest: number) =>
  fc
    .array(fc.double({ min: 0.01, max: longest, noNaN: true }), { minLength: Math.ceil((2 * end) / longest) })
    .map((gaps) => {
      const all = [0];
      const add = (gap: number) => all.push((all.at(-1) ?? 0) + gap);
      const left = () => end - (all.at(-1) ?? 0);
      for (const gap of gaps) if (gap < left() - 1) add(gap);
      while (left() > longest) add(longest / 2);
      return [...all, end];
    });
const everySecond = (end: number) => Array.from({ length: end + 1 }, (_, second) => second);

/** Jobs at the given times, each of which is done at once. */
const arrivals = fc
  .array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 600 })
  .map((all) => all.toSorted((one, other) => one - other));
const doneBy = (all: readonly number[], at: number) => all.filter((time) => time <= at).length;

describe('the estimates of a queue', () => {
  it('know no rate before two looks, and take a second for a job until one has ended', () => {
    const first = seen([look(0, { waiting: 500 })]);
    expect(first.lambda).to.equal(undefined);
    expect(first.serviceSeconds).to.equal(1);
    expect(seen([look(0, { waiting: 500 }), look(15, { waiting: 530 })]).lambda).to.be.closeTo(2, 1e-9);
  });

  it('begin with the long-run mean of the queue, seen or not', () => {
    const [jobs, busyMs] = [100_000, 17_000_000];
    expect(seen([look(0, { finished: jobs, busyMs })]).serviceSeconds).to.be.closeTo(0.17, 0.001);
  });

  it('tell a steady rate exactly, whenever they are asked', () => {
    fc.assert(
      fc.property(times(300, 40), fc.double({ min: 0.01, max: 100, noNaN: true }), (asked, rate) => {
        const looks = asked.map((at) => look(at, { finished: rate * at, busyMs: 170 * rate * at }));
        const estimates = seen(looks);
        expect(estimates.lambda).to.be.closeTo(rate, rate * 1e-6);
      }),
    );
  });

  it('weigh each arrival by its age, to the length of the gap that it was seen in', () => {
    fc.assert(
      fc.property(arrivals, times(300, 15), (all, asked) => {
        const at = (time: number) => look(time, { finished: doneBy(all, time) });
        const [often, seldom] = [lambdaOf(everySecond(300).map(at)), lambdaOf(asked.map(at))];
        // A gap of 15 s, and a second on either side, among the 60 that are remembered.
        expect(seldom).to.be.within(often * Math.exp(-17 / 60) - 1e-12, often * Math.exp(17 / 60) + 1e-12);
      }),
    );
  });

  it('count a job once, wherever it has got to', () => {
    const path = [{ waiting: 1 }, { active: 1 }, { waiting: 1 }, { active: 1 }, { failed: 1 }];
    const looks = path.map((counts, index) => look(10 + index * 10, counts));
    const once = [look(0), look(10, { finished: 1 }), look(50, { finished: 1 })];
    expect(lambdaOf([look(0), ...looks])).to.be.closeTo(lambdaOf(once), 1e-9);
  });

  it('leave backfill out of the rate, and count its work', () => {
    const looks = everySecond(300).map((at) =>
      look(at, { finished: at, busyMs: 100 * at }, { waiting: 20_000 - at, finished: at, busyMs: 300 * at }),
    );
    const { lambda, serviceSeconds } = seen(looks);
    expect(lambda).to.be.closeTo(1, 1e-9);
    expect(serviceSeconds).to.be.closeTo(0.2, 0.01);
  });

  it('drop what is negative: a queue that was emptied, a Redis that forgot', () => {
    const steady = (from: number, to: number, counts: (at: number) => Partial<LaneCounts>) =>
      everySecond(to)
        .filter((at) => at >= from && at % 5 === 0)
        .map((at) => look(at, counts(at)));
    for (const counts of [
      (at: number) => ({ finished: 3 * at, busyMs: 600 * at }),
      (at: number) => ({ finished: 3 * (at - 600), busyMs: 600 * (at - 600) }),
    ]) {
      const looks = [
        ...steady(0, 600, (at) => ({ waiting: 5_000, finished: 3 * at, busyMs: 600 * at })),
        ...steady(605, 660, counts),
        ...steady(665, 1_000, (at) => ({
          finished: counts(660).finished + 9 * (at - 660),
          busyMs: counts(660).busyMs,
        })),
      ];
      let estimates: Estimates | undefined;
      for (const one of looks) {
        estimates = estimatesAfter(estimates, one, TARGET);
        if (one.at >= 5 && one.at <= 660) expect(estimates.lambda, `at ${one.at}`).to.be.closeTo(3, 1e-6);
        if (one.at >= 300 && one.at <= 660) expect(estimates.serviceSeconds, `at ${one.at}`).to.be.closeTo(0.2, 0.01);
      }
      expect(estimates?.lambda).to.be.closeTo(9, 0.1);
    }
  });

  it('take no clock that was set back for an arrival', () => {
    const looks = [0, 10, 20, 5, 15, 25].map((at, index) => look(at, { finished: 10 * index }));
    expect(lambdaOf(looks)).to.be.closeTo(1, 1e-9);
  });

  it('are not deceived by counts that workers tell a moment late', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 6 }), { minLength: 2_400, maxLength: 2_400 }), (late) => {
        // Looks 250 ms apart at 2 jobs a second; up to 6 that have ended are in no count yet.
        const looks = late.map((jobs, index) => look(index / 4, { finished: index / 2 + 6 - jobs }));
        expect(lambdaOf(looks)).to.be.closeTo(2, 0.25);
      }),
      { numRuns: 20 },
    );
  });

  it('forget arrivals in a minute, and in 15 seconds where the target is shorter than that', () => {
    const burst = (asked: readonly number[]) => asked.map((at) => look(at, { waiting: at >= 300 ? 600 : 0 }));
    const ages = [300, 301, 360];
    const [, one, minuteLater] = ages.map((end) => lambdaOf(burst(everySecond(end)))) as [number, number, number];
    expect(minuteLater / one).to.be.closeTo(Math.exp(-59 / 60), 0.01);
    const quick = lambdaOf(burst(everySecond(315)), [14, 1800]) / lambdaOf(burst(everySecond(300)), [14, 1800]);
    expect(quick).to.be.closeTo(Math.exp(-1), 0.01);
  });

  it('see long jobs while they run, which no mean of ended jobs does', () => {
    const short = (at: number) => ({ finished: 20 * at, busyMs: 20 * 60 * at });
    const looks = everySecond(360).map((at) => {
      const { finished, busyMs } = short(Math.min(at, 300));
      return look(at, { finished, busyMs: busyMs + 4_000 * Math.max(0, at - 300), active: at > 300 ? 4 : 0 });
    });
    expect(seen(looks.slice(0, 301)).serviceSeconds).to.be.closeTo(0.06, 0.002);
    expect(seen(looks).serviceSeconds).to.be.above(0.2);
  });

  it('follow jobs that take ten times as long, and are not led astray by a single one', () => {
    const counts = (at: number) => ({
      finished: 12 * at,
      busyMs: 12 * (170 * at + (at > 600 ? 1_530 * (at - 600) : 0)),
    });
    expect(seen(everySecond(780).map((at) => look(at, counts(at)))).serviceSeconds).to.be.within(1.5, 1.7);
    const rare = [look(0, { finished: 1_000, busyMs: 170_000 }), look(60, { finished: 1_001, busyMs: 178_000 })];
    expect(seen(rare).serviceSeconds).to.be.below(2);
  });

  it('tell the work of a steady load, whenever they are asked', () => {
    fc.assert(
      fc.property(times(600, 40), fc.double({ min: 0.01, max: 20, noNaN: true }), (asked, seconds) => {
        const looks = asked.map((at) => look(at, { finished: 5 * at, busyMs: 5_000 * seconds * at }));
        expect(seen(looks).serviceSeconds).to.be.closeTo(seconds, seconds * 0.01 + 0.001);
      }),
    );
    const few = (at: number) => look(at, { finished: 1_000 + at / 10, busyMs: 170_000 + 400 * at });
    const often = seen(everySecond(60).map(few)).serviceSeconds;
    expect(seen([0, 7, 60].map(few)).serviceSeconds).to.be.closeTo(often, 1e-3);
  });

  it('go by added and active jobs where workers keep no counts', () => {
    // 5 jobs a second, each of which takes 0.4 s: 2 slots are busy, or 4 for half of the time.
    const foreign = (at: number): QueueLook => ({
      ...look(at, { waiting: 7, active: at % 4 < 2 ? 4 : 0 }),
      isCounted: false,
      added: 90_000 + 5 * at,
      delayed: 100,
    });
    const { lambda, serviceSeconds } = seen(everySecond(300).map(foreign));
    expect(lambda).to.be.closeTo(5, 1e-6);
    expect(serviceSeconds).to.be.closeTo(0.4, 0.02);
    const emptied = [...everySecond(300).map(foreign), { ...foreign(310), added: 0 }, { ...foreign(320), added: 50 }];
    expect(lambdaOf(emptied)).to.be.closeTo(5, 1e-6);
    expect(seen(emptied).serviceSeconds).to.be.closeTo(0.4, 0.1);
  });

  it('take backfill for no arrivals, nor what is not due, where workers keep no counts', () => {
    const looks = everySecond(120).map((at): QueueLook => {
      const [waiting, delayed] = at < 60 ? [0, 0] : [20_000, 500];
      return { ...look(at, {}, { waiting }), isCounted: false, added: 2 * at + waiting + delayed, delayed };
    });
    expect(lambdaOf(looks)).to.be.closeTo(2, 1e-6);
  });

  it('go on from where they are when the first worker begins to count, or Redis forgot', () => {
    const uncounted = (at: number): QueueLook => ({
      ...look(at, { waiting: 3 * at }),
      isCounted: false,
      added: 3 * at,
    });
    const counted = (at: number): QueueLook => ({
      ...look(at, { finished: 5_000 + 3 * at, busyMs: 2_500_000 + 1_500 * at }),
      isCounted: true,
      added: 3 * at,
    });
    const looks = everySecond(400).map((at) => (at % 200 < 100 ? uncounted : counted)(at));
    for (const end of [50, 99, 100, 101, 150, 200, 250, 300, 400])
      expect(lambdaOf(looks.slice(0, end + 1)), `at ${end}`).to.be.closeTo(3, 1e-6);
    expect(seen(looks).serviceSeconds).to.be.closeTo(0.5, 0.05);
  });

  it('take ten seconds for the start of a pod until one was seen, and then mostly what was', () => {
    expect(FIRST_STARTUP_SECONDS).to.equal(10);
    expect(startupAfter(10, 20)).to.equal(12);
    let startupSeconds = FIRST_STARTUP_SECONDS;
    for (let pods = 0; pods < 20; pods += 1) startupSeconds = startupAfter(startupSeconds, 8);
    expect(startupSeconds).to.be.closeTo(8, 0.05);
    expect(startupAfter(8, Number.NaN)).to.equal(8);
    expect(startupAfter(8, -1)).to.equal(8);
  });
});
