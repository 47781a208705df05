import { expect } from 'chai';
import fc from 'fast-check';
import type { Behavior, ScalingRules } from '../../../operator/pool/behavior.ts';
import { Pace } from '../../../operator/scaling/pace.ts';

const rules = (changes: Partial<ScalingRules> = {}): ScalingRules => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  ...changes,
});
const behavior = (scaleUp: Partial<ScalingRules> = {}, scaleDown: Partial<ScalingRules> = {}): Behavior => ({
  scaleUp: rules(scaleUp),
  scaleDown: rules(scaleDown),
});

/** The numbers written when one after the other is wanted, a step of `every` seconds apart. */
function walk(of: Behavior, begin: number, wanted: readonly number[], every = 15): number[] {
  const pace = new Pace();
  let live = begin;
  return wanted.map((want, turn) => {
    const at = turn * every;
    const next = pace.next({ at, live, wanted: want, behavior: of });
    if (next !== live) pace.changed({ at, from: live, to: next, behavior: of });
    live = next;
    return next;
  });
}

describe('the pace of a number of workers', () => {
  it('doubles each period where 100 percent are allowed, and is there when it is wanted no further', () =>
    expect(walk(behavior(), 1, [10, 10, 10, 10, 10])).to.deep.equal([2, 4, 8, 10, 10]));

  it('counts what was added within the period, however often it is asked', () =>
    expect(walk(behavior(), 2, [100, 100, 100, 100], 5)).to.deep.equal([4, 4, 4, 8]));

  it('takes the larger of two policies, or the smaller one, or none', () => {
    const policies = [
      { type: 'Pods', value: 10, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ] as const;
    expect(walk(behavior({ policies }), 1, [100, 100, 100, 100])).to.deep.equal([11, 22, 44, 88]);
    expect(walk(behavior({ policies, selectPolicy: 'Min' }), 1, [100, 100, 100])).to.deep.equal([2, 4, 8]);
    expect(walk(behavior({ selectPolicy: 'Disabled' }, { selectPolicy: 'Disabled' }), 5, [9, 1])).to.deep.equal([5, 5]);
  });

  it('goes down only to the most that the window wanted, and up only to the least', () => {
    expect(walk(behavior({}, { stabilizationWindowSeconds: 60 }), 9, [9, 3, 5, 2, 2, 2, 2])).to.deep.equal([
      9, 9, 9, 9, 5, 5, 2,
    ]);
    expect(walk(behavior({ stabilizationWindowSeconds: 30 }), 2, [2, 8, 6, 6])).to.deep.equal([2, 2, 4, 6]);
  });

  it('goes down by pods or by a share of what there was when the period began', () => {
    const pods = [{ type: 'Pods', value: 2, periodSeconds: 30 }] as const;
    expect(walk(behavior({}, { policies: pods }), 9, [1, 1, 1, 1, 1])).to.deep.equal([7, 7, 5, 5, 3]);
    const share = [{ type: 'Percent', value: 50, periodSeconds: 15 }] as const;
    expect(walk(behavior({}, { policies: share }), 9, [1, 1, 1, 1])).to.deep.equal([4, 2, 1, 1]);
  });

  it('never passes what is wanted, whatever the rules and the past', () => {
    const policy = fc.record({
      type: fc.constantFrom('Pods' as const, 'Percent' as const),
      value: fc.integer({ min: 1, max: 200 }),
      periodSeconds: fc.integer({ min: 1, max: 60 }),
    });
    const some = fc.record({
      stabilizationWindowSeconds: fc.integer({ min: 0, max: 120 }),
      selectPolicy: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
      policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
    });
    const steps = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        some,
        some,
        fc.integer({ min: 0, max: 50 }),
        steps,
        fc.integer({ min: 1, max: 30 }),
        (up, down, begin, wanted, every) => {
          const numbers = walk({ scaleUp: up, scaleDown: down }, begin, wanted, every);
          numbers.forEach((number, turn) => {
            const [before, want = 0] = [numbers[turn - 1] ?? begin, wanted[turn]];
            expect(number).to.be.within(Math.min(before, want), Math.max(before, want));
          });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('tells what holds a step back and for how long, and remembers nothing of having told', () => {
    const of = behavior(
      { policies: [{ type: 'Pods', value: 2, periodSeconds: 15 }] },
      { stabilizationWindowSeconds: 60 },
    );
    const pace = new Pace();
    const look = (at: number, live: number, wanted: number) => ({ at, live, wanted, behavior: of });
    expect(pace.step(look(0, 5, 9))).to.deep.equal({ next: 7, heldBy: 'policies', windowSeconds: 0 });
    expect(pace.step(look(0, 5, 2))).to.deep.equal({ next: 2, heldBy: null, windowSeconds: 0 });
    pace.next(look(0, 5, 4));
    pace.next(look(10, 5, 3));
    expect(pace.step(look(30, 5, 2))).to.deep.equal({ next: 4, heldBy: 'window', windowSeconds: 40 });
    expect(pace.step(look(65, 5, 2))).to.deep.equal({ next: 3, heldBy: 'window', windowSeconds: 5 });
    expect(pace.step(look(70, 5, 2))).to.deep.equal({ next: 2, heldBy: null, windowSeconds: 0 });
    expect(pace.next(look(70, 5, 2))).to.equal(2);
  });
});
