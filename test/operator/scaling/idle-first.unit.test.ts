import { expect } from 'chai';
import { type CostChange, costChanges, IDLE_COST } from '../../../operator/pool/deletion-cost.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import type { WorkerPod } from '../../../operator/pool/worker-pod.ts';
import { IdleFirst, type IdleFirstOptions } from '../../../operator/scaling/idle-first.ts';

const pod = (name: string, { age = 0, ...more }: Partial<WorkerPod> & { age?: number } = {}): WorkerPod => ({
  metadata: { name, creationTimestamp: new Date(Date.UTC(2026, 0, 1) - age * 1000).toISOString() },
  template: '',
  isReady: true,
  failure: undefined,
  ...more,
});
const marked = (name: string) => pod(name, { deletionCost: IDLE_COST });
const mark = (name: string): CostChange => ({ pod: name, cost: IDLE_COST });
const free = (name: string): CostChange => ({ pod: name, cost: null });
const POOL = { metadata: { name: 'photos', namespace: 'default', uid: '1' } } as Pool;

describe('which workers a scale-in takes', () => {
  const changes = (pods: readonly WorkerPod[], busy: readonly string[], leaving: number) =>
    costChanges(pods, new Set(busy), leaving);

  it('marks as many idle ones as go, the newest first', () => {
    const pods = [pod('old', { age: 9 }), pod('busy', { age: 1 }), pod('new', { age: 2 }), pod('older', { age: 99 })];
    expect(changes(pods, ['busy'], 1)).to.deep.equal([mark('new')]);
    expect(changes(pods, ['busy'], 2)).to.deep.equal([mark('new'), mark('old')]);
    expect(changes(pods, ['busy'], 4)).to.deep.equal([mark('new'), mark('old'), mark('older')]);
  });

  it('writes nothing where enough are marked already, and gives a mark up once its worker is busy', () => {
    const pods = [marked('a'), marked('b'), pod('c')];
    expect(changes(pods, [], 2)).to.deep.equal([]);
    expect(changes(pods, [], 1)).to.deep.equal([]);
    expect(changes(pods, ['a'], 1)).to.deep.equal([free('a')]);
    expect(changes(pods, ['a'], 2)).to.deep.equal([free('a'), mark('c')]);
  });

  it('marks none that is not ready, leaves already, or has a cost of somebody else’s', () => {
    const pods = [
      pod('starting', { isReady: false }),
      pod('theirs', { deletionCost: '5' }),
      { ...pod('going'), metadata: { name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' } },
    ];
    expect(changes(pods, ['theirs'], 3)).to.deep.equal([]);
    expect(changes([], ['stranger'], 3)).to.deep.equal([]);
  });
});

describe('a number of workers that falls', () => {
  let at: number;
  let written: CostChange[];
  let told: string[];
  let pods: WorkerPod[];
  let leads: boolean;
  beforeEach(() => {
    [at, written, told, pods, leads] = [0, [], [], [pod('a'), pod('b'), pod('c')], true];
  });
  const idleFirst = (options: Partial<IdleFirstOptions> = {}) =>
    new IdleFirst({
      pods: () => pods,
      busy: async () => new Set(['b']),
      write: async (_, change) => {
        written.push(change);
        pods = pods.map((one) =>
          one.metadata.name !== change.pod ? one : change.cost === null ? pod(change.pod) : marked(change.pod),
        );
      },
      mayWrite: () => leads,
      onProblem: ({ message }) => told.push(message),
      clock: () => at,
      ...options,
    });

  it('is answered once idle workers are marked; without more to go, written again no sooner than after 10 s', async () => {
    const busy = new Set(['b']);
    const first = idleFirst({ busy: async () => busy });
    const answer = () => first.answer(POOL, { wanted: 2, live: 3 });
    expect(await answer()).to.equal(2);
    expect(written).to.deep.equal([mark('a')]);
    busy.add('a');
    at = 9;
    expect(await answer()).to.equal(2);
    expect(written).to.have.length(1);
    at = 10;
    await answer();
    expect(written.slice(1)).to.deep.equal([free('a'), mark('c')]);
    busy.clear();
    expect(await first.answer(POOL, { wanted: 1, live: 3 })).to.equal(1);
    expect(written).to.have.length(4);
  });

  it('is answered at once where it does not fall, and nothing is written', async () => {
    const first = idleFirst();
    expect(await first.answer(POOL, { wanted: 3, live: 3 })).to.equal(3);
    expect(await first.answer(POOL, { wanted: 0, live: 1 })).to.equal(0);
    expect(written).to.deep.equal([]);
  });

  it('falls also where nobody can be marked, which is told once until it can', async () => {
    let isRefused = true;
    const write = async () => {
      if (isRefused) throw new Error('forbidden');
    };
    const first = idleFirst({ write });
    for (at of [0, 10, 20]) expect(await first.answer(POOL, { wanted: 1, live: 3 })).to.equal(1);
    expect(told).to.deep.equal(['forbidden']);
    [isRefused, at] = [false, 30];
    await first.mark(POOL, 1);
    [isRefused, at] = [true, 40];
    await first.mark(POOL, 1);
    expect(told).to.deep.equal(['forbidden', 'forbidden']);
    const blind = idleFirst({ busy: async () => undefined });
    expect(await blind.answer(POOL, { wanted: 1, live: 3 })).to.equal(1);
    expect(written).to.deep.equal([]);
  });

  it('is answered by a standby once it sees the marks, or 15 s later without; it writes none', async () => {
    leads = false;
    const standby = idleFirst();
    expect(await standby.answer(POOL, { wanted: 2, live: 3 })).to.equal(3);
    at = 15;
    expect(await standby.answer(POOL, { wanted: 2, live: 3 })).to.equal(2);
    expect(await standby.answer(POOL, { wanted: 3, live: 3 })).to.equal(3);
    at = 20;
    expect(await standby.answer(POOL, { wanted: 2, live: 3 })).to.equal(3);
    pods = [marked('a'), pod('b')];
    expect(await standby.answer(POOL, { wanted: 2, live: 3 })).to.equal(2);
    expect(written).to.deep.equal([]);
  });
});
