import { expect } from 'chai';
import type { KubeObject } from '../../../operator/kube/object.ts';
import type { PoolStatus } from '../../../operator/pool/spec.generated.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { POOLS_PATH, quiet } from '../operator.ts';
import { FROM, HPA_SYNC_SECONDS, NAMESPACE, type ScaledPools, startScaledPools } from './scaled-pools.ts';

describe('a pool in mode Auto', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  before(async () => {
    pools = await startScaledPools();
  });
  afterEach(() => pools.stopRecording());
  after(() => pools?.stop());

  for (const [mode, born] of [
    ['Fixed', 5],
    ['Auto', 3],
    ['External', 1],
  ] as const) {
    it(`a Deployment in mode ${mode} is born with ${born}`, async () => {
      const name = `born-${mode}`.toLowerCase();
      const recorded = await pools.record(name);
      await pools.applyPool(name, { scaling: FROM[mode] });
      await pools.carriedOut(name, mode);
      await recorded.caughtUp();
      pools.tell(`born in ${mode}`, recorded.values);
      expect(recorded.values).to.deep.equal([born]);
    });
  }

  it('suspended goes to 0 at once and stays there, and resumes at minReplicas', async () => {
    const recorded = await pools.begin('asleep', 'Auto');
    await pools.applyPool('asleep', { suspend: true, scaling: FROM.Auto });
    await pools.has('asleep', 0);
    await eventually('the autoscaler is off', async () =>
      (await pools.autoscaler('asleep'))?.status?.conditions?.some(({ reason }) => reason === 'ScalingDisabled'),
    );
    await throughout(3 * HPA_SYNC_SECONDS, async () =>
      expect((await pools.deployment('asleep')).spec.replicas).to.equal(0),
    );
    await pools.scale('asleep', 4);
    await pools.has('asleep', 0);
    await pools.applyPool('asleep', { suspend: false, scaling: FROM.Auto });
    await pools.has('asleep', 3);
    await recorded.caughtUp();
    pools.tell('Auto suspended, scaled by hand to 4, resumed', recorded.values);
    expect(recorded.values).to.deep.equal([5, 0, 4, 0, 3]);
  });

  it('a suspended pool is born with 0, and changes its mode asleep', async () => {
    const recorded = await pools.record('born-asleep');
    for (const mode of ['Auto', 'Fixed', 'Auto'] as const) {
      await pools.applyPool('born-asleep', { suspend: true, scaling: FROM[mode] });
      await pools.carriedOut('born-asleep', mode);
    }
    await recorded.caughtUp();
    expect(recorded.values).to.deep.equal([0]);
    await pools.applyPool('born-asleep', { scaling: FROM.Auto });
    await pools.has('born-asleep', 3);
    await recorded.caughtUp();
    pools.tell('born suspended, Auto → Fixed → Auto, resumed', recorded.values);
    expect(recorded.values).to.deep.equal([0, 3]);
  });

  it('scaled to 0 by hand it comes back with minReplicas: its autoscaler would not', async () => {
    const recorded = await pools.begin('emptied', 'Auto');
    await pools.scale('emptied', 0);
    await pools.has('emptied', 3);
    await recorded.caughtUp();
    pools.tell('Auto, scaled by hand to 0', recorded.values);
    expect(recorded.values).to.deep.equal([5, 0, 3]);
  });

  it('an edited autoscaler is mended, a deleted one made anew, a stranger of its name left alone', async () => {
    const { client } = pools;
    await pools.begin('mended', 'Auto');
    const path = pools.autoscalerPath('mended');
    const mended = async () => (await pools.autoscaler('mended'))?.spec.maxReplicas === 9;
    await client.mergePatch(path, { spec: { maxReplicas: 90 } });
    await eventually('it is mended', mended);
    await client.delete(path);
    await eventually('it is there again', mended);
    const stranger = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'preview-strange' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other' }, maxReplicas: 2 },
    };
    await client.create(path.replace('/preview-mended', ''), stranger);
    await pools.applyPool('strange', { scaling: FROM.Auto });
    await eventually('it is said', async () =>
      JSON.stringify(await client.get(pools.poolPath('strange'))).includes(
        'HorizontalPodAutoscaler preview-strange exists',
      ),
    );
    await pools.applyPool('strange', { scaling: FROM.Fixed });
    await pools.has('strange', 5);
    expect((await pools.autoscaler('strange'))?.metadata.ownerReferences).to.equal(undefined);
  });

  it('without metrics it says so, keeps its workers, and costs no write', async () => {
    const { client, proxy } = pools;
    await pools.begin('blind', 'Auto');
    const condition = await eventually('it is said', async () => {
      const { status } = await client.get<{
        status: { conditions?: { type: string; reason: string; message: string }[] };
      }>(pools.poolPath('blind'));
      return status.conditions?.find(
        ({ type, reason }) => type === 'AutoscalingActive' && reason === 'MetricsUnavailable',
      );
    });
    expect(condition.message).to.match(/FailedGetContainerResourceMetric.*; the workers stay as many as they are/s);
    await eventually(
      'it is said of each',
      async () => {
        const { items } = await client.list<KubeObject & { spec: { scaling: { mode: string } }; status: PoolStatus }>(
          POOLS_PATH(NAMESPACE),
        );
        return items
          .filter(({ spec }) => spec.scaling.mode === 'Auto')
          .every(({ status }) => status.conditions?.some(({ reason }) => reason === 'MetricsUnavailable'));
      },
      { seconds: 60, every: 250 },
    );
    await quiet(proxy.writes);
    proxy.forget();
    await throughout(3 * HPA_SYNC_SECONDS, async () =>
      expect((await pools.deployment('blind')).spec.replicas).to.equal(5),
    );
    expect(proxy.writes()).to.deep.equal([]);
    await pools.stopTheOperator();
    const operator = await pools.startTheOperator();
    const { items } = await client.list<KubeObject>(POOLS_PATH(NAMESPACE));
    await eventually(
      'every pool was reconciled',
      async () => (await operator.metric('controller_runtime_reconcile_total')) >= items.length,
    );
    expect(proxy.writes(), 'after a restart').to.deep.equal([]);
  });

  it('the table of pools shows the bounds where it is asked for', async () => {
    const table = await pools.cluster.kubectl(['get', 'pwp', 'blind', '-n', NAMESPACE, '-o', 'wide']);
    expect(table.split('\n')[0]).to.match(/IMAGE .*MIN +MAX +TARGET WAIT +MESSAGE/);
    expect(table).to.match(/Auto .* 3 +9 /);
  });
});
