import { expect } from 'chai';
import type { Load } from '../../../operator/scaling/load.ts';
import { observedOf } from '../../../operator/scaling/observed.ts';
import { AUTO } from '../cli/explain/situations.ts';

const LANE = { waiting: 5, active: 1, oldestSeconds: 0, started: 0, finished: 0, failed: 0, busyMs: 0 };

const limitOf = (rateLimit: Load['rateLimit'], startupSeconds = 10) =>
  observedOf(
    { worker: { slots: 4 }, scaling: { mode: 'Auto', auto: AUTO } } as Parameters<typeof observedOf>[0],
    { lanes: { interactive: LANE, backfill: LANE }, globalConcurrency: null, rateLimit } as Load,
    { lambda: 1, serviceSeconds: 1 },
    { live: 1, ready: 1, startupSeconds },
  ).rateLimitPerSecond;

describe('the rate limit that the law is told of', () => {
  const free = { isHit: false, untilSeconds: 0 };

  it('is none where the queue has none, or one that lasts for no time', () => {
    expect(limitOf(undefined)).to.equal(undefined);
    expect(limitOf({ max: 5, seconds: 0, ...free })).to.equal(undefined);
  });

  it('is the average of what is handed out, which is one at least', () => {
    expect(limitOf({ max: 600, seconds: 60, ...free })).to.equal(10);
    expect(limitOf({ max: 0, seconds: 2, ...free })).to.equal(0.5);
  });

  it('is 0 while it is used up for longer than half of the target, or than a start', () => {
    const held = (untilSeconds: number, startupSeconds?: number) =>
      limitOf({ max: 600, seconds: 60, isHit: true, untilSeconds }, startupSeconds);
    expect([held(15), held(15.1), held(300)]).to.deep.equal([10, 0, 0]);
    expect([held(40, 40), held(41, 40)]).to.deep.equal([10, 0]);
  });
});
