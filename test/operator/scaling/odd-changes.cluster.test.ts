import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { eventually } from '../../cluster/eventually.ts';
import { randomFrom } from '../../fixtures/random.ts';
import { quiet } from '../operator.ts';
import { FROM, HPA_SYNC_SECONDS, MODES, type Mode, OWNER, type ScaledPools, startScaledPools } from './scaled-pools.ts';

const TURNS = 60;

describe('modes that change in odd ways', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  before(async () => {
    pools = await startScaledPools();
  });
  afterEach(async () => {
    // What hung is forgotten with the process that hung on it.
    await pools.stopTheOperator();
    await pools.startTheOperator();
    await pools.stopRecording();
  });
  after(() => pools?.stop());

  for (const [from, to] of [
    ['External', 'Auto'],
    ['External', 'External'],
    ['Auto', 'Auto'],
    ['Auto', 'External'],
  ] as const) {
    it(`${from} to Fixed and on to ${to}, while the operator's view of the Deployment stands still`, async () => {
      const name = `behind-${from}-${to}`.toLowerCase();
      const recorded = await pools.begin(name, from);
      await quiet(pools.proxy.writes, 1);
      pools.proxy.hangWatches('/deployments');
      await pools.applyPool(name, { scaling: { mode: 'Fixed', replicas: 4 } });
      await pools.has(name, 4);
      // Another image policy: what is rendered now never was before.
      await pools.applyPool(name, { scaling: FROM[to], imagePullPolicy: 'Always' });
      await pools.carriedOut(name, to);
      await recorded.caughtUp();
      pools.tell(`${from} → Fixed 4 → ${to}, unseen by the operator`, recorded.values);
      expect(recorded.values).to.deep.equal([5, 4]);
    });
  }

  it('Fixed to Auto and back, while the operator sees no autoscaler: it goes with the mode', async () => {
    const recorded = await pools.begin('unseen', 'Fixed');
    pools.proxy.hangWatches('/horizontalpodautoscalers');
    await pools.applyPool('unseen', { scaling: FROM.Auto });
    await pools.carriedOut('unseen', 'Auto');
    await pools.applyPool('unseen', { scaling: { mode: 'Fixed', replicas: 2 } });
    await pools.carriedOut('unseen', 'Fixed');
    await pools.has('unseen', 2);
    await sleep(2 * HPA_SYNC_SECONDS * 1000);
    await recorded.caughtUp();
    pools.tell('Fixed → Auto (3 … 9) → Fixed 2, autoscaler unseen', recorded.values);
    expect(recorded.values).to.deep.equal([5, 2]);
  });

  for (const mode of ['Auto', 'External'] as const) {
    it(`a Deployment deleted unseen in mode ${mode} is born as a new one is, whatever else changes`, async () => {
      const name = `reborn-${mode}`.toLowerCase();
      await pools.begin(name, mode);
      await quiet(pools.proxy.writes, 1);
      pools.proxy.hangWatches('/deployments');
      const { metadata } = await pools.deployment(name);
      await pools.client.delete(pools.pathOf(name), { propagationPolicy: 'Background' });
      const recorded = await pools.record(name);
      await pools.applyPool(name, { scaling: FROM[mode], imagePullPolicy: 'Always' });
      await pools.carriedOut(name, mode);
      await recorded.caughtUp();
      pools.tell(`${mode}, Deployment deleted unseen`, recorded.values);
      expect((await pools.deployment(name)).metadata.uid).to.not.equal(metadata.uid);
      expect(recorded.values.slice(-1)).to.deep.equal([mode === 'Auto' ? 3 : 1]);
      expect(recorded.values).to.have.lengthOf(1);
    });
  }

  it('a Deployment deleted at the last moment is not born with 1', async () => {
    await pools.begin('last', 'Auto');
    await quiet(pools.proxy.writes, 1);
    const isApply = ({ method, path }: { method: string; path: string }) =>
      method === 'PATCH' && path.includes('/deployments/preview-last');
    const recorded = await pools.record('last');
    pools.proxy.beforeNext(isApply, () => pools.client.delete(pools.pathOf('last')));
    await pools.applyPool('last', { scaling: FROM.Auto, imagePullPolicy: 'Always' });
    await eventually('it is born again', async () => {
      const { metadata, spec } = await pools.deployment('last');
      return metadata.annotations?.[OWNER] === 'autoscaler' && spec.replicas === 3;
    });
    await recorded.caughtUp();
    pools.tell('Auto, Deployment deleted at the last moment', recorded.values);
    expect(recorded.values).to.deep.equal([5, 3]);
  });

  it('Fixed to Auto and External without a pause between, ends in the last and dips nowhere', async () => {
    const recorded = await pools.begin('flicker', 'Fixed');
    for (let turn = 0; turn < 30; turn += 1) {
      const mode = MODES[turn % 3] as Mode;
      await pools.applyPool('flicker', { scaling: FROM[mode], ...(turn % 2 ? { imagePullPolicy: 'Always' } : {}) });
    }
    await pools.carriedOut('flicker', 'External');
    await quiet(pools.proxy.writes, 1);
    await recorded.caughtUp();
    pools.tell('30 changes of mode without a pause', recorded.values);
    expect(recorded.values).to.deep.equal([5]);
  });

  it('any order of modes, suspensions, writes of others, faults and kills: only numbers that somebody asked for', async () => {
    // With 11 an operator that trusts its caches falls to 1. The order is the same each time, the moments are not.
    const seed = Number(process.env['SEED'] ?? 11);
    const random = randomFrom(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const { proxy } = pools;
    const recorded = await pools.begin('walk', 'Fixed');
    const spec: { scaling: { mode: Mode }; suspend: boolean } = { scaling: FROM.Fixed, suspend: false };
    const steps: string[] = [];
    const acts: Readonly<Record<string, () => unknown>> = {
      'Fixed 5': () => Object.assign(spec, { scaling: { mode: 'Fixed', replicas: 5 } }),
      'Fixed 6': () => Object.assign(spec, { scaling: { mode: 'Fixed', replicas: 6 } }),
      Auto: () => Object.assign(spec, { scaling: FROM.Auto }),
      External: () => Object.assign(spec, { scaling: FROM.External, suspend: false }),
      suspend: () => Object.assign(spec, { suspend: spec.scaling.mode !== 'External' }),
      resume: () => Object.assign(spec, { suspend: false }),
      'scale 7': () => pools.scale('walk', 7),
      'refuse 3 writes': () =>
        proxy.failNext({
          match: ({ method, path }) => method !== 'GET' && path.includes('-walk'),
          status: 503,
          times: 3,
        }),
      'cut the watches': () => proxy.cutWatches(),
      'hang the Deployments': () => proxy.hangWatches('/deployments'),
      'hang the autoscalers': () => proxy.hangWatches('/horizontalpodautoscalers'),
      'delete the autoscaler': () => pools.client.delete(pools.autoscalerPath('walk')).catch(() => {}),
      kill: async () => {
        await pools.killTheOperator();
        await pools.startTheOperator();
      },
    };
    for (let turn = 0; turn < TURNS; turn += 1) {
      const act = pick(Object.keys(acts));
      steps.push(act);
      await acts[act]?.();
      await pools.applyPool('walk', { ...spec, ...(random() < 0.5 ? { imagePullPolicy: 'Always' } : {}) });
      if (random() < 0.7) await sleep(random() * 600);
    }
    const told = `seed ${seed}: ${steps.join(', ')}; ${recorded.values.join(' → ')}`;
    proxy.cutWatches();
    await pools.applyPool('walk', { scaling: FROM.Auto, suspend: false });
    await pools.carriedOut('walk', 'Auto').catch((cause: unknown) => {
      throw new Error(told, { cause });
    });
    await eventually('there are workers', async () => (await pools.deployment('walk')).spec.replicas >= 3, {
      seconds: 60,
    });
    await recorded.caughtUp();
    pools.tell(`${TURNS} random steps, seed ${seed}`, recorded.values);
    // 3 is the least of Auto, where a suspension ends.
    expect(
      recorded.values.filter((value) => ![0, 3, 5, 6, 7].includes(value)),
      told,
    ).to.deep.equal([]);
  });
});
