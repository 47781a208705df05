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

/** 30 jobs of a second each, within 15 s: two slots. */
const load = (at: number): Load => ({
  ...{
    at,
    isSeen: true,
    isCounted: true,
    added: undefined,
    paused: false,
    globalConcurrency: null,
    rateLimit: undefined,
  },
  ...{ oldestSeconds: 0, unprioritized: 0, delayed: 0, nextDueSeconds: undefined },
  lanes: { interactive: { ...LANE, waiting: 30 }, backfill: LANE },
});

describe('the demand of a pool that shares its queue', () => {
  let at: number;
  let others: readonly Pool[];
  let workers: Readonly<Record<string, { live: number; ready: number }>>;
  let demands: Demands;

  beforeEach(() => {
    [at, others, workers] = [0, [], {}];
    demands = new Demands({
      read: () => Promise.resolve(load(at)),
      listen: () => {},
      workersOf: (key) => ({ live: 0, ready: 0, ...workers[key], startups: new Map() }),
      othersOn: () => others,
      wake: () => {},
      spare: () => {},
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
