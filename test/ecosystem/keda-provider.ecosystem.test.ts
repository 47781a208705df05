/** Pools that KEDA scales by the number that the operator answers it. Needs Go and its module proxy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import type { Pool } from '../../operator/pool/pool.ts';
import { eventually } from '../cluster/eventually.ts';
import { HPA_SYNC_SECONDS, type ScaledPools, startScaledPools } from '../operator/scaling/scaled-pools.ts';
import { installKedaCrds, type Keda, startKeda } from './keda.ts';

const auto = (changes: object = {}) => ({
  scaling: {
    mode: 'Auto',
    auto: { maxReplicas: 6, scaleToZeroAfterSeconds: 4, scaleDownWindowSeconds: 0, ...changes },
  },
});
/** With so many jobs that each that goes by the queue wants all of them. */
const FIVE = { minReplicas: 2, maxReplicas: 5 };
const PLENTY = 2_000;
/** Two looks of KEDA. */
const SETTLE_SECONDS = 20;

describe('pools that KEDA scales', function () {
  this.timeout(300_000);
  let pools: ScaledPools;
  let keda: Keda;
  const queues: Queue[] = [];

  before(async () => {
    pools = await startScaledPools({ beforeControllers: installKedaCrds });
    // Whose the group is is looked at when the operator starts.
    await pools.stopTheOperator();
    keda = await startKeda(pools.cluster);
    await pools.startTheOperator();
  });
  afterEach(() => pools.stopRecording());
  after(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    await keda?.stop();
    await pools?.stop();
  });

  const queueOf = (name: string) => {
    const queue = new Queue(name, { connection: { host: '127.0.0.1', port: pools.redis.port } });
    queues.push(queue);
    return queue;
  };
  const add = (queue: Queue, jobs: number) =>
    queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'job', data: {} })));
  const pool = (name: string) => pools.client.get<Pool>(pools.poolPath(name));
  const provider = (name: string, wanted: string) =>
    eventually(`${name} is scaled by ${wanted}`, async () => (await pool(name)).status?.provider === wanted, {
      seconds: 60,
    });
  const works = (name: string) =>
    eventually(
      `the autoscaling of ${name} works`,
      async () =>
        (await pool(name)).status?.conditions?.find(
          ({ type, status }) => type === 'AutoscalingActive' && status === 'True',
        ),
      { seconds: 90 },
    );
  const writers = async (name: string) =>
    (
      await pools.client.get<Pool & { metadata: { managedFields: { manager: string; subresource?: string }[] } }>(
        pools.pathOf(name),
      )
    ).metadata.managedFields.flatMap(({ manager, subresource }) => (subresource === 'scale' ? [manager] : []));

  it('are those of Auto where the group is KEDA’s: it wakes them, follows the number and puts them to sleep', async () => {
    await pools.applyPool('asked', auto());
    await provider('asked', 'KEDA');
    expect((await works('asked')).message).to.match(/^KEDA looks each 10 s/);
    await pools.has('asked', 0);
    const recorded = await pools.record('asked');
    const queue = queueOf('asked');
    await add(queue, 3);
    await eventually('it is awake', async () => (await pools.deployment('asked')).spec.replicas > 0, { seconds: 60 });
    await add(queue, 2_000);
    await pools.has('asked', 6);
    await queue.obliterate({ force: true });
    await pools.has('asked', 0);
    await recorded.caughtUp();
    pools.tell('KEDA: 3 jobs, 2,000 more, none', recorded.values);
    expect([recorded.values[0], Math.max(...recorded.values), recorded.values.at(-1)]).to.deep.equal([0, 6, 0]);
    expect(await writers('asked')).to.not.include('preview-worker-operator-activator');
  });

  it('are suspended at once, stay at 0 whatever comes, and come back', async () => {
    await pools.applyPool('held', auto({ minReplicas: 2 }));
    await pools.has('held', 2);
    await works('held');
    const recorded = await pools.record('held');
    await pools.applyPool('held', { ...auto({ minReplicas: 2 }), suspend: true });
    await pools.has('held', 0);
    await add(queueOf('held'), 500);
    await sleep(SETTLE_SECONDS * 1000);
    await recorded.caughtUp();
    pools.tell('KEDA: 2, suspended, 500 jobs', recorded.values);
    expect(recorded.values).to.deep.equal([2, 0]);
    await pools.applyPool('held', auto({ minReplicas: 2 }));
    await eventually('it is back', async () => (await pools.deployment('held')).spec.replicas >= 2, { seconds: 60 });
  });

  const CHANGES: readonly (readonly [string, string])[] = [
    ['Direct', 'KEDA'],
    ['KEDA', 'Direct'],
    ['Fixed', 'KEDA'],
    ['KEDA', 'Fixed'],
    ['CPU', 'KEDA'],
    ['KEDA', 'CPU'],
  ];
  const scaledBy = (who: string) => {
    if (who === 'Fixed') return { scaling: { mode: 'Fixed', replicas: 5 } };
    return auto({ ...FIVE, provider: who, ...(who === 'CPU' ? { targetCPUUtilizationPercentage: 75 } : {}) });
  };
  for (const [from, to] of CHANGES) {
    it(`keep their workers from ${from} to ${to}`, async () => {
      const name = `${from}-${to}`.toLowerCase();
      await add(queueOf(name), PLENTY);
      await pools.applyPool(name, scaledBy(from));
      if (from !== 'Fixed') await provider(name, from);
      if (from === 'KEDA') await works(name);
      if (from !== 'Fixed') await pools.scale(name, 5);
      await pools.has(name, 5);
      const recorded = await pools.record(name);
      await pools.applyPool(name, scaledBy(to));
      if (to === 'KEDA') await works(name);
      await sleep((to === 'KEDA' ? SETTLE_SECONDS : 3 * HPA_SYNC_SECONDS) * 1000);
      await recorded.caughtUp();
      pools.tell(`${from} → ${to}`, recorded.values);
      expect(recorded.values).to.deep.equal([5]);
    });
  }
});
