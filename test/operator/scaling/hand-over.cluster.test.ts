import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';
import { type FaultProxy, startFaultProxy } from '../../faults/proxy.ts';
import { adminClient, installCrd, POOLS_PATH, quiet, type RunningOperator, startOperator } from '../operator.ts';
import { MINIMAL } from '../pool/rules.ts';
import { type Recording, recordReplicas } from './recorder.ts';

const NAMESPACE = 'default';
const OWNER = 'previews.mobius.dev/replicas-owner';
const HAND_OVER = 'fieldManager=preview-worker-operator-hand-over';
const APPLY = 'fieldManager=preview-worker-operator&';
const HPA_SYNC_SECONDS = 2;

type Mode = 'Fixed' | 'Auto' | 'External';
const OWNERS = { Fixed: 'operator', Auto: 'autoscaler', External: 'external' } as const;
const MODES: readonly Mode[] = ['Fixed', 'Auto', 'External'];

/** All cells begin with 5 workers. */
const FROM = {
  Fixed: { mode: 'Fixed', replicas: 5 },
  Auto: { mode: 'Auto', auto: { minReplicas: 3, maxReplicas: 9, targetCPUUtilizationPercentage: 75 } },
  External: { mode: 'External' },
} as const;
/** In the same mode something else changes. */
const TO = {
  Fixed: { scaling: { mode: 'Fixed', replicas: 4 } },
  Auto: { scaling: { mode: 'Auto', auto: { minReplicas: 2, maxReplicas: 8, targetCPUUtilizationPercentage: 60 } } },
  External: { scaling: { mode: 'External' }, imagePullPolicy: 'Always' },
} as const;
const END = { Fixed: 4, Auto: 5, External: 5 } as const;

type Deployment = KubeObject & { readonly spec: { readonly replicas: number } };

