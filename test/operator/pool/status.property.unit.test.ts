import { expect } from 'chai';
import fc from 'fast-check';
import type { DeploymentState } from '../../../operator/pool/deployment-state.ts';
import type { Facts } from '../../../operator/pool/facts.ts';
import { conditionOf, type Pool } from '../../../operator/pool/pool.ts';
import { PROBLEMS, type ProblemReason } from '../../../operator/pool/problems.ts';
import { REDIS_STATUS } from '../../../operator/pool/redis-state.ts';
import { SITUATIONS } from '../../../operator/pool/situations.ts';
import { statusOf } from '../../../operator/pool/status.ts';
import type { WorkerPod } from '../../../operator/pool/worker-pod.ts';
import { brokenRules } from './status-rules.ts';

const NOW = '2030-01-01T00:00:00Z';
const BEFORE = '2020-01-01T00:00:00Z';

const REDIS_REASONS = Object.keys(REDIS_STATUS) as (keyof typeof REDIS_STATUS)[];
const few = fc.integer({ min: 0, max: 3 });
const image = fc.constantFrom('good', 'bad', 'other');
const template = fc.constantFrom('old', 'new');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** What decides alone would hide all the rest. */
const rarely = <T, U>(value: fc.Arbitrary<T>, usually: U): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: 1, arbitrary: value }, { weight: 9, arbitrary: fc.constant(usually) });
const defined = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
const text = fc.oneof(fc.string(), fc.constant('x'.repeat(9_000)));

const condition = fc.record({
  type: fc.constantFrom('Ready', 'Available', 'Progressing', 'Degraded', 'RedisReady', 'Reconciling', 'Stalled'),
  status: fc.constantFrom('True' as const, 'False' as const),
  reason: fc.constantFrom('TooFewWorkers', 'WorkersReady', 'RollingOut'),
  message: fc.constant(''),
  lastTransitionTime: fc.constant(BEFORE),
  observedGeneration: few,
});
const pool: fc.Arbitrary<Pool> = fc
  .record({
    generation: fc.constantFrom(3, 4),
    image,
    suspend: rarely(fc.constant(true), false),
    replicas: maybe(fc.constantFrom(0, 1, 2)),
    rollbackOnFailure: fc.boolean(),
    restartedAt: maybe(fc.constantFrom('a', 'b')),
    status: maybe(
      fc.record({
        observedGeneration: fc.constantFrom(2, 3),
        image: maybe(image),
        provenTemplate: maybe(template),
        failedImage: maybe(image),
        failedBecause: maybe(fc.constant('why')),
        conditions: fc.uniqueArray(condition, { selector: ({ type }) => type }),
      }),
    ),
  })
  .map(({ generation, suspend, replicas, rollbackOnFailure, restartedAt, status, ...spec }) => ({
    metadata: {
      name: 'pool',
      generation,
      annotations: restartedAt ? { 'previews.mobius.dev/restarted-at': restartedAt } : {},
    },
    spec: {
      ...spec,
      queue: { name: 'previews', prefix: 'bull' },
      suspend,
      scaling: defined({ mode: 'Fixed', replicas }),
      rollout: { rollbackOnFailure },
    },
    ...(status ? { status: defined(status) } : {}),
  })) as fc.Arbitrary<unknown> as fc.Arbitrary<Pool>;
const refused = rarely(fc.constant(true), false);
const deployment = fc
  .record({
    replicas: few,
    image,
    template,
    total: few,
    updated: few,
    ready: few,
    available: few,
    observed: few,
    refused,
  })
  .map(
    (given): DeploymentState => ({
      metadata: { name: 'd', generation: 2 },
      spec: {
        replicas: given.replicas,
        template: {
          metadata: { annotations: { 'previews.mobius.dev/template-hash': given.template } },
          spec: { containers: [{ name: 'worker', image: given.image }] },
        },
      },
      status: {
        observedGeneration: given.observed,
        replicas: given.total,
        updatedReplicas: Math.min(given.updated, given.total),
        readyReplicas: Math.min(given.ready, given.total),
        availableReplicas: Math.min(given.available, given.total),
        ...(given.refused
          ? {
              conditions: [
                { type: 'ReplicaFailure', status: 'True', message: 'pods "a" is forbidden: exceeded quota' },
              ],
            }
          : {}),
      },
    }),
  );
