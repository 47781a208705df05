import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../../cluster/eventually.ts';
import { quiet } from '../operator.ts';
import { HAND_OVER, HPA_SYNC_SECONDS, MODES, type Mode, type ScaledPools, startScaledPools } from './scaled-pools.ts';

/** In the same mode something else changes. */
const TO = {
  Fixed: { scaling: { mode: 'Fixed', replicas: 4 } },
  Auto: {
    scaling: {
      mode: 'Auto',
      auto: { provider: 'CPU', minReplicas: 2, maxReplicas: 8, targetCPUUtilizationPercentage: 60 },
    },
  },
  External: { scaling: { mode: 'External' }, imagePullPolicy: 'Always' },
} as const;
const END = { Fixed: 4, Auto: 5, External: 5 } as const;

/** What the operator writes for a change of mode, to the Deployment and the autoscaler. */
const WRITES: readonly (readonly [Mode, Mode, readonly string[]])[] = [
  ['Fixed', 'Auto', ['hand-over', 'Deployment', 'autoscaler']],
  ['Fixed', 'External', ['hand-over', 'Deployment']],
  ['Auto', 'Fixed', ['autoscaler', 'Deployment']],
  ['Auto', 'External', ['autoscaler', 'Deployment']],
  ['External', 'Fixed', ['Deployment']],
  ['External', 'Auto', ['Deployment', 'autoscaler']],
];

describe('spec.replicas has one owner at every moment', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  before(async () => {
    pools = await startScaledPools();
  });
  afterEach(() => pools.stopRecording());
  after(() => pools?.stop());

  for (const from of MODES) {
    for (const to of MODES) {
      it(`${from} to ${to}`, async () => {
        const name = `${from}-${to}`.toLowerCase();
        const recorded = await pools.begin(name, from);
        await pools.applyPool(name, TO[to]);
        await pools.carriedOut(name, to);
        await pools.has(name, END[to]);
        // The autoscaler has its say too.
        if (to === 'Auto' || from === 'Auto') await sleep(2 * HPA_SYNC_SECONDS * 1000);
        await recorded.caughtUp();
        pools.tell(`${from} → ${to}`, recorded.values);
        expect(recorded.values).to.deep.equal(to === 'Fixed' ? [5, 4] : [5]);
      });
    }

    it(`${from} to the default, by removing the block`, async () => {
      const name = `${from}-removed`.toLowerCase();
      const recorded = await pools.begin(name, from);
      await pools.applyPool(name, {});
      await pools.carriedOut(name, 'Fixed');
      await pools.has(name, 2);
      await recorded.caughtUp();
      pools.tell(`${from} → block removed`, recorded.values);
      expect(recorded.values).to.deep.equal([5, 2]);
    });
  }

  const WITH_EXTERNAL = MODES.flatMap((from) => MODES.map((to) => [from, to] as const)).filter((cell) =>
    cell.includes('External'),
  );
  for (const [from, to] of WITH_EXTERNAL) {
    it(`${from} to ${to}, while the owner outside writes 5, 6, 7 without a pause`, async () => {
      const name = `${from}-${to}-busy`.toLowerCase();
      const recorded = await pools.begin(name, from);
      let isWriting = true;
      let last = 5;
      const writing = (async () => {
        for (let turn = 0; isWriting; turn += 1) {
          last = 5 + (turn % 3);
          await pools.scale(name, last);
          await sleep(5);
        }
      })();
      await sleep(100);
      await pools.applyPool(name, TO[to]);
      await pools.carriedOut(name, to);
      await sleep(100);
      isWriting = false;
      await writing;
      const end = to === 'Fixed' ? 4 : last;
      await pools.has(name, end);
      await quiet(pools.proxy.writes, 1);
      await recorded.caughtUp();
      const counts = Map.groupBy(recorded.values, (value) => value);
      const spread = [...counts].toSorted(([a], [b]) => a - b).map(([value, times]) => `${times.length} × ${value}`);
      pools.tell(`${from} → ${to}, owner writing`, `${spread.join(', ')}; last ${recorded.values.at(-1)}`);
      expect(Math.min(...recorded.values)).to.equal(Math.min(5, end));
      expect(Math.max(...recorded.values)).to.be.at.most(7);
      expect((await pools.deployment(name)).spec.replicas).to.equal(end);
    });
  }

  for (const [from, to, writes] of WRITES) {
    for (const [done, next] of writes.entries()) {
      const where = done === 0 ? 'before the first write' : `after the ${writes[done - 1]}, before the ${next}`;
      it(`${from} to ${to}, the operator killed ${where}`, async () => {
        const { proxy } = pools;
        const name = `${from}-${to}-killed-${done}`.toLowerCase();
        const recorded = await pools.begin(name, from);
        await quiet(proxy.writes, 1);
        let seen = 0;
        let isBroken = true;
        proxy.failNext({
          match: ({ method, path }) => {
            const isWrite = method !== 'GET' && /\/(deployments|horizontalpodautoscalers)\//.test(path);
            if (!isBroken || !isWrite || !path.includes(`/preview-${name}`)) return false;
            seen += 1;
            return seen > done;
          },
          status: 500,
          times: Number.POSITIVE_INFINITY,
        });
        await pools.applyPool(name, TO[to]);
        await eventually('the write is tried', () => seen > done);
        await pools.killTheOperator();
        isBroken = false;
        // Who comes to own it begins at once.
        const moved = to === 'External';
        if (moved) await pools.scale(name, 6);
        await pools.startTheOperator();
        await pools.carriedOut(name, to);
        await pools.has(name, moved ? 6 : END[to]);
        await quiet(proxy.writes, 1);
        await recorded.caughtUp();
        pools.tell(`${from} → ${to}, killed ${where}${moved ? ', then 6' : ''}`, recorded.values);
        expect(recorded.values).to.deep.equal([5, ...(moved ? [6] : END[to] === 5 ? [] : [END[to]])]);
      });
    }
  }

  it('a hand-over of a number that is no longer so is refused, and looked at again', async () => {
    const { proxy } = pools;
    const recorded = await pools.begin('stale', 'Fixed');
    // Between the look and the hand-over somebody else writes.
    let isScaled = false;
    proxy.beforeNext(
      ({ path }) => path.includes('/preview-stale') && path.includes(HAND_OVER),
      async () => {
        await pools.scale('stale', 6);
        isScaled = true;
      },
    );
    proxy.forget();
    await pools.applyPool('stale', TO.External);
    await pools.carriedOut('stale', 'External');
    const refused = proxy.requests.filter(({ path, code }) => path.includes(HAND_OVER) && code === 409).length;
    await recorded.caughtUp();
    pools.tell(`Fixed → External, 6 at the last moment, ${refused} × 409`, recorded.values);
    expect(isScaled).to.equal(true);
    expect(refused).to.be.at.least(1);
    expect(recorded.values).to.deep.equal([5, 6]);
  });
});
