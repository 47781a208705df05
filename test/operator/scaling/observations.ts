import fc from 'fast-check';
import type { Observation } from '../../../operator/scaling/law.ts';

/** A burst that one of at most thirty workers meets. */
export const BURST: Observation = {
  lambda: 12,
  serviceSeconds: 0.2,
  waiting: [300, 0],
  active: 4,
  oldestSeconds: 6,
  startupSeconds: 10,
  replicas: 1,
  ready: 1,
  paused: false,
  globalConcurrency: null,
  slots: 4,
  targetSeconds: [30, 1800],
  rho: 0.8,
  min: 0,
  max: 30,
};

/** Of a microsecond and more: what is smaller loses bits of its own. */
const amount = (max: number) => fc.double({ min: 1e-6, max, noNaN: true });
const seldom = <T>(value: T, usually: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(value) }, { weight: 5, arbitrary: usually });
const jobs = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 60 }), fc.nat({ max: 100_000 }));
const pods = fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 100 }));

/** Pools as they are, their extremes, and what no pool should be. */
export const observations: fc.Arbitrary<Observation> = fc
  .record({
    lambda: seldom(0, amount(100)),
    serviceSeconds: seldom(0, fc.oneof(amount(1), amount(100))),
    waiting: fc.tuple(seldom(0, jobs), seldom(0, jobs)),
    active: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 400 })),
    oldestSeconds: seldom(0, amount(200)),
    startupSeconds: seldom(0, amount(60)),
    replicas: pods,
    ready: pods,
    isAllReady: fc.boolean(),
    paused: seldom(true, fc.constant(false)),
    globalConcurrency: fc.option(fc.nat({ max: 300 })),
    rateLimitPerSecond: fc.option(seldom(0, amount(200))),
    slots: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 64 })),
    targetSeconds: fc.tuple(seldom(0, amount(120)), seldom(0, amount(3_600))),
    rho: fc.double({ min: 0.05, max: 1, noNaN: true }),
    min: fc.oneof(fc.constant(0), fc.nat({ max: 10 })),
    above: fc.oneof(fc.nat({ max: 30 }), fc.constant(10_000)),
  })
  .map(({ above, isAllReady, ...rest }) => ({
    ...rest,
    ready: isAllReady ? rest.replicas : Math.min(rest.ready, rest.replicas),
    max: rest.min + above,
  }));

/** Where limits would hide what is asked for. */
export const unlimited: fc.Arbitrary<Observation> = observations.map((observation) => ({
  ...observation,
  globalConcurrency: null,
  rateLimitPerSecond: null,
  min: 0,
  max: 1e9,
}));
