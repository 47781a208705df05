/** Many pools on few connections, each looked at in its turn, and none held up by a Redis that is silent. */
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { Pool } from '../../../operator/pool/pool.ts';
import { RedisConnections } from '../../../operator/redis/connections.ts';
import { endpointOfUrl } from '../../../operator/redis/endpoint.ts';
import { Loads } from '../../../operator/scaling/loads.ts';
import { eventually } from '../../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';

const MANY = 200;

describe('the loads of many pools', function () {
  this.timeout(60_000);
  let servers: [TestRedis, TestRedis];
  let connections: RedisConnections;
  let loads: Loads;
  let pools: Pool[];
  const problems = new Map<string, string | undefined>();

  const poolOn = (name: string, url: string, more: object = {}): Pool =>
    ({
      metadata: { namespace: 'default', name, uid: name, generation: 1, ...more },
      spec: { queue: { name, prefix: 'bull', redis: { url } } },
      status: { replicas: 2 },
    }) as unknown as Pool;

  beforeEach(async () => {
    servers = await Promise.all([startRedis(), startRedis()]);
    const [first, second] = servers;
    pools = Array.from({ length: MANY }, (_, at) => poolOn(`pool-${at}`, (at % 2 === 0 ? first : second).url));
    connections = new RedisConnections();
    loads = new Loads({
      pools: () => pools,
      connections,
      endpointOf: async ({ spec }) => endpointOfUrl(spec.queue.redis.url ?? '') ?? { message: 'no such URL' },
      everySeconds: 1,
      onProblem: (pool, message) => problems.set(pool, message),
    });
    loads.start();
  });
  afterEach(async () => {
    loads?.stop();
    connections?.close();
    problems.clear();
    await Promise.all(servers.map((server) => server.stop()));
  });

  const loadOf = (name: string) => loads.of(`default/${name}`)?.load;
  const known = (odd: 0 | 1) => pools.filter(({ metadata }, at) => at % 2 === odd && loadOf(metadata.name)).length;

  it('come by one connection for each Redis, each pool as often as the others', async () => {
    await eventually('all are known', () => known(0) + known(1) === MANY);
    expect(connections.size).to.equal(2);
    const first = new Redis(servers[0].url);
    const looks = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await first.info('commandstats'))?.[1]);
    try {
      const at = loadOf('pool-0')?.at ?? 0;
      const before = await looks();
      await eventually('five rounds are over', () => (loadOf('pool-0')?.at ?? 0) - at > 5);
      const rounds = (await looks()) / (MANY / 2) - before / (MANY / 2);
      // The clock of the machine counts, not that of the rounds: one that is late is not made up for.
      expect(rounds).to.be.within(2, ((loadOf('pool-0')?.at ?? 0) - at) * 1.2 + 1);
    } finally {
      first.disconnect();
    }
  });

  it('are held up by no Redis that is silent, and have none of it', async () => {
    await eventually('all are known', () => known(0) + known(1) === MANY);
    process.kill(servers[1].pid, 'SIGSTOP');
    try {
      await eventually('nothing is known of half of them', () => known(1) === 0);
      await eventually('it is told', () => problems.get('default/pool-1') !== undefined);
      const at = loadOf('pool-0')?.at ?? 0;
      await eventually('the others go on', () => known(0) === MANY / 2 && (loadOf('pool-0')?.at ?? 0) > at + 3);
    } finally {
      process.kill(servers[1].pid, 'SIGCONT');
    }
    await eventually('all are known again', () => known(1) === MANY / 2);
    expect([problems.has('default/pool-1'), problems.get('default/pool-1')]).to.deep.equal([true, undefined]);
  });

  it('end with their pools, or when those are not to be looked at, with the connections', async () => {
    await eventually('all are known', () => known(0) + known(1) === MANY);
    await eventually('workers cost', () => (loads.of('default/pool-2')?.workerSeconds ?? 0) >= 2);
    const off = { annotations: { 'previews.mobius.dev/reconcile': 'disabled' } };
    pools = [poolOn('pool-0', servers[0].url), poolOn('pool-1', servers[1].url, off)];
    await eventually('one is left', () => connections.size === 1);
    expect(loads.of('default/pool-1')).to.equal(undefined);
    expect(loads.of('default/pool-2')).to.equal(undefined);
    expect(loadOf('pool-0')).to.not.equal(undefined);
  });
});
