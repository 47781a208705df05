import { expect } from 'chai';
import fc from 'fast-check';
import { desiredWorkers, type Observation } from '../../../operator/scaling/law.ts';
import { type Part, partOf, type Sharer } from '../../../operator/scaling/share.ts';
import { BURST, observations } from './observations.ts';

const CASES = 2_000;
const SHRINK_MILLISECONDS = 3_000;
const hold = <T extends unknown[]>(property: fc.IProperty<T>) =>
  fc.assert(property, { numRuns: CASES, interruptAfterTimeLimit: SHRINK_MILLISECONDS });

/** A pool on the queue; the order of a list is that of their names. */
interface Pool {
  readonly slots: number;
  readonly min: number;
  readonly max: number;
  readonly live: number;
  readonly ready: number;
  readonly isFollowed: boolean;
}

const pool = fc
  .record({
    slots: fc.integer({ min: 1, max: 8 }),
    min: fc.oneof(fc.constant(0), fc.nat({ max: 5 })),
    above: fc.nat({ max: 30 }),
    live: fc.nat({ max: 30 }),
    ready: fc.nat({ max: 30 }),
    isFollowed: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  })
  .map(({ above, ...rest }) => ({
    ...rest,
    max: Math.max(1, rest.min + above),
    ready: Math.min(rest.ready, rest.live),
  }));
const pools = fc.array(pool, { minLength: 1, maxLength: 4 }).filter((all) => all.some(({ isFollowed }) => isFollowed));

/** As each of the pools reckons by itself. */
function partsOf(queue: Observation, all: readonly Pool[]): (Part & Pool)[] {
  return all.flatMap((own, at) => {
    if (!own.isFollowed) return [];
    const others = all
      .map(
        ({ slots, live, ready, min, max, isFollowed }, index): Sharer => ({
          ...{ slots, live, ready, goesBefore: index < at },
          ...(isFollowed ? { bounds: { min, max } } : {}),
        }),
      )
      .filter((_, index) => index !== at);
    const { slots, min, max, live: replicas, ready } = own;
    const part = partOf({ ...queue, slots, min, max, replicas, ready }, others);
    if (part === undefined) throw new Error('no part');
    return [{ ...own, ...part }];
  });
}
const slotsOf = (parts: readonly (Part & Pool)[]) =>
  parts.reduce((sum, { workers, slots }) => sum + workers * slots, 0);
const workersOf = (queue: Observation, all: readonly Pool[]) => partsOf(queue, all).map(({ workers }) => workers);

const EVEN: Pool = { slots: 4, min: 0, max: 30, live: 0, ready: 0, isFollowed: true };
/** A slot for each job that waits. */
const jobs = (waiting: number, rest: Partial<Observation> = {}): Observation => ({
  ...BURST,
  lambda: 0,
  serviceSeconds: 15,
  active: 0,
  waiting: [waiting, 0],
  ...rest,
});

