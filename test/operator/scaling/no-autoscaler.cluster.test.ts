import { Queue } from 'bullmq';
import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { eventually } from '../../cluster/eventually.ts';
import { everyPodReady } from '../ready-pods.ts';
import { NAMESPACE, type ScaledPools, startScaledPools } from './scaled-pools.ts';

const POOL = 'alone';

describe('a cluster in which nobody carries out HorizontalPodAutoscalers', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  let queue: Queue;
  before(async () => {
    pools = await startScaledPools({ metricsApi: true, withoutAutoscaler: true });
    queue = new Queue(POOL, { connection: { host: '127.0.0.1', port: pools.redis.port } });
  });
  after(async () => {
    await queue?.close();
    await pools?.stop();
  });

  const add = (jobs: number) => queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'job', data: {} })));
  const says = (status: string, reason: string) =>
    eventually(
      `the pool says AutoscalingActive ${status} ${reason}`,
      async () => {
        const { status: now } = await pools.client.get<Pool>(pools.poolPath(POOL));
        const found = now?.conditions?.find(({ type }) => type === 'AutoscalingActive');
        return found?.status === status && found.reason === reason;
      },
      { seconds: 60 },
    );

  it('still wakes its pools for a job and puts them to sleep, holds in between and says that none has looked', async () => {
    const auto = { maxReplicas: 6, scaleToZeroAfterSeconds: 2, scaleDownWindowSeconds: 0 };
    await pools.applyPool(POOL, { scaling: { mode: 'Auto', auto } });
    await eventually(
      'the pool is scaled by the metric',
      async () => (await pools.client.get<Pool>(pools.poolPath(POOL))).status?.provider === 'ExternalMetrics',
      { seconds: 60 },
    );
    const recording = await pools.record(POOL);
    await add(3);
    await pools.has(POOL, 1);
    await everyPodReady(pools.client, NAMESPACE, 1, POOL);
    await says('Unknown', 'NotChecked');

    await add(2_000);
    await eventually('more are wanted', async () => (await pools.metric(POOL).catch(() => 0)) === 6, { seconds: 60 });
    await says('Unknown', 'NotChecked');
    expect(recording.values).to.deep.equal([0, 1]);

    await queue.obliterate({ force: true });
    await pools.has(POOL, 0);
  });

  it('follows the number once there is one', async () => {
    await add(2_000);
    await pools.has(POOL, 6);
    await queue.obliterate({ force: true });
    await pools.has(POOL, 0);
    await pools.applyPool(POOL, { scaling: { mode: 'Auto', auto: { minReplicas: 1, maxReplicas: 6 } } });
    await pools.has(POOL, 1);
    await says('Unknown', 'NotChecked');
    pools.cluster.startAutoscaler();
    await says('True', 'AsExpected');
    await add(2_000);
    await pools.has(POOL, 6);
  });
});
