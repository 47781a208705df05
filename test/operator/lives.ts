/** One operator behind a proxy that breaks things, and lives of pools that have to end as a life without a fault does. */
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts';
import { adminClient, installCrd, type RunningOperator, startOperator } from './operator.ts';
import { births, differences, type Leaves, live } from './pool-life.ts';

export interface Lives {
  readonly cluster: ControlPlane;
  readonly redis: TestRedis;
  readonly client: KubeClient;
  readonly proxy: FaultProxy;
  /** Of a life without a fault: what was made and deleted, how many writes it took. */
  readonly clean: { readonly births: readonly string[]; readonly writes: number };
  operator(): Promise<RunningOperator>;
  /** With SIGKILL; another one is started at once. */
  kill(): Promise<void>;
  /** Without one in between. */
  restart(): Promise<RunningOperator>;
  /** One more life, which has to end in the same state, with nothing made or deleted twice. */
  isAsClean(): Promise<void>;
  stop(): Promise<void>;
}

export async function startLives({ flags = [] }: { flags?: readonly string[] } = {}): Promise<Lives> {
  // Without controllers nothing moves but what the operator moves.
  const [cluster, redis] = await Promise.all([startControlPlane({ controllers: false }), startRedis()]);
  await installCrd(cluster);
  const client = adminClient(cluster);
  const proxy = await startFaultProxy(cluster);
  const start = async () => {
    const started = await startOperator({ server: proxy.url, adminToken: cluster.adminToken, flags });
    await started.ready();
    return started;
  };
  let operator = start();
  const end = async () => (await operator.catch(() => undefined))?.stop();
  let count = 0;
  const life = async () => {
    count += 1;
    const namespace = `life-${count}`;
    const begin = proxy.writes().length;
    const left = await live({ client, redisUrl: redis.url, namespace, writes: proxy.writes, running: () => operator });
    const writes = proxy.writes().slice(begin);
    return { left, births: births(writes, namespace), writes: writes.length };
  };
  const stop = async () => {
    await end();
    await client.close();
    await proxy.stop();
    await Promise.all([cluster.stop(), redis.stop()]);
  };
  let clean: Awaited<ReturnType<typeof life>>;
  /** What differs between two lives without a fault: names, times and the like. */
  let varies: ReadonlySet<string>;
  try {
    clean = await life();
    varies = new Set(differences((await life()).left, clean.left));
  } catch (error) {
    await stop();
    throw error;
  }
  const isAsClean = async () => {
    const { left, births: made }: { left: Leaves; births: string[] } = await life();
    expect(differences(left, clean.left).filter((path) => !varies.has(path))).to.deep.equal([]);
    expect(made).to.deep.equal(clean.births);
  };
  return {
    ...{ cluster, redis, client, proxy, clean, isAsClean, stop },
    operator: () => operator,
    kill: async () => {
      const { process: victim } = await operator;
      victim.kill('SIGKILL');
      await victim.exited;
      // What is left of it is its folder.
      await end();
      operator = start();
    },
    restart: async () => {
      await end();
      operator = start();
      return operator;
    },
  };
}
