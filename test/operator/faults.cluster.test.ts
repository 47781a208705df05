import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { childPath } from '../../operator/reconcile/observe.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { figure } from '../faults/figures.ts';
import { type FaultProxy, isWrite, type RecordedRequest, startFaultProxy } from '../faults/proxy.ts';
import { adminClient, installCrd, POOLS_PATH, quiet, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';
import { births, childrenIn, differences, type Leaves, live } from './pool-life.ts';

/** Without FAULTS_FULL every so many-th place of a kill. */
const STEP = process.env['FAULTS_FULL'] ? 1 : 7;

describe('the operator, whose process, watches and writes break', function () {
  this.timeout(STEP === 1 ? 1_800_000 : 300_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: Promise<RunningOperator>;
  let count = 0;
  /** Of two lives without a fault: what is left, what was made and deleted, how many writes it took. */
  let clean: { readonly left: Leaves; readonly births: string[]; readonly writes: number };
  /** What differs between these two: names, times and the like. */
  let varies: ReadonlySet<string>;

  const start = async () => {
    const started = await startOperator({ server: proxy.url, adminToken: cluster.adminToken });
    await started.ready();
    return started;
  };
  const stop = async () => (await operator?.catch(() => undefined))?.stop();
  const kill = async () => {
    const { process: victim } = await operator;
    victim.kill('SIGKILL');
    await victim.exited;
    // What is left of it is its folder.
    await stop();
    operator = start();
  };
  const life = async () => {
    count += 1;
    const namespace = `life-${count}`;
    const begin = proxy.writes().length;
    const left = await live({ client, redisUrl: redis.url, namespace, writes: proxy.writes, running: () => operator });
    const writes = proxy.writes().slice(begin);
    return { left, births: births(writes, namespace), writes: writes.length };
  };
  const isAsClean = async () => {
    const { left, births: made } = await life();
    expect(differences(left, clean.left).filter((path) => !varies.has(path))).to.deep.equal([]);
    expect(made).to.deep.equal(clean.births);
  };

  before(async () => {
    // Without controllers nothing moves but what the operator moves.
    [cluster, redis] = await Promise.all([startControlPlane({ controllers: false }), startRedis()]);
    await installCrd(cluster);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
    operator = start();
    clean = await life();
    varies = new Set(differences((await life()).left, clean.left));
  });
  after(async () => {
    await stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  it('ends in the same state, with nothing made or deleted twice, wherever it is killed', async () => {
    expect(clean.births.length, 'made and deleted').to.be.at.least(9);
    const places = Array.from({ length: clean.writes * 2 }, (_, place) => place).filter((place) => place % STEP === 0);
    let kills = 0;
    for (const place of places) {
      const nth = Math.floor(place / 2);
      let writes = 0;
      let isOver = false;
      proxy.cutNext({
        match: (request) => !isOver && isWrite(request) && writes++ === nth,
        when: place % 2 === 0 ? 'before' : 'after',
        act: () => {
          kills += 1;
          return kill();
        },
      });
      await isAsClean();
      isOver = true;
    }
    // A life may do with a write less than the first one did; then there was nothing to kill at.
    expect(kills, 'kills').to.be.at.least(places.length * 0.75);
    figure(
      1,
      `${kills} kills before and after the ${clean.writes} writes of a pool's life: same end, made or deleted twice 0`,
    );
  });

  it('misses nothing when each event of its watches is lost once with its connection', async () => {
    const { lost, stop: mend } = proxy.loseEachEvent();
    // Watches that are open already lose nothing.
    proxy.cutWatches();
    await isAsClean();
    mend();
    expect(lost(), 'events lost').to.be.greaterThan(10);
    figure(2, `each of ${lost()} watch events of a pool's life lost once with its connection: same end, made twice 0`);
  });

  it('writes nothing for a pool that went, and was made anew, while its watch said nothing', async () => {
    const namespace = 'stale';
    await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const path = `${POOLS_PATH(namespace)}/pool`;
    const apply = () =>
      client.apply<Pool>(path, {
        apiVersion: 'previews.mobius.dev/v1alpha1',
        kind: 'PreviewWorkerPool',
        metadata: { name: 'pool' },
        spec: { ...MINIMAL, queue: { name: 'previews', redis: { url: redis.url } } },
      });
    const owners = async () =>
      (await childrenIn(client, namespace)).map(({ metadata }) => metadata.ownerReferences?.[0]?.uid);
    const { uid: first = '' } = (await apply()).metadata;
    await eventually('the pool is settled', async () => {
      const { status } = await client.get<Pool>(path);
      return status?.conditions?.some(({ reason }) => reason === 'WaitingForWorkers');
    });
    await quiet(proxy.writes);
    proxy.hangWatches('previewworkerpools');
    await client.delete(path);
    const { uid: second } = (await apply()).metadata;
    const begin = proxy.writes().length;
    const { metric } = await operator;
    const looks = await metric('controller_runtime_reconcile_total');
    // As the garbage collector does, which tells the operator of a pool that its cache still holds.
    for (const child of await childrenIn(client, namespace)) await client.delete(childPath(child));
    await eventually('it looks', async () => (await metric('controller_runtime_reconcile_total')) > looks);
    await quiet(proxy.writes);
    expect(proxy.writes().slice(begin)).to.deep.equal([]);
    proxy.cutWatches();
    await eventually('the new pool has its children', async () => {
      const uids = await owners();
      return uids.length >= 5 && uids.every((uid) => uid === second);
    });
    await quiet(proxy.writes);
    const stale = proxy.writes().filter(({ body }, index) => index >= begin && body.includes(first));
    expect(stale.map(({ method, path: to }) => `${method} ${to}`)).to.deep.equal([]);
    await client.delete(path);
    figure(3, 'a pool deleted and made anew behind a watch that hangs: writes for the old one 0');
  });

  for (const status of [409, 429, 500, 504]) {
    it(`ends in the same state when each of its writes is answered with ${status} once`, async () => {
      const refused = new Set<string>();
      let isOver = false;
      const isNew = (request: RecordedRequest) => {
        const write = `${request.method} ${request.path}`;
        return isWrite(request) && !refused.has(write) && refused.add(write).size > 0;
      };
      proxy.failNext({
        match: (request) => !isOver && isNew(request),
        status,
        times: Number.POSITIVE_INFINITY,
        headers: status === 429 ? { 'retry-after': '1' } : {},
      });
      await isAsClean();
      isOver = true;
      figure(9, `${status} once on each of ${refused.size} writes: same end, made or deleted twice 0`);
    });
  }
});
