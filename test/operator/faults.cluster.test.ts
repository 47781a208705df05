import { expect } from 'chai';
import type { Pool } from '../../operator/pool/pool.ts';
import { childPath } from '../../operator/reconcile/observe.ts';
import { eventually } from '../cluster/eventually.ts';
import { figure } from '../faults/figures.ts';
import { isWrite, type RecordedRequest } from '../faults/proxy.ts';
import { type Lives, startLives } from './lives.ts';
import { POOLS_PATH, quiet } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';
import { childrenIn } from './pool-life.ts';

/** Without FAULTS_FULL every so many-th place of a kill. */
const STEP = process.env['FAULTS_FULL'] ? 1 : 7;

describe('the operator, whose process, watches and writes break', function () {
  this.timeout(STEP === 1 ? 1_800_000 : 300_000);
  let lives: Lives;
  before(async () => {
    lives = await startLives();
  });
  after(() => lives?.stop());

  it('ends in the same state, with nothing made or deleted twice, wherever it is killed', async () => {
    const { clean, proxy, kill, isAsClean } = lives;
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
    const { proxy, isAsClean } = lives;
    const { lost, stop: mend } = proxy.loseEachEvent();
    // Watches that are open already lose nothing.
    proxy.cutWatches();
    await isAsClean();
    mend();
    expect(lost(), 'events lost').to.be.greaterThan(10);
    figure(2, `each of ${lost()} watch events of a pool's life lost once with its connection: same end, made twice 0`);
  });

  it('writes nothing for a pool that went, and was made anew, while its watch said nothing', async () => {
    const { client, proxy, redis } = lives;
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
    const { metric } = await lives.operator();
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
      const { proxy, isAsClean } = lives;
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
