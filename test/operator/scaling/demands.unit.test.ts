import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { Demands } from '../../../operator/scaling/demands.ts';
import type { Load } from '../../../operator/scaling/load.ts';
import { direct } from '../cli/explain/situations.ts';

const LANE = { waiting: 0, active: 0, oldestSeconds: 0, started: 0, finished: 0, failed: 0, busyMs: 0 };
const pool = (name: string, rest: Partial<Pool> = {}): Pool => {
  const made = direct({}, { metadata: { name, namespace: 'previews', uid: name }, ...rest });
  return {
    ...made,
    spec: { ...made.spec, worker: { slots: 4 }, queue: { name: 'q', prefix: 'bull', redis: {} } },
  } as Pool;
};
const SHARED = { status: { conditions: [{ type: 'QueueShared', status: 'True' }] } } as never;

/** Jobs of a second each: 30 that wait have to start within 15 s, so they need two slots. */
const load = (at: number, { waiting = 0, active = 0, oldestSeconds = 0 } = {}): Load => ({
  ...{ at, isCounted: true, added: undefined, paused: false, globalConcurrency: null },
  ...{ rateLimit: undefined, oldestSeconds, unprioritized: 0, delayed: 0, nextDueSeconds: undefined },
  lanes: { interactive: { ...LANE, waiting, active, oldestSeconds }, backfill: LANE },
});

/** Two workers of 4 slots are there unless `rest` says otherwise. */
const demandsOf = (rest: Partial<ConstructorParameters<typeof Demands>[0]>) =>
  new Demands({
    read: () => Promise.reject(new Error('nobody should ask')),
    listen: () => {},
    workersOf: () => ({ live: 2, ready: 2, startups: new Map() }),
    othersOn: () => [],
    wake: () => {},
    spare: () => {},
    ...rest,
  });

describe('the demand of a pool', () => {
  let demands: Demands;
  afterEach(() => demands.stop());
  const wanted = async (look: Load | { message: string }) => (await demands.follow(pool('alone'), look)).demand?.wanted;

  describe('whose oldest job has been waiting for too long, all workers busy', () => {
    const busy = { waiting: 1, active: 8 };
    beforeEach(() => {
      demands = demandsOf({});
    });

    it('is a quarter more', async () => {
      await wanted(load(0, busy));
      expect(await wanted(load(5, { ...busy, oldestSeconds: 40 }))).to.equal(3);
    });

    it('is a quarter more too where its own clock has seen it wait for so long', async () => {
      await wanted(load(0));
      await wanted(load(5, busy));
      expect(await wanted(load(50, { ...busy, oldestSeconds: 40 }))).to.equal(3);
    });

    it('is no more for an age that only a clock gives: a moment before nothing waited', async () => {
      await wanted(load(0));
      expect(await wanted(load(5, { ...busy, oldestSeconds: 3600 }))).to.equal(2);
    });
  });

  it('is not taken from a look that is older than the one it is taken from already', async () => {
    demands = demandsOf({ workersOf: () => ({ live: 0, ready: 0, startups: new Map() }) });
    expect(await wanted(load(5, { waiting: 100 }))).to.equal(2);
    expect(await wanted(load(4))).to.equal(2);
    expect(await wanted(load(6))).to.equal(0);
  });

  it('is no more than there are once none of them has become ready for six start-ups of 10 s, and says so', async () => {
    let ready = 0;
    demands = demandsOf({ workersOf: () => ({ live: 2, ready, startups: new Map() }) });
    const burst = { waiting: 1_000 };
    await wanted(load(0, burst));
    expect(await wanted(load(59, burst))).to.be.above(2);
    const { demand, verdict } = await demands.follow(pool('alone'), load(61, burst));
    expect([demand?.wanted, verdict.reason]).to.deep.equal([2, 'WorkersNeverReady']);
    ready = 2;
    expect(await wanted(load(62, burst))).to.be.above(2);
  });

  it('is unknown where the look of a reconciliation found that nobody answers: nobody is asked again', async () => {
    demands = demandsOf({});
    const { demand, verdict } = await demands.follow(pool('alone'), { message: 'connection refused' });
    expect([demand, verdict.reason]).to.deep.equal([undefined, 'LoadUnknown']);
  });
});

describe('the demand of a pool that shares its queue', () => {
  let at: number;
  let others: readonly Pool[];
  let workers: Readonly<Record<string, { live: number; ready: number }>>;
  let demands: Demands;

  beforeEach(() => {
    [at, others, workers] = [0, [], {}];
    demands = demandsOf({
      read: () => Promise.resolve(load(at, { waiting: 30 })),
      workersOf: (key) => ({ live: 0, ready: 0, ...workers[key], startups: new Map() }),
      othersOn: () => others,
      clock: () => at,
    });
  });
  afterEach(() => demands.stop());

  const wanted = async (of: Pool, now: number) => {
    at = now;
    return (await demands.follow(of)).demand?.wanted;
  };

  it('is not known in the first seconds of a process that does not know the others yet', async () => {
    const shared = pool('b', SHARED);
    expect(await wanted(shared, 0)).to.equal(undefined);
    others = [pool('a')];
    expect(await wanted(shared, 1)).to.equal(0);
    others = [];
    expect(await wanted(shared, 2)).to.equal(undefined);
    // Then there are none.
    expect(await wanted(shared, 15)).to.equal(1);
    expect(await wanted(pool('c'), 15)).to.equal(1);
  });

  it('is all of it where another is left alone by the operator, or its workers never become ready', async () => {
    const [a, b] = [pool('a'), pool('b')];
    others = [{ ...a, metadata: { ...a.metadata, annotations: { 'previews.mobius.dev/reconcile': 'disabled' } } }];
    expect(await wanted(b, 0)).to.equal(1);
    others = [];
    workers = { 'previews/a': { live: 1, ready: 0 } };
    expect(await wanted(a, 1)).to.equal(undefined);
    expect(await wanted(a, 2)).to.equal(1);
    others = [a];
    expect(await wanted(b, 3)).to.equal(0);
    others = [];
    await wanted(a, 70);
    others = [a];
    expect(await wanted(b, 71)).to.equal(1);
  });

  it('is idle while the others are enough, however much waits', async () => {
    others = [pool('a')];
    const b = pool('b');
    await demands.follow(b);
    at = 9;
    expect((await demands.follow(b)).demand).to.deep.equal({ wanted: 0, idleSeconds: 9 });
  });
});
