import { expect } from 'chai';
import fc from 'fast-check';
import { desiredWorkers, type Observation, type Observed, unusableInputs } from '../../../operator/scaling/law.ts';
import { BURST, observations, unlimited } from './observations.ts';

/** For each of the thirteen. */
const CASES = 2_000;
/** A failure is made smaller for so long; all cases together take half a second. */
const SHRINK_MILLISECONDS = 3_000;

const decide = (observation: Observation) => {
  const decision = desiredWorkers(observation);
  if (decision === undefined) throw new Error(`no number: ${unusableInputs(observation).join(', ')}`);
  return decision;
};
const desired = (observation: Observation) => decide(observation).desired;
const floorOf = ({ active, slots }: Observation) => Math.ceil(active / slots);
const hold = <T extends unknown[]>(property: fc.IProperty<T>, numRuns = CASES) =>
  fc.assert(property, { numRuns, interruptAfterTimeLimit: SHRINK_MILLISECONDS });

describe('the scaling law', () => {
  it('tells every term of its number', () => {
    expect(decide(BURST)).to.deep.equal({
      keepSlots: (12 * 0.2) / 0.8,
      drain: [
        { windowSeconds: 15, slots: (300 * 0.2) / 15 },
        { windowSeconds: 900, slots: 0 },
      ],
      slots: 3 + 4,
      workers: 2,
      age: { overdue: false, allReady: true, allBusy: true, applies: false, workers: 0 },
      fed: null,
      usableWorkers: null,
      limitedBy: null,
      desired: 2,
    });
  });

  it('says which limit the number met', () => {
    const big = { ...BURST, waiting: [30_000, 0] } as const;
    expect(decide(big)).to.include({ workers: 101, desired: 30, limitedBy: 'max' });
    expect(decide({ ...big, globalConcurrency: 8 })).to.include({
      usableWorkers: 2,
      desired: 2,
      limitedBy: 'globalConcurrency',
    });
    expect(decide({ ...big, globalConcurrency: 8, min: 3 })).to.include({ desired: 3, limitedBy: 'min' });
    expect(decide({ ...BURST, min: 2, max: 2 })).to.include({ desired: 2, limitedBy: null });
  });

  it('asks for no more slots than a rate limit feeds, which is an average, and for no fewer than are busy', () => {
    const limited = { ...BURST, waiting: [30_000, 0], rateLimitPerSecond: 20 } as const;
    expect(decide(limited)).to.deep.include({
      workers: 101,
      fed: { slots: (20 * 0.2) / 0.8, workers: 2 },
      desired: 2,
      limitedBy: 'rateLimit',
    });
    expect(decide({ ...limited, active: 9 })).to.deep.include({ fed: { slots: 5, workers: 3 }, desired: 3 });
    expect(decide({ ...limited, rateLimitPerSecond: 0, active: 0 })).to.include({ desired: 1, limitedBy: 'rateLimit' });
    expect(decide({ ...limited, globalConcurrency: 4 })).to.include({ desired: 1, limitedBy: 'globalConcurrency' });
    expect(decide({ ...BURST, rateLimitPerSecond: 20 })).to.include({ desired: 2, limitedBy: null });
  });

  it('takes no target that the rate limit misses for a want of workers', () => {
    const late = { ...BURST, oldestSeconds: 31, replicas: 10, ready: 10, active: 36, rateLimitPerSecond: 100 };
    expect(decide({ ...late, rateLimitPerSecond: 1_000 })).to.include({ desired: 13 });
    expect(decide(late)).to.deep.include({ desired: 9, fed: { slots: 25, workers: 9 }, limitedBy: 'rateLimit' });
  });

  it('takes as long as a pod takes to start where half of the target is shorter', () => {
    const [interactive] = decide({ ...BURST, startupSeconds: 40 }).drain;
    expect(interactive).to.deep.equal({ windowSeconds: 40, slots: (300 * 0.2) / 40 });
  });

  it('asks for a quarter more workers while the target is missed with all of them ready and busy', () => {
    const late = { ...BURST, oldestSeconds: 31, replicas: 10, ready: 10, active: 36 };
    expect(decide(late)).to.include({ workers: 9, desired: 13 });
    expect(decide({ ...late, ready: 9 }).age).to.include({ allReady: false, applies: false });
    expect(decide({ ...late, active: 35 }).age).to.include({ allBusy: false, applies: false });
    expect(decide({ ...late, oldestSeconds: 30 }).age).to.include({ overdue: false, applies: false });
  });

  it('1 stays between min and max, whatever comes in', () => {
    hold(
      fc.property(observations, (observation) => {
        const { min, max } = observation;
        expect(desired(observation)).to.be.within(min, max);
        expect(Number.isInteger(desired(observation))).to.equal(true);
      }),
    );
  });

  it('2 never asks for less because more waits, arrives or is overdue, or because jobs take longer', () => {
    const grown = fc.constantFrom<(one: Observation, by: number) => Observation>(
      (one, by) => ({ ...one, waiting: [one.waiting[0] + Math.ceil(by), one.waiting[1]] }),
      (one, by) => ({ ...one, waiting: [one.waiting[0], one.waiting[1] + Math.ceil(by)] }),
      (one, by) => ({ ...one, lambda: one.lambda + by }),
      (one, by) => ({ ...one, serviceSeconds: one.serviceSeconds + by }),
      (one, by) => ({ ...one, oldestSeconds: one.oldestSeconds + by }),
    );
    hold(
      fc.property(observations, grown, fc.double({ min: 0, max: 100, noNaN: true }), (less, grow, by) => {
        expect(desired(grow(less, by))).to.be.at.least(desired(less));
      }),
    );
  });

  it('3 never asks for more because jobs may wait longer, or slots may be busier', () => {
    const eased = fc.constantFrom<(one: Observation, by: number) => Observation>(
      (one, by) => ({ ...one, targetSeconds: [one.targetSeconds[0] + by, one.targetSeconds[1]] }),
      (one, by) => ({ ...one, targetSeconds: [one.targetSeconds[0], one.targetSeconds[1] + by] }),
      (one, by) => ({ ...one, rho: one.rho + by }),
    );
    hold(
      fc.property(observations, eased, fc.double({ min: 0, max: 100, noNaN: true }), (strict, ease, by) => {
        expect(desired(ease(strict, by))).to.be.at.most(desired(strict));
      }),
    );
  });

  it('4 never asks for fewer slots than are busy, unless max or the global concurrency is lower', () => {
    hold(
      fc.property(observations, (observation) => {
        const { max, globalConcurrency, slots } = observation;
        const usable = globalConcurrency === null ? max : Math.ceil(globalConcurrency / slots);
        expect(desired(observation)).to.be.at.least(Math.min(floorOf(observation), max, usable));
      }),
    );
  });

  it('5 never asks for more than the global concurrency can use, unless min is higher', () => {
    hold(
      fc.property(observations, fc.nat({ max: 300 }), (observation, globalConcurrency) => {
        const { min, slots } = observation;
        expect(desired({ ...observation, globalConcurrency })).to.be.at.most(
          Math.max(min, Math.ceil(globalConcurrency / slots)),
        );
      }),
    );
  });

  it('6 asks a paused queue for what is busy, within min and max', () => {
    hold(
      fc.property(observations, (observation) => {
        const { min, max } = observation;
        const paused = { ...observation, paused: true, globalConcurrency: null };
        expect(desired(paused)).to.equal(Math.max(min, Math.min(max, floorOf(observation))));
      }),
    );
  });

  it('7 has no number when an input is missing, no number or negative', () => {
    const names = Object.keys(BURST) as (keyof Observation)[];
    const optional = ['rateLimitPerSecond'] as const;
    const worse = fc.oneof(
      fc.constantFrom(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, -1, -1e-9, '1', [], [1], {}),
      fc.double({ max: -Number.MIN_VALUE }),
    );
    const spoilt = fc.tuple(fc.constantFrom(...names, ...optional), worse, fc.constantFrom(undefined, 0, 1));
    hold(
      fc.property(observations, spoilt, (observation, [name, bad, lane]) => {
        const before = observation[name];
        const value = Array.isArray(before) && lane !== undefined ? before.with(lane, bad) : bad;
        fc.pre(!(name === 'globalConcurrency' && value === null));
        fc.pre(!(name === 'rateLimitPerSecond' && (value ?? null) === null));
        const observed: Observed = { ...observation, [name]: value };
        expect(desiredWorkers(observed)).to.equal(undefined);
        expect(unusableInputs(observed)).to.deep.equal([name]);
      }),
    );
    for (const name of names) {
      const { [name]: _, ...rest } = BURST;
      expect(unusableInputs(rest), `without ${name}`).to.deep.equal([name]);
      expect(desiredWorkers(rest), `without ${name}`).to.equal(undefined);
    }
    expect(unusableInputs({ ...BURST, min: 31 })).to.deep.equal(['max']);
    expect(unusableInputs({ ...BURST, slots: 0, rho: 0, max: 1.5 })).to.deep.equal(['slots', 'rho', 'max']);
  });

  it('8 leaves an idle pool at min, and starts a worker for one job', () => {
    hold(
      fc.property(observations, fc.constantFrom([1, 0] as const, [0, 1] as const), (observation, waiting) => {
        const { min, max } = observation;
        const calm = { ...observation, lambda: 0, active: 0, oldestSeconds: 0, paused: false, globalConcurrency: null };
        expect(desired({ ...calm, waiting: [0, 0] })).to.equal(min);
        expect(desired({ ...calm, waiting })).to.be.at.least(Math.min(max, Math.max(1, min)));
      }),
    );
  });

  it('9 asks, while nothing is overdue, for no more slots than jobs that arrive and wait', () => {
    hold(
      fc.property(observations, (observation) => {
        const { lambda, serviceSeconds, rho, waiting, active, slots, min } = observation;
        const inTime = { ...observation, oldestSeconds: observation.targetSeconds[0] };
        const jobs = (lambda * serviceSeconds) / rho + waiting[0] + waiting[1];
        expect(desired(inTime)).to.be.at.most(Math.max(min, 1, Math.ceil(Math.max(jobs, active) / slots)));
      }),
    );
  });

  it('10 does not depend, while nothing is overdue, on how many workers there are', () => {
    hold(
      fc.property(unlimited, fc.nat({ max: 100 }), fc.nat({ max: 100 }), (observation, replicas, ready) => {
        const inTime = { ...observation, oldestSeconds: observation.targetSeconds[0] };
        expect(desired({ ...inTime, replicas, ready })).to.equal(desired(inTime));
      }),
    );
  });

  it('11 goes by the number of workers only when all are ready and nine tenths of their slots busy', () => {
    hold(
      fc.property(unlimited, (observation) => {
        const { replicas, ready, active, slots, targetSeconds, oldestSeconds, paused } = observation;
        const overdue = desired(observation);
        const inTime = desired({ ...observation, oldestSeconds: 0 });
        const isMissed = oldestSeconds > targetSeconds[0] && ready === replicas && 10 * active >= 9 * ready * slots;
        const more = isMissed && !paused ? Math.ceil((5 * replicas) / 4) : 0;
        expect(overdue).to.equal(Math.max(inTime, more));
      }),
    );
  });

  it('12 gives the same number in any unit of time', () => {
    const units = fc.oneof(
      fc.constantFrom(1_000, 60, 1 / 60, 0.001),
      fc.double({ min: 0.001, max: 1_000, noNaN: true }),
    );
    hold(
      fc.property(observations, units, (observation, k) => {
        const { lambda, serviceSeconds, targetSeconds, startupSeconds, oldestSeconds } = observation;
        // Beside the target and beside a whole number of workers the last bit of a product decides: see the next test.
        fc.pre(Math.abs(oldestSeconds - targetSeconds[0]) > 1e-9);
        const limit = observation.rateLimitPerSecond ?? null;
        const { slots, fed } = decide(observation);
        for (const exact of [slots, fed?.slots ?? 0].map((some) => some / observation.slots))
          fc.pre(Math.abs(exact - 1e-6 - Math.round(exact - 1e-6)) > 1e-9 * Math.max(1, exact));
        const other: Observation = {
          ...observation,
          lambda: lambda / k,
          ...(limit === null ? {} : { rateLimitPerSecond: limit / k }),
          serviceSeconds: serviceSeconds * k,
          targetSeconds: [targetSeconds[0] * k, targetSeconds[1] * k],
          startupSeconds: startupSeconds * k,
          oldestSeconds: oldestSeconds * k,
        };
        expect(desired(other)).to.equal(desired(observation));
      }),
    );
  });

  it('12 takes no worker more for what floating point adds to a whole number', () => {
    expect((3 * 0.1) / 0.1).to.be.above(3);
    const whole = { ...BURST, lambda: 3, serviceSeconds: 0.1, rho: 0.1, slots: 1, active: 0 } as const;
    expect(desired({ ...whole, waiting: [0, 0] })).to.equal(3);
  });

  it('13 asks for no more than a rate limit feeds, but for what is busy and for one while something may run, unless min is higher', () => {
    hold(
      fc.property(observations, fc.double({ min: 0, max: 300, noNaN: true }), (observation, rateLimitPerSecond) => {
        const { min, slots, serviceSeconds, rho, active, waiting, paused } = observation;
        const fed = Math.ceil(Math.max((rateLimitPerSecond * serviceSeconds) / rho, active) / slots);
        const one = !paused && waiting[0] + waiting[1] > 0 ? 1 : 0;
        const limited = desired({ ...observation, rateLimitPerSecond });
        expect(limited).to.be.at.most(Math.max(min, one, fed));
        // Else it changes nothing.
        const free = desired({ ...observation, rateLimitPerSecond: null });
        expect(limited).to.be.within(Math.min(free, Math.max(one, fed - 1)), free);
        expect(desired({ ...observation, rateLimitPerSecond: rateLimitPerSecond + 1 })).to.be.at.least(limited);
      }),
    );
  });
});