const pod: fc.Arbitrary<WorkerPod> = fc.record({
  metadata: fc.constant({ name: 'p' }),
  template,
  isReady: fc.boolean(),
  failure: maybe(
    fc.record({
      reason: fc.constantFrom('ImagePullFailed', 'SelfTestFailed', 'CrashLooping', 'ScratchUnavailable'),
      message: fc.constant('it failed'),
      isConclusive: fc.boolean(),
    }),
  ),
});
const facts: fc.Arbitrary<Facts> = fc.record({
  pool,
  deployment: maybe(deployment),
  problem: maybe(fc.record({ reason: fc.constantFrom(...(Object.keys(PROBLEMS) as ProblemReason[])), message: text })),
  pods: fc.array(pod, { maxLength: 3 }),
  waits: maybe(fc.constant('others roll')),
  queue: maybe(
    fc.record({
      isThere: fc.boolean(),
      heartbeats: fc.array(
        fc.record({
          version: fc.constant(1 as const),
          at: fc.nat(),
          pod: fc.constant('p'),
          template: fc.constant(''),
          build: fc.constant('b'),
          renderers: fc.array(fc.record({ name: text, version: text, formats: fc.array(text) }), { maxLength: 2 }),
          slots: few,
          busy: few,
          selfTest: fc.constantFrom('pending' as const, 'passed' as const),
          sink: fc.record({ writable: rarely(fc.constant(false), true), reason: text }),
        }),
        { maxLength: 2 },
      ),
    }),
  ),
  sharedWith: maybe(fc.array(fc.constantFrom('ns/other', 'elsewhere/other'), { maxLength: 2 })),
  redis: rarely(fc.record({ reason: fc.constantFrom(...REDIS_REASONS), message: text }), {
    reason: 'Connected',
    message: '',
  }),
  failure: rarely(fc.constant('the API server answers 500'), undefined),
  missingSecrets: rarely(fc.array(fc.constant('Secret s3 with key id'), { maxLength: 2 }), []),
  selector: fc.constant('a=b'),
});

describe('the status of a pool, whatever was observed', () => {
  const reasons = new Map<string, number>();

  it('keeps the rules of kstatus and Flux', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const status = statusOf(given, NOW);
        const reason = conditionOf({ status }, 'Ready')?.reason ?? '';
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        expect(brokenRules({ ...given.pool, status })).to.deep.equal([]);
      }),
      { numRuns: 20_000 },
    );
    const unseen = SITUATIONS.filter(({ reason }) => !reasons.has(reason)).map(({ reason }) => reason);
    expect(unseen, 'situations that no observation made').to.deep.equal([]);
  });

  it('moves lastTransitionTime with the status of a condition, and only then', () => {
    fc.assert(
      fc.property(facts, (given) => {
        for (const { type, status, lastTransitionTime } of statusOf(given, NOW).conditions ?? []) {
          const same = conditionOf(given.pool, type)?.status === status;
          expect(lastTransitionTime, type).to.equal(same ? BEFORE : NOW);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same at a second look that finds nothing new', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const second = statusOf({ ...given, pool: { ...given.pool, status: statusOf(given, NOW) } }, NOW);
        const third = statusOf({ ...given, pool: { ...given.pool, status: second } }, '2031-01-01T00:00:00Z');
        expect(third).to.deep.equal(second);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never names an image as failed that served, nor without one that did', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const before = given.pool.status ?? {};
        const { image: served, failedImage } = statusOf(given, NOW);
        if (failedImage === undefined || before.failedImage === failedImage) return;
        expect(served).to.be.a('string').and.not.equal(failedImage);
        expect(given.pods.some(({ failure }) => failure?.isConclusive)).to.equal(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