describe('spec.replicas has one owner at every moment', function () {
  this.timeout(240_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let proxy: FaultProxy;
  let client: KubeClient;
  let operator: RunningOperator;
  let recording: Recording | undefined;
  const told: string[] = [];

  const start = async () => {
    operator = await startOperator({ server: proxy.url, adminToken: cluster.adminToken });
    await operator.ready();
  };
  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ hpaSyncSeconds: HPA_SYNC_SECONDS }), startRedis()]);
    await installCrd(cluster);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
    await start();
  });
  afterEach(async () => {
    await recording?.stop();
    recording = undefined;
  });
  after(async () => {
    console.log(told.map((line) => `      ${line}`).join('\n'));
    await operator?.stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const applyPool = (name: string, changes: object) =>
    client.apply(`${POOLS_PATH(NAMESPACE)}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: { ...MINIMAL, queue: { name: 'previews', redis: { url: redis.url } }, ...changes },
    });
  const pathOf = (name: string) => `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/preview-${name}`;
  const deployment = (name: string) => client.get<Deployment>(pathOf(name));
  const scale = (name: string, replicas: number) =>
    client.mergePatch(`${pathOf(name)}/scale`, { spec: { replicas } }, 'the-owner-outside');
  const autoscaler = (name: string) =>
    client
      .get<KubeObject & { status?: { conditions?: { type: string; reason: string }[] } }>(
        `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers/preview-${name}`,
      )
      .catch((error: unknown) => {
        if (error instanceof KubeError && error.isNotFound) return undefined;
        throw error;
      });
  /** The mode is carried out: owner, autoscaler and status agree. */
  const carriedOut = (name: string, mode: Mode) =>
    eventually(
      `${name} is carried out as ${mode}`,
      async () => {
        const [{ metadata, spec }, hpa, pool] = await Promise.all([
          deployment(name),
          autoscaler(name),
          client.get<KubeObject & { status?: { observedGeneration?: number } }>(`${POOLS_PATH(NAMESPACE)}/${name}`),
        ]);
        return (
          metadata.annotations?.[OWNER] === OWNERS[mode] &&
          (hpa !== undefined) === (mode === 'Auto') &&
          pool.status?.observedGeneration === pool.metadata.generation &&
          spec
        );
      },
      { seconds: 60 },
    );
  const begin = async (name: string, mode: Mode) => {
    await applyPool(name, { scaling: FROM[mode] });
    await carriedOut(name, mode);
    if (mode !== 'Fixed') await scale(name, 5);
    await eventually('5 are wanted', async () => (await deployment(name)).spec.replicas === 5);
    recording = await recordReplicas(client, NAMESPACE, `preview-${name}`);
    return recording;
  };
  const tell = (what: string, { values }: Recording) => told.push(`${what.padEnd(58)} ${values.join(' → ')}`);

  for (const from of MODES) {
    for (const to of MODES) {
      it(`${from} to ${to}`, async () => {
        const name = `${from}-${to}`.toLowerCase();
        const recorded = await begin(name, from);
        await applyPool(name, TO[to]);
        await carriedOut(name, to);
        await eventually('the number is there', async () => (await deployment(name)).spec.replicas === END[to]);
        // The autoscaler has its say too.
        if (to === 'Auto' || from === 'Auto') await sleep(2 * HPA_SYNC_SECONDS * 1000);
        await recorded.caughtUp();
        tell(`${from} → ${to}`, recorded);
        expect(recorded.values).to.deep.equal(to === 'Fixed' ? [5, 4] : [5]);
      });
    }

    it(`${from} to the default, by removing the block`, async () => {
      const name = `${from}-removed`.toLowerCase();
      const recorded = await begin(name, from);
      await applyPool(name, {});
      await carriedOut(name, 'Fixed');
      await eventually('the number is there', async () => (await deployment(name)).spec.replicas === 2);
      await recorded.caughtUp();
      tell(`${from} → block removed`, recorded);
      expect(recorded.values).to.deep.equal([5, 2]);
    });
  }

  const WITH_EXTERNAL = MODES.flatMap((from) => MODES.map((to) => [from, to] as const)).filter((cell) =>
    cell.includes('External'),
  );
  for (const [from, to] of WITH_EXTERNAL) {
    it(`${from} to ${to}, while the owner outside writes 5, 6, 7 without a pause`, async () => {
      const name = `${from}-${to}-busy`.toLowerCase();
      const recorded = await begin(name, from);
      let isWriting = true;
      let last = 5;
      const writing = (async () => {
        for (let turn = 0; isWriting; turn += 1) {
          last = 5 + (turn % 3);
          await scale(name, last);
          await sleep(5);
        }
      })();
      await sleep(100);
      await applyPool(name, TO[to]);
      await carriedOut(name, to);
      await sleep(100);
      isWriting = false;
      await writing;
      const end = to === 'Fixed' ? 4 : last;
      await eventually('the last word counts', async () => (await deployment(name)).spec.replicas === end);
      await quiet(proxy.writes, 1);
      await recorded.caughtUp();
      const counts = Map.groupBy(recorded.values, (value) => value);
      told.push(
        `${`${from} → ${to}, owner writing`.padEnd(58)} ${[...counts]
          .toSorted(([a], [b]) => a - b)
          .map(([value, times]) => `${times.length} × ${value}`)
          .join(', ')}; last ${recorded.values.at(-1)}`,
      );
      expect(Math.min(...recorded.values)).to.equal(Math.min(5, end));
      expect(Math.max(...recorded.values)).to.be.at.most(7);
      expect((await deployment(name)).spec.replicas).to.equal(end);
    });
  }

  for (const to of ['Auto', 'External'] as const) {
    it(`Fixed to ${to}, the operator killed between hand-over and drop`, async () => {
      const name = `killed-${to}`.toLowerCase();
      const recorded = await begin(name, 'Fixed');
      proxy.forget();
      let isBroken = true;
      proxy.failNext({
        match: ({ method, path }) =>
          isBroken && method === 'PATCH' && path.includes(pathOf(name)) && path.includes(APPLY),
        status: 500,
        times: Number.POSITIVE_INFINITY,
      });
      await applyPool(name, TO[to]);
      const handedOver = () => proxy.requests.some(({ path, code }) => path.includes(HAND_OVER) && code === 200);
      await eventually('it is handed over', handedOver);
      operator.process.kill('SIGKILL');
      await operator.process.exited;
      expect((await deployment(name)).metadata.annotations?.[OWNER], 'in the middle').to.equal('operator');
      isBroken = false;
      await operator.stop();
      await start();
      await carriedOut(name, to);
      await recorded.caughtUp();
      tell(`Fixed → ${to}, operator killed in between`, recorded);
      expect(recorded.values).to.deep.equal([5]);
    });

    it(`Fixed to ${to}, the operator killed before the hand-over`, async () => {
      const name = `early-${to}`.toLowerCase();
      const recorded = await begin(name, 'Fixed');
      let isBroken = true;
      let isTried = false;
      proxy.failNext({
        match: ({ path }) => {
          const isIt = path.includes(pathOf(name)) && path.includes(HAND_OVER);
          isTried ||= isIt;
          return isBroken && isIt;
        },
        status: 500,
        times: Number.POSITIVE_INFINITY,
      });
      await applyPool(name, TO[to]);
      await eventually('it is tried', () => isTried);
      operator.process.kill('SIGKILL');
      await operator.process.exited;
      isBroken = false;
      await operator.stop();
      await scale(name, 6);
      await start();
      await carriedOut(name, to);
      await recorded.caughtUp();
      tell(`Fixed → ${to}, operator killed before, 6 meanwhile`, recorded);
      expect(recorded.values).to.deep.equal([5, 6]);
    });
  }

  it('a hand-over of a number that is no longer so is refused, and looked at again', async () => {
    const recorded = await begin('stale', 'Fixed');
    proxy.hangWatches('/deployments');
    await scale('stale', 6);
    proxy.forget();
    await applyPool('stale', TO.External);
    const refused = () => proxy.requests.filter(({ path, code }) => path.includes(HAND_OVER) && code === 409).length;
    await eventually('it is refused', () => refused() > 0);
    proxy.cutWatches();
    await carriedOut('stale', 'External');
    await recorded.caughtUp();
    tell(`Fixed → External, 6 unseen by the operator, ${refused()} × 409`, recorded);
    expect(recorded.values).to.deep.equal([5, 6]);
  });

  for (const [mode, born] of [
    ['Fixed', 5],
    ['Auto', 3],
    ['External', 1],
  ] as const) {
    it(`a Deployment in mode ${mode} is born with ${born}`, async () => {
      const name = `born-${mode}`.toLowerCase();
      recording = await recordReplicas(client, NAMESPACE, `preview-${name}`);
      await applyPool(name, { scaling: FROM[mode] });
      await carriedOut(name, mode);
      await recording.caughtUp();
      tell(`born in ${mode}`, recording);
      expect(recording.values).to.deep.equal([born]);
    });
  }

  it('suspended in mode Auto goes to 0 at once and stays there, and resumes at minReplicas', async () => {
    const recorded = await begin('asleep', 'Auto');
    await applyPool('asleep', { suspend: true, scaling: FROM.Auto });
    await eventually('it is at 0', async () => (await deployment('asleep')).spec.replicas === 0);
    await eventually('the autoscaler is off', async () =>
      (await autoscaler('asleep'))?.status?.conditions?.some(({ reason }) => reason === 'ScalingDisabled'),
    );
    await throughout(3 * HPA_SYNC_SECONDS, async () => expect((await deployment('asleep')).spec.replicas).to.equal(0));
    await scale('asleep', 4);
    await eventually('it is at 0 again', async () => (await deployment('asleep')).spec.replicas === 0);
    await applyPool('asleep', { suspend: false, scaling: FROM.Auto });
    await eventually('workers are back', async () => (await deployment('asleep')).spec.replicas === 3);
    await recorded.caughtUp();
    tell('Auto suspended, scaled by hand to 4, resumed', recorded);
    expect(recorded.values).to.deep.equal([5, 0, 4, 0, 3]);
  });

  it('a suspended pool is born with 0 in mode Auto, and changes its mode asleep', async () => {
    recording = await recordReplicas(client, NAMESPACE, 'preview-born-asleep');
    await applyPool('born-asleep', { suspend: true, scaling: FROM.Auto });
    await carriedOut('born-asleep', 'Auto');
    await applyPool('born-asleep', { suspend: true, scaling: FROM.Fixed });
    await carriedOut('born-asleep', 'Fixed');
    await applyPool('born-asleep', { suspend: true, scaling: FROM.Auto });
    await carriedOut('born-asleep', 'Auto');
    await recording.caughtUp();
    expect(recording.values).to.deep.equal([0]);
    await applyPool('born-asleep', { scaling: FROM.Auto });
    await eventually('workers come', async () => (await deployment('born-asleep')).spec.replicas === 3);
    await recording.caughtUp();
    tell('born suspended, Auto → Fixed → Auto, resumed', recording);
    expect(recording.values).to.deep.equal([0, 3]);
  });

  it('an edited autoscaler is mended, a deleted one made anew, a stranger of its name left alone', async () => {
    await begin('mended', 'Auto');
    const path = `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers/preview-mended`;
    const max = async () => (await client.get<{ spec: { maxReplicas: number } }>(path)).spec.maxReplicas;
    await client.mergePatch(path, { spec: { maxReplicas: 90 } });
    await eventually('it is mended', async () => (await max()) === 9);
    await client.delete(path);
    await eventually('it is there again', async () => (await max()) === 9);
    const stranger = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'preview-strange' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' }, maxReplicas: 2 },
    };
    await client.create(path.replace('/preview-mended', ''), stranger);
    await applyPool('strange', { scaling: FROM.Auto });
    await eventually('it is said', async () =>
      JSON.stringify(await client.get(`${POOLS_PATH(NAMESPACE)}/strange`)).includes(
        'HorizontalPodAutoscaler preview-strange exists',
      ),
    );
    await applyPool('strange', { scaling: FROM.Fixed });
    await eventually('the pool goes on without', async () => (await deployment('strange')).spec.replicas === 5);
    expect((await autoscaler('strange'))?.metadata.ownerReferences).to.equal(undefined);
  });

  it('without metrics the pool says so, keeps its workers, and costs no write', async () => {
    await begin('blind', 'Auto');
    const condition = await eventually('it is said', async () => {
      const { status } = await client.get<{
        status: { conditions?: { type: string; reason: string; message: string }[] };
      }>(`${POOLS_PATH(NAMESPACE)}/blind`);
      return status.conditions?.find(
        ({ type, reason }) => type === 'AutoscalingActive' && reason === 'MetricsUnavailable',
      );
    });
    expect(condition.message).to.match(/FailedGetContainerResourceMetric.*; the workers stay as many as they are/s);
    await quiet(proxy.writes);
    proxy.forget();
    await throughout(3 * HPA_SYNC_SECONDS, async () => expect((await deployment('blind')).spec.replicas).to.equal(5));
    expect(proxy.writes()).to.deep.equal([]);
    await operator.stop();
    await start();
    const { items } = await client.list<KubeObject>(POOLS_PATH(NAMESPACE));
    await eventually(
      'every pool was reconciled',
      async () => (await operator.metric('controller_runtime_reconcile_total')) >= items.length,
    );
    expect(proxy.writes(), 'after a restart').to.deep.equal([]);
  });

  it('the table of pools shows the bounds where it is asked for', async () => {
    const table = await cluster.kubectl(['get', 'pwp', 'blind', '-n', NAMESPACE, '-o', 'wide']);
    expect(table.split('\n')[0]).to.match(/IMAGE +MIN +MAX +MESSAGE/);
    expect(table).to.match(/Auto .* 3 +9 /);
  });
});
