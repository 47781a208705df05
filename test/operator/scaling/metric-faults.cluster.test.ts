import { Queue } from 'bullmq';
import { expect } from 'chai';
import { POOL_LABEL } from '../../../operator/pool/names.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { API_SERVICE } from '../../../operator/scaling/metrics-api.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { freePorts } from '../../cluster/ports.ts';
import { HPA_SYNC_SECONDS, type ScaledPools, startScaledPools } from './scaled-pools.ts';

const API_PATH = `/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`;
/** Backfill that nobody takes, a second each and to be cleared in 15 s: 4 slots of it, then 10. */
const JOBS = { first: 60, more: 90 } as const;
const WORKERS = { first: 2, after: 5 } as const;

describe('a number of workers while what tells it is broken', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  const queues: Queue[] = [];
  before(async () => {
    pools = await startScaledPools({ metricsApi: true });
  });
  afterEach(() => pools.stopRecording());
  after(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    await pools?.stop();
  });

  /** There is no kubelet here to say so. Without it nothing more would be asked for after a while. */
  const makeReady = async (name: string) => {
    const conditions = [{ type: 'Ready', status: 'True' }];
    const ofPool = { labelSelector: `${POOL_LABEL}=${name}` };
    await eventually('its pods are ready', async () => {
      const { items } = await pools.client.list('/api/v1/namespaces/default/pods', ofPool);
      for (const { metadata } of items)
        await pools.client.mergePatch(`/api/v1/namespaces/default/pods/${metadata.name}/status`, {
          status: { conditions },
        });
      return items.length === WORKERS.first;
    });
  };
  const replicasOf = async (name: string) => (await pools.deployment(name)).spec.replicas;
  const says = (name: string, wanted: string) =>
    eventually(
      `${name} says AutoscalingActive ${wanted}`,
      async () => {
        const { status } = await pools.client.get<Pool>(pools.poolPath(name));
        const condition = status?.conditions?.find(({ type }) => type === 'AutoscalingActive');
        return `${condition?.status} ${condition?.reason}` === wanted;
      },
      { seconds: 90 },
    );
  /** As many as the law asks for, for jobs that nobody takes. */
  const steady = async (name: string) => {
    const queue = new Queue(name, { connection: { host: '127.0.0.1', port: pools.redis.port } });
    queue.on('error', () => {});
    queues.push(queue);
    const add = (jobs: number) =>
      queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'job', data: {}, opts: { priority: 1_000_000 } })));
    await pools.applyPool(name, {
      scaling: {
        mode: 'Auto',
        auto: {
          provider: 'ExternalMetrics',
          maxReplicas: 30,
          scaleDownWindowSeconds: 0,
          backfillTargetWaitSeconds: 30,
        },
      },
    });
    await add(JOBS.first);
    await pools.has(name, WORKERS.first);
    await makeReady(name);
    await says(name, 'True AsExpected');
    return add;
  };

  for (const { fault, reason, begin, end } of [
    {
      fault: 'Redis is frozen',
      reason: 'LoadUnknown',
      begin: async () => {
        process.kill(pools.redis.pid, 'SIGSTOP');
        return () => process.kill(pools.redis.pid, 'SIGCONT');
      },
      end: async () => {},
    },
    {
      fault: 'the metrics API leads nowhere',
      reason: 'MetricsUnavailable',
      begin: async () => {
        const [nobody] = await freePorts(1);
        await pools.client.mergePatch(API_PATH, { spec: { service: { port: nobody } } });
        return () => {};
      },
      end: () => pools.client.mergePatch(API_PATH, { spec: { service: { port: pools.metricsPort } } }),
    },
  ])
    it(`is held when ${fault}, which a condition tells, and follows the law again afterwards, never above it`, async () => {
      const name = reason.toLowerCase();
      const add = await steady(name);
      const recorded = await pools.record(name);
      const undo = await begin();
      try {
        if (reason !== 'LoadUnknown') await add(JOBS.more);
        await says(name, `False ${reason}`);
        await throughout(3 * HPA_SYNC_SECONDS, async () => expect(await replicasOf(name)).to.equal(WORKERS.first));
      } finally {
        undo();
        await end();
      }
      const recovered = performance.now();
      if (reason === 'LoadUnknown') await add(JOBS.more);
      await pools.has(name, WORKERS.after);
      const syncs = (performance.now() - recovered) / 1_000 / HPA_SYNC_SECONDS;
      await throughout(3 * HPA_SYNC_SECONDS, async () => {});
      await says(name, 'True AsExpected');
      await recorded.caughtUp();
      pools.tell(`${fault}; the law's number ${syncs.toFixed(1)} syncs after its end`, recorded.values);
      expect([...new Set(recorded.values)]).to.deep.equal([...recorded.values]);
      expect([recorded.values[0], Math.max(...recorded.values)]).to.deep.equal([WORKERS.first, WORKERS.after]);
    });
});
