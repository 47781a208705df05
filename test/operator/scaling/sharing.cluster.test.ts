import { Queue } from 'bullmq';
import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { pwp } from '../cli/pwp.ts';
import { everyPodReady } from '../ready-pods.ts';
import { type Recording, recordReplicas } from './recorder.ts';
import { NAMESPACE, type ScaledPools, startScaledPools } from './scaled-pools.ts';

describe('pools that share a queue', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  let queue: Queue;
  const recordings: Recording[] = [];

  before(async () => {
    pools = await startScaledPools();
    queue = new Queue('shared', { connection: { host: '127.0.0.1', port: pools.redis.port } });
    queue.on('error', () => {});
  });
  after(async () => {
    await Promise.all(recordings.map((recording) => recording.stop()));
    await queue?.close();
    await pools?.stop();
  });

  const apply = (name: string, changes: object = {}) => {
    const auto = { minReplicas: 0, maxReplicas: 6, scaleToZeroAfterSeconds: 2, scaleDownWindowSeconds: 0 };
    return pools.applyPool(name, {
      queue: { name: 'shared', redis: { url: pools.redis.url } },
      scaling: { mode: 'Auto', auto: { provider: 'Direct', ...auto } },
      ...changes,
    });
  };
  const says = (name: string, type: string, wanted: string) =>
    eventually(
      `${name} says ${type} ${wanted}`,
      async () => {
        const { status } = await pools.client.get<Pool>(pools.poolPath(name));
        const condition = status?.conditions?.find((one) => one.type === type);
        return condition && `${condition.status} ${condition.reason}` === wanted;
      },
      { seconds: 60 },
    );
  const record = async (name: string) => {
    const recording = await recordReplicas(pools.client, NAMESPACE, `preview-${name}`);
    recordings.push(recording);
    return recording;
  };
  /** All of them ready: of a pool whose workers never become it the others would take the part. */
  const has = async (name: string, workers: number) => {
    await pools.has(name, workers);
    if (workers > 0) await everyPodReady(pools.client, NAMESPACE, workers, name);
  };
  const add = (jobs: number) => queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'job', data: {} })));

  it('are woken for their part: one for one job, both for more, never for more than the queue has use for', async () => {
    await apply('a');
    await apply('b');
    for (const name of ['a', 'b']) {
      await says(name, 'AutoscalingActive', 'True AsExpected');
      await says(name, 'QueueShared', 'True QueueShared');
    }
    const [a, b] = [await record('a'), await record('b')];
    await queue.setGlobalConcurrency(8);
    await add(1);
    await has('a', 1);
    await throughout(3, async () => expect(b.values).to.deep.equal([0]));
    await add(2_000);
    // Eight slots, of two in each worker.
    await has('a', 2);
    await has('b', 2);
    const told = await pwp(
      { ...pools.cluster, token: pools.cluster.adminToken },
      ...['explain', 'b', '--operator', pools.operatorUrl()],
    );
    expect(told.stdout).to.match(/shared with a +8 slots for all of it, 0 are there anyway += 8 slots\n/);
    expect(told.stdout).to.match(/wanted +its 50 % of them, within 0 to 6 += 2 workers\n/);

    // A new process asks for no more before it knows of both.
    await pools.stopTheOperator();
    await pools.startTheOperator();
    await says('b', 'AutoscalingActive', 'True AsExpected');
    await throughout(3, async () =>
      expect([a.values, b.values]).to.deep.equal([
        [0, 1, 2],
        [0, 2],
      ]),
    );
  });

  it('rest while others are enough, and take all where another may not', async () => {
    await queue.setGlobalConcurrency(2);
    await has('b', 0);
    await has('a', 1);
    await apply('a', { suspend: true });
    await has('a', 0);
    await has('b', 1);
    await queue.setGlobalConcurrency(8);
    await has('b', 4);
  });

  it('leave to a Fixed one what its ready workers do', async () => {
    await apply('fixed', { scaling: { mode: 'Fixed', replicas: 3 } });
    await says('fixed', 'QueueShared', 'True QueueShared');
    await has('fixed', 3);
    await has('b', 1);
  });
});
