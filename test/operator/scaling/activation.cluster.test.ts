import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { eventually } from '../../cluster/eventually.ts';
import { POOLS_PATH, quiet } from '../operator.ts';
import { NAMESPACE, OWNER, type ScaledPools, startScaledPools } from './scaled-pools.ts';

const FULL = process.env['FAULTS_FULL'] === '1';
const TRIES = 50;
/** Asleep at the same time, on one Redis. */
const POOLS = Number(process.env['SLEEPERS'] ?? (FULL ? 1_000 : TRIES));
const AT_ONCE = 20;
/** Of HorizontalPodAutoscalers, as they are unless told otherwise. */
const HPA_SYNC_MS = 15_000;
const ASKED = FULL ? POOLS : 10;
const IDLE_SECONDS = FULL ? 60 : 5;

describe(`${POOLS} pools that sleep`, function () {
  this.timeout(120_000 + POOLS * 1_000);
  let pools: ScaledPools;
  let redis: Redis;
  before(async () => {
    pools = await startScaledPools({ metricsApi: true });
    redis = new Redis(pools.redis.port, '127.0.0.1');
  });
  after(async () => {
    redis?.disconnect();
    await pools?.stop();
  });

  const name = (pool: number) => `sleeper-${pool}`;
  const applyAll = async () => {
    let next = 0;
    const apply = async () => {
      while (next < POOLS)
        await pools.applyPool(name(next++), {
          scaling: { mode: 'Auto', auto: { provider: 'Direct', minReplicas: 0, maxReplicas: 3 } },
        });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, apply));
  };
  /** What Redis has done so far: commands, those of scripts among them, and seconds of CPU. */
  const done = async () => {
    const info = await redis.info();
    const of = (field: string) => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1]);
    return { commands: of('total_commands_processed'), cpu: of('used_cpu_user') + of('used_cpu_sys') };
  };

  it('each wake for a job of their own, by one connection that listens for all', async () => {
    await applyAll();
    await eventually(
      'all are asleep',
      async () => {
        const { items } = await pools.client.list<KubeObject & { status?: { conditions?: { reason: string }[] } }>(
          POOLS_PATH(NAMESPACE),
        );
        const deployments = await pools.client.list<KubeObject>(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`);
        return (
          items.every(({ status }) => status?.conditions?.some(({ reason }) => reason === 'ScaledToZero')) &&
          // A number is handed over with the look that follows its birth.
          deployments.items.every(({ metadata }) => metadata.annotations?.[OWNER] === 'autoscaler')
        );
      },
      { seconds: 60 + POOLS, every: 1_000 },
    );
    await quiet(pools.proxy.writes);
    const before = await done();
    const since = performance.now();
    await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
    const [after, idle] = [await done(), (performance.now() - since) / 1000];
    const rate = (after.commands - before.commands) / idle;
    const share = (after.cpu - before.cpu) / idle;
    const clients = String(await redis.client('LIST')).split('\n');
    expect(clients.filter((client) => client.includes('cmd=xread')).length, 'connections that listen').to.equal(1);

    const seconds: number[] = [];
    for (let turn = 0; turn < TRIES; turn += 1) {
      const pool = name(Math.floor((turn * POOLS) / TRIES));
      const queue = new Queue(pool, { connection: { host: '127.0.0.1', port: pools.redis.port } });
      await queue.waitUntilReady();
      const isScale = ({ path, code }: { path: string; code: number }) =>
        path.includes(`/deployments/preview-${pool}/scale`) && code === 200;
      const begun = performance.now();
      await queue.add('job', {});
      await eventually('it has a worker', () => pools.proxy.requests.some(isScale), { every: 2 });
      seconds.push((performance.now() - begun) / 1000);
      await queue.close();
    }
    seconds.sort((one, other) => one - other);
    const [median = 0, late = 0] = [seconds[Math.floor(TRIES / 2)], seconds[Math.floor(TRIES * 0.95)]];
    console.log(
      `      ${POOLS} pools asleep: ${rate.toFixed(1)} Redis commands a second, ${(share * 100).toFixed(1)} % of a CPU; a job wakes its pool after p50 ${(median * 1000).toFixed(0)} ms, p95 ${(late * 1000).toFixed(0)} ms (${TRIES} tries)`,
    );
  });

  it('are all told of to whoever asks for each of them every 15 s', async () => {
    await eventually(
      'its load is known for long enough',
      () => pools.metric(name(0)).then(Number.isFinite, () => false),
      {
        seconds: 60,
      },
    );
    const asked = Math.min(POOLS, ASKED);
    const milliseconds = async (ask: (pool: string) => Promise<unknown>) => {
      const begun = performance.now();
      const took: Promise<number>[] = [];
      for (let pool = 0; pool < asked; pool += 1) {
        const due = begun + (pool * HPA_SYNC_MS) / POOLS;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
        const sent = performance.now();
        took.push(ask(name(pool)).then(() => performance.now() - sent));
      }
      const sorted = (await Promise.all(took)).sort((one, other) => one - other);
      return { p50: sorted[Math.floor(asked / 2)] ?? 0, p99: sorted[Math.floor(asked * 0.99)] ?? 0 };
    };
    const metric = await milliseconds(pools.metric);
    const object = await milliseconds((pool) => pools.client.get(pools.poolPath(pool)));
    const words = ({ p50, p99 }: typeof metric) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    console.log(
      `      ${asked} numbers of ${POOLS} pools, one each ${(HPA_SYNC_MS / POOLS).toFixed(0)} ms: ${words(metric)}; reading the pool itself from the API server: ${words(object)}`,
    );
  });
});
