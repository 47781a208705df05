import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { conditionOf, type Pool } from '../../operator/pool/pool.ts';
import { eventually, throughout } from '../cluster/eventually.ts';
import { figure } from '../faults/figures.ts';
import { type Lives, startLives } from './lives.ts';
import { POOLS_PATH, quiet } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

const FULL = process.env['FAULTS_FULL'] === '1';
const DOWN_SECONDS = FULL ? 60 : 5;
const CUT_OFF_SECONDS = FULL ? 45 : 5;
const IDLE_SECONDS = FULL ? 600 : 5;
/** A server sends a bookmark each minute: in between every watch is opened anew. */
const SILENCE_SECONDS = 3;
const EXPIRED = JSON.stringify({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } });
const TRUNCATED = '{"type":"MODIFIED","object":{"metadata":{"name":"li';

describe('the operator, whose API server and Redis come and go', function () {
  this.timeout(120_000 + (DOWN_SECONDS + CUT_OFF_SECONDS + IDLE_SECONDS) * 2_000);
  let lives: Lives;
  before(async () => {
    lives = await startLives({ flags: ['--watch-silence-seconds', String(SILENCE_SECONDS)] });
  });
  after(() => lives?.stop());
  // Of the faults before it one would still be waiting for longer and longer.
  beforeEach(() => lives.restart());

  const path = (name: string) => `${POOLS_PATH('default')}/${name}`;
  const apply = (name: string, slots = 2) =>
    lives.client.apply<Pool>(path(name), {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: {
        ...MINIMAL,
        queue: { name, redis: { url: lives.redis.url } },
        worker: { ...(MINIMAL['worker'] as object), slots },
      },
    });
  const slotsOf = async (name: string) => {
    const map = `/api/v1/namespaces/default/configmaps/preview-${name}-config`;
    const { data } = await lives.client.get<{ data: Record<string, string> }>(map);
    return JSON.parse(data['config.json'] ?? '{}').slots as number;
  };
  const redisReady = async (name: string) => conditionOf(await lives.client.get<Pool>(path(name)), 'RedisReady');
  const settled = async (name: string) => {
    await apply(name);
    await eventually('it is settled', async () => (await redisReady(name))?.status === 'True');
    await quiet(lives.proxy.writes);
  };
  /** A life, while `strike` is done again and again. */
  const whileStruck = async (everyMs: number, strike: (turn: number) => void) => {
    let strikes = 0;
    const timer = setInterval(() => strike(strikes++), everyMs);
    try {
      await lives.isAsClean();
    } finally {
      clearInterval(timer);
    }
    return strikes;
  };

  it('ends in the same state when every watch is broken again and again', async () => {
    const strikes = await whileStruck(150, () => lives.proxy.cutWatches());
    expect(strikes).to.be.at.least(10);
    figure(5, `every watch broken ${strikes} times in a pool's life: same end, made or deleted twice 0`);
  });

  it('ends in the same state when its watches are too old, or end within a line', async () => {
    const { proxy } = lives;
    let isOver = false;
    const strikes = await whileStruck(500, (turn) => {
      proxy.injectLine(turn % 2 === 0 ? EXPIRED : TRUNCATED);
      proxy.failNext({ match: ({ watch }) => watch && !isOver, status: 410 });
    });
    isOver = true;
    const { metric } = await lives.operator();
    expect(await metric('preview_operator_watch_problems_total')).to.be.at.least(10);
    figure(7, `410 as event and as answer, and a truncated line, ${strikes} times in a pool's life: same end, twice 0`);
  });

  it('ends in the same state when its watches hang without a word, and finds that by itself', async () => {
    const { proxy } = lives;
    // From its beginning, and once more when they were opened anew.
    let hangs = 0;
    await whileStruck(700, () => {
      if (hangs++ < 2) proxy.hangWatches();
    });
    expect(hangs).to.be.at.least(1);
    await settled('hung');
    proxy.hangWatches();
    const begun = performance.now();
    await apply('hung', 7);
    await eventually('the change is carried out', async () => (await slotsOf('hung')) === 7);
    const seconds = (performance.now() - begun) / 1000;
    figure(
      8,
      `all watches hang in a pool's life: same end; a change is seen ${seconds.toFixed(1)} s later (a watch may be silent for ${SILENCE_SECONDS} s)`,
    );
  });

  it(`outlives an API server that is away for ${DOWN_SECONDS} s, and then does what was asked for meanwhile`, async () => {
    const { cluster, proxy } = lives;
    await settled('patient');
    const operator = await lives.operator();
    let ended: string | undefined;
    void operator.process.exited.then((how) => {
      ended = how;
    });
    await cluster.stopApiServer();
    await throughout(DOWN_SECONDS, async () => {
      expect(ended, 'the operator').to.equal(undefined);
      expect((await fetch(`${operator.url}/healthz`)).status).to.equal(200);
    });
    const begin = proxy.writes().length;
    await cluster.startApiServer();
    const begun = performance.now();
    await apply('patient', 5);
    await eventually('the change is carried out', async () => (await slotsOf('patient')) === 5, { seconds: 60 });
    const seconds = (performance.now() - begun) / 1000;
    await quiet(proxy.writes);
    const others = proxy
      .writes()
      .slice(begin)
      .filter(({ path: to, method }) => method === 'DELETE' || !/patient|\/events|\/status/.test(to));
    expect(others.map(({ method, path: to }) => `${method} ${to}`)).to.deep.equal([]);
    figure(
      6,
      `API server away for ${DOWN_SECONDS} s: a change is carried out ${seconds.toFixed(1)} s after it is back, other pools’ children written 0`,
    );
    await lives.isAsClean();
  });

  it(`keeps a pool as it is while its Redis is away for ${CUT_OFF_SECONDS} s, and says so`, async () => {
    const { client, proxy, redis } = lives;
    await settled('cut-off');
    const begin = proxy.writes().length;
    process.kill(redis.pid, 'SIGSTOP');
    try {
      // Else it looks within half a minute.
      await client.mergePatch(path('cut-off'), {
        metadata: { annotations: { 'previews.mobius.dev/requested-at': 'now' } },
      });
      await eventually('it is said', async () => (await redisReady('cut-off'))?.status === 'False', { seconds: 60 });
      await sleep(CUT_OFF_SECONDS * 1000);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
    const begun = performance.now();
    await eventually('it is well', async () => (await redisReady('cut-off'))?.status === 'True', { seconds: 60 });
    const seconds = (performance.now() - begun) / 1000;
    const others = proxy
      .writes()
      .slice(begin)
      .filter(({ path: to }) => to.includes('cut-off') && !to.includes('/status') && !to.includes('/events'));
    expect(others.map(({ method, path: to }) => `${method} ${to}`)).to.deep.equal([]);
    figure(
      18,
      `Redis away for ${CUT_OFF_SECONDS} s: RedisReady False, children written 0, True again after ${seconds.toFixed(1)} s`,
    );
  });

  it(`writes nothing in ${IDLE_SECONDS} idle seconds, nor after a restart`, async () => {
    const { client, proxy } = lives;
    await quiet(proxy.writes);
    proxy.forget();
    await throughout(IDLE_SECONDS, async () => expect(proxy.writes()).to.deep.equal([]));
    const operator = await lives.restart();
    const { items } = await client.list<Pool>('/apis/previews.mobius.dev/v1alpha1/previewworkerpools');
    await eventually(
      'every pool was looked at',
      async () => (await operator.metric('controller_runtime_reconcile_total')) >= items.length,
    );
    await quiet(proxy.writes);
    expect(proxy.writes().map(({ method, path: to }) => `${method} ${to}`)).to.deep.equal([]);
    figure(12, `${items.length} pools idle for ${IDLE_SECONDS} s, then a restart: writes 0`);
  });
});
