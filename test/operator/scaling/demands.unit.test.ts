import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { Demands } from '../../../operator/scaling/demands.ts';
import type { Load } from '../../../operator/scaling/load.ts';

const POOL = {
  metadata: { namespace: 'default', name: 'pool', uid: 'one' },
  spec: {
    queue: { prefix: 'bull', name: 'previews', redis: { url: 'redis://127.0.0.1' } },
    worker: { slots: 4 },
    scaling: {
      mode: 'Auto',
      auto: {
        ...{ provider: 'Direct', minReplicas: 1, maxReplicas: 30, targetWaitSeconds: 30 },
        ...{ backfillTargetWaitSeconds: 1800, scaleToZeroAfterSeconds: 300 },
      },
    },
  },
} as unknown as Pool;

const NONE = { waiting: 0, active: 0, started: 0, finished: 0, failed: 0, busyMs: 0, oldestSeconds: 0 };
const load = (at: number, { waiting = 0, active = 0, oldestSeconds = 0 }): Load =>
  ({
    ...{ at, isSeen: true, isCounted: true, unprioritized: 0, delayed: 0, added: undefined, paused: false },
    ...{ nextDueSeconds: undefined, globalConcurrency: null, rateLimit: undefined, oldestSeconds },
    lanes: { interactive: { ...NONE, waiting, active, oldestSeconds }, backfill: NONE },
  }) as Load;

describe('the demand of a pool', () => {
  /** Two workers of 4 slots, all busy: then an overdue job asks for a quarter more. */
  const wantedAfter = async (looks: readonly Load[]) => {
    const left = [...looks];
    const demands = new Demands({
      read: async () => left.shift() as Load,
      listen: () => {},
      workersOf: () => ({ live: 2, ready: 2, startups: new Map() }),
      wake: () => {},
      spare: () => {},
    });
    let wanted: number | undefined;
    for (const _ of looks) wanted = (await demands.follow(POOL)).demand?.wanted;
    demands.stop();
    return wanted;
  };
  const busy = { waiting: 1, active: 8 };

  it('is raised for a job that has been waiting for too long', async () => {
    expect(await wantedAfter([load(0, busy), load(5, { ...busy, oldestSeconds: 40 })])).to.equal(3);
    expect(await wantedAfter([load(0, {}), load(5, busy), load(50, { ...busy, oldestSeconds: 40 })])).to.equal(3);
  });

  it('is not raised for an age that only a clock gives: a moment before nothing waited', async () => {
    expect(await wantedAfter([load(0, {}), load(5, { ...busy, oldestSeconds: 3600 })])).to.equal(2);
  });

  it('is not taken from a look that is older than the one it is taken from already', async () => {
    const demands = new Demands({
      read: async () => load(5, { waiting: 100 }),
      listen: () => {},
      workersOf: () => ({ live: 0, ready: 0, startups: new Map() }),
      wake: () => {},
      spare: () => {},
    });
    expect((await demands.follow(POOL)).demand?.wanted).to.equal(2);
    expect((await demands.follow(POOL, load(4, {}))).demand?.wanted).to.equal(2);
    expect((await demands.follow(POOL, load(6, {}))).demand?.wanted).to.equal(1);
    demands.stop();
  });

  it('is unknown where the look of a reconciliation found that nobody answers', async () => {
    let reads = 0;
    const demands = new Demands({
      read: async () => {
        reads += 1;
        return load(5, {});
      },
      listen: () => {},
      workersOf: () => ({ live: 0, ready: 0, startups: new Map() }),
      wake: () => {},
      spare: () => {},
    });
    const { demand, verdict } = await demands.follow(POOL, { message: 'connection refused' });
    expect([demand, verdict.reason, reads]).to.deep.equal([undefined, 'LoadUnknown', 0]);
    demands.stop();
  });
});