describe('the part of a pool that shares its queue', () => {
  it('wakes one pool for one job, the one that may have most, else the first by name', () => {
    expect(workersOf(jobs(1), [EVEN, EVEN])).to.deep.equal([1, 0]);
    expect(workersOf(jobs(1), [EVEN, { ...EVEN, max: 31 }])).to.deep.equal([0, 1]);
    expect(workersOf(jobs(0), [EVEN, EVEN])).to.deep.equal([0, 0]);
  });

  it('divides by slots times maxReplicas', () => {
    expect(workersOf(jobs(40), [EVEN, EVEN])).to.deep.equal([5, 5]);
    expect(workersOf(jobs(40), [EVEN, { ...EVEN, max: 10 }])).to.deep.equal([8, 2]);
    expect(workersOf(jobs(40), [EVEN, { ...EVEN, slots: 1, max: 120 }])).to.deep.equal([5, 20]);
    expect(partsOf(jobs(41), [EVEN, { ...EVEN, max: 10 }])[0]).to.deep.include({
      ...{ neededSlots: 41, givenSlots: 0, share: 0.75, workers: 9 },
    });
  });

  it('leaves out what is done anyway: minReplicas of all, and the ready workers of pools that others scale', () => {
    expect(workersOf(jobs(8), [EVEN, { ...EVEN, min: 2 }])).to.deep.equal([0, 2]);
    expect(workersOf(jobs(16), [EVEN, { ...EVEN, min: 2 }])).to.deep.equal([2, 2]);
    const fixed = { ...EVEN, live: 5, ready: 3, isFollowed: false };
    expect(workersOf(jobs(12), [EVEN, fixed])).to.deep.equal([0]);
    expect(workersOf(jobs(40), [EVEN, fixed])).to.deep.equal([7]);
    // Suspended: it has none.
    expect(workersOf(jobs(40), [EVEN, { ...fixed, live: 0, ready: 0 }])).to.deep.equal([10]);
  });

  it('takes a missed target for one of all pools: a quarter more slots when all are ready and busy', () => {
    const late = jobs(0, { active: 40, oldestSeconds: 31 });
    const ten = { ...EVEN, live: 5, ready: 5 };
    expect(partsOf(late, [ten, ten]).map(({ neededSlots, workers }) => [neededSlots, workers])).to.deep.equal([
      [50, 7],
      [50, 6],
    ]);
    expect(partsOf(late, [ten, { ...ten, ready: 4 }])[0]).to.include({ neededSlots: 40, workers: 5 });
  });

  it('has no number where the law has none', () => {
    expect(partOf({ ...BURST, lambda: undefined }, [])).to.equal(undefined);
    expect(partOf({ ...BURST, slots: 0 }, [])).to.equal(undefined);
  });

  it('1 is within the bounds of the pool', () =>
    hold(
      fc.property(observations, pools, (queue, all) => {
        for (const { workers, min, max } of partsOf(queue, all)) {
          expect(workers).to.be.within(min, max);
          expect(Number.isInteger(workers)).to.equal(true);
        }
      }),
    ));

  it('2 is for a pool alone what the law asks for', () =>
    hold(
      fc.property(observations, (queue) => {
        // A hair above a whole number of slots: rounded twice it is one more.
        const { slots = 0, fed } = desiredWorkers(queue) ?? {};
        fc.pre([slots, fed?.slots ?? 0].every((some) => some % 1 === 0 || some % 1 > 1e-4));
        expect(partOf(queue, [])?.workers).to.equal(desiredWorkers(queue)?.desired);
      }),
    ));

  it('3 is together enough, and too much by no more than rounding', () =>
    hold(
      fc.property(observations, pools, (queue, all) => {
        const parts = partsOf(queue, all);
        const { neededSlots = 0, givenSlots = 0 } = parts[0] ?? {};
        const given = all
          .filter(({ isFollowed }) => !isFollowed)
          .reduce((sum, { slots, ready }) => sum + slots * ready, 0);
        const most = parts.reduce((sum, { max, slots }) => sum + max * slots, 0);
        const total = given + slotsOf(parts);
        expect(total).to.be.at.least(Math.min(neededSlots, given + most));
        const portion = Math.max(...parts.map(({ slots }) => slots));
        const parted = parts.reduce((sum, { slots }) => sum + (portion % slots === 0 ? 0 : slots - 1), 0);
        // Where a pool has all that it may have, what is left is no whole number of portions.
        const portions = parts.some(({ workers, max }) => workers === max) ? 2 : 1;
        expect(total).to.be.at.most(Math.max(neededSlots, givenSlots) + portions * portion - 1 + parted);
      }),
    ));

  it('4 wakes one pool at least when something may run and no worker is there', () =>
    hold(
      fc.property(observations, pools, fc.constantFrom([1, 0] as const, [0, 1] as const), (queue, all, waiting) => {
        const asleep = all.map((one) => ({ ...one, min: 0, live: 0, ready: 0 }));
        const calm = { ...queue, waiting, active: 0, paused: false, globalConcurrency: null };
        expect(slotsOf(partsOf(calm, asleep))).to.be.at.least(1);
      }),
    ));

  it('5 is never less because more waits', () =>
    hold(
      fc.property(observations, fc.tuple(pool, pool), fc.nat({ max: 100 }), (queue, all, more) => {
        const less = workersOf(queue, all);
        const [interactive, backfill] = queue.waiting;
        for (const [at, workers] of workersOf({ ...queue, waiting: [interactive + more, backfill] }, all).entries())
          expect(workers).to.be.at.least(less[at] ?? 0);
      }),
    ));
});
