import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { Pool } from '../../../operator/pool/pool.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { shownIn } from '../../documents/shown.ts';
import { pwp } from '../cli/pwp.ts';
import { FROM, type ScaledPools, startScaledPools } from './scaled-pools.ts';

const direct = (auto: object = {}) => ({
  scaling: {
    mode: 'Auto',
    auto: {
      ...{ provider: 'Direct', minReplicas: 0, maxReplicas: 6, scaleToZeroAfterSeconds: 2, scaleDownWindowSeconds: 0 },
      ...auto,
    },
  },
});

describe('a pool whose number of workers the operator takes from its queue', function () {
  this.timeout(240_000);
  const shown = shownIn('docs/scaling.md', import.meta.url);
  let pools: ScaledPools;
  const queues = new Map<string, Queue>();

  before(async () => {
    pools = await startScaledPools();
  });
  afterEach(() => pools.stopRecording());
  after(async () => {
    await Promise.all([...queues.values()].map((queue) => queue.close()));
    await pools?.stop();
  });

  const queueOf = (name: string): Queue => {
    const queue = queues.get(name) ?? new Queue(name, { connection: { host: '127.0.0.1', port: pools.redis.port } });
    queue.on('error', () => {});
    queues.set(name, queue);
    return queue;
  };
  const add = (name: string, jobs: number, options: object = {}) =>
    queueOf(name).addBulk(Array.from({ length: jobs }, () => ({ name: 'job', data: {}, opts: options })));
  const conditionOf = async (name: string, type: string) => {
    const { status } = await pools.client.get<Pool>(pools.poolPath(name));
    return status?.conditions?.find((condition) => condition.type === type);
  };
  const says = (name: string, type: string, wanted: string) =>
    eventually(
      `${name} says ${type} ${wanted}`,
      async () => {
        const condition = await conditionOf(name, type);
        return condition && `${condition.status} ${condition.reason}` === wanted && condition;
      },
      { seconds: 60 },
    );
  const explain = (...args: readonly string[]) =>
    pwp({ ...pools.cluster, token: pools.cluster.adminToken }, 'explain', ...args);
  /** At 0, looked at, and recorded from there. */
  const asleep = async (name: string, auto: object = {}) => {
    await pools.applyPool(name, direct(auto));
    await pools.has(name, 0);
    await says(name, 'AutoscalingActive', 'True AsExpected');
    return pools.record(name);
  };

  it('sleeps without work and is Ready, has no HorizontalPodAutoscaler, and wakes for a job', async () => {
    const recorded = await asleep('woken');
    await says('woken', 'Ready', 'True ScaledToZero');
    expect(await pools.autoscaler('woken')).to.equal(undefined);
    await add('woken', 1);
    await pools.has('woken', 1);
    await says('woken', 'Ready', 'False WaitingForWorkers');
    await recorded.caughtUp();
    pools.tell('Direct, 1 job', recorded.values);
    expect(recorded.values).to.deep.equal([0, 1]);
  });

  it('goes as far as the waiting jobs need and maxReplicas allows, and to 0 once nothing was there for long enough', async () => {
    const recorded = await asleep('burst');
    await add('burst', 2_000);
    await pools.has('burst', 6);
    await queueOf('burst').obliterate({ force: true });
    await pools.has('burst', 0);
    await recorded.caughtUp();
    pools.tell('Direct, 2,000 jobs, then none', recorded.values);
    expect([Math.max(...recorded.values), recorded.values.at(-1)]).to.deep.equal([6, 0]);
  });

  it('wakes for a job with a priority, and for a delayed one when its time has come, not before', async () => {
    await asleep('ordered');
    await add('ordered', 1, { priority: 1_000_000 });
    await pools.has('ordered', 1);
    await asleep('delayed');
    await add('delayed', 1, { delay: 6_000 });
    await throughout(4, async () => expect((await pools.deployment('delayed')).spec.replicas).to.equal(0));
    await pools.has('delayed', 1);
  });

  it('does not wake for a paused queue, and wakes when it is resumed', async () => {
    await asleep('paused');
    await queueOf('paused').pause();
    await add('paused', 50);
    await throughout(4, async () => expect((await pools.deployment('paused')).spec.replicas).to.equal(0));
    await queueOf('paused').resume();
    await eventually('it is awake', async () => (await pools.deployment('paused')).spec.replicas > 0);
  });

  it('asks for no more workers than the queue’s global concurrency can use', async () => {
    const recorded = await asleep('capped');
    await queueOf('capped').setGlobalConcurrency(4);
    await add('capped', 2_000);
    await pools.has('capped', 2);
    await throughout(6, async () => expect(Math.max(...recorded.values)).to.equal(2));
  });

  it('asks for no more workers than the queue’s rate limit feeds, and for one while that is used up for long', async () => {
    const recorded = await asleep('limited');
    // A job takes 1 s as long as none has ended: 2.5 slots.
    await queueOf('limited').setGlobalRateLimit(4, 2_000);
    await add('limited', 2_000);
    await pools.has('limited', 2);
    await throughout(6, async () => expect(Math.max(...recorded.values)).to.equal(2));
    await queueOf('limited').rateLimit(600_000);
    await pools.has('limited', 1);
    expect((await explain('limited', '--operator', pools.operatorUrl())).stdout)
      .to.match(/rate limit +0\/s/)
      .and.match(/rate limit keeps jobs back for [56]\d\d s/);
    await queueOf('limited').removeRateLimitKey();
    await pools.has('limited', 2);
    await queueOf('limited').removeGlobalRateLimit();
    await pools.has('limited', 6);
    await recorded.caughtUp();
    pools.tell('Direct, 4 jobs in 2 s, none for 600 s, 4 in 2 s, no limit', recorded.values);
    expect(recorded.values).to.deep.equal([0, 2, 1, 2, 6]);
  });

  it('suspended it stays at 0 whatever waits, and resumes with what is needed', async () => {
    await asleep('suspended');
    await pools.applyPool('suspended', { suspend: true, ...direct() });
    await says('suspended', 'Ready', 'True Suspended');
    await add('suspended', 2_000);
    await throughout(4, async () => expect((await pools.deployment('suspended')).spec.replicas).to.equal(0));
    await pools.applyPool('suspended', direct());
    await pools.has('suspended', 6);
  });

  it('keeps its number while the load can not be read, and says so', async () => {
    const recorded = await asleep('blind', { scaleToZeroAfterSeconds: 0 });
    await add('blind', 2_000);
    await pools.has('blind', 6);
    await queueOf('blind').obliterate({ force: true });
    const redis = new Redis(pools.redis.port, '127.0.0.1');
    process.kill(pools.redis.pid, 'SIGSTOP');
    try {
      await says('blind', 'AutoscalingActive', 'False LoadUnknown');
      const seen = (await pools.deployment('blind')).spec.replicas;
      await throughout(4, async () => expect((await pools.deployment('blind')).spec.replicas).to.equal(seen));
    } finally {
      process.kill(pools.redis.pid, 'SIGCONT');
    }
    await says('blind', 'AutoscalingActive', 'True AsExpected');
    await pools.has('blind', 0);
    await recorded.caughtUp();
    const look = (turn: string) =>
      pools.client.mergePatch(pools.poolPath('blind'), {
        metadata: { annotations: { 'previews.mobius.dev/requested-at': turn } },
      });
    await redis.set('bull:blind:wait', 'no list');
    await look('1');
    expect((await says('blind', 'AutoscalingActive', 'False LoadUnknown')).message).to.contain('bull:blind:wait');
    expect((await explain('blind', '--operator', pools.operatorUrl())).stdout).to.match(
      /there is no number, so the workers stay: .*bull:blind:wait/,
    );
    await redis.del('bull:blind:wait');
    await look('2');
    await says('blind', 'AutoscalingActive', 'True AsExpected');
    redis.disconnect();
  });

  it('explains itself to people, and says what would be if; whoever asks for what is not there is told so', async () => {
    const here = ['--operator', pools.operatorUrl()];
    await asleep('explained', { maxReplicas: 3, scaleToZeroAfterSeconds: 60 });
    expect(await explain('explained', ...here)).to.deep.include({ code: 0, stderr: '' });
    expect((await explain('explained', ...here)).stdout).to.contain('asleep: the next job wakes it at once');
    await add('explained', 2_000);
    await pools.has('explained', 3);
    const [, ...asked] = shown
      .take(/pwp -- explain explained /)
      .split(/ -- explain | /)
      .slice(4);
    const busy = await eventually('arrivals are known', async () => {
      const told = await explain('explained', ...here, ...asked);
      return !told.stdout.includes('not known yet') && told;
    });
    expect(busy, busy.stderr).to.include({ code: 0, stderr: '' });
    expect(busy.stdout).to.match(/^default\/explained: 3 workers, 0 ready; 3 wanted by its queue\n/);
    expect(busy.stdout).to.contain('mode Auto, provider Direct, from 0 to 3: the operator itself, through /scale');
    expect(busy.stdout).to.contain('as many as are wanted: nothing to do');
    expect(busy.stdout).to.contain('written by preview-worker-operator-activator through /scale');
    expect(busy.stdout).to.match(/waiting +2000 interactive, 0 backfill/);
    expect(busy.stdout).to.match(/wanted +maxReplicas +/);
    expect(busy.stdout).to.match(/\n {2}wanted +3 +6\n/);
    expect(JSON.parse((await explain('explained', ...here, '-o', 'json')).stdout)).to.deep.include({
      live: 3,
      mode: 'Auto',
    });

    for (const [args, said] of [
      [['absent', ...here], /^pwp: there is no pool absent in the namespace default: kubectl get pwp -A/],
      [['explained', ...here, '--what-if', 'speed=9'], /^pwp: --what-if does not know 'speed=9'/],
      [['../secrets', ...here], /^pwp: '\.\.\/secrets' is no name/],
      [['explained', '--operator', 'nowhere'], /is missing here: --operator nowhere is no address/],
      // It has no such path, as an operator of before.
      [
        ['explained', '--operator', `${pools.operatorUrl()}/before`],
        /is missing here: the operator \(.*\) can not tell: it is older/,
      ],
      [
        ['explained', '--operator', 'http://127.0.0.1:1'],
        /is missing here: no operator answers at .*--operator has to be/,
      ],
      [
        ['explained'],
        /is missing here: no operator runs in the namespace preview-worker-operator: .*--operator-namespace/,
      ],
    ] as const) {
      const { code, stdout, stderr } = await explain(...args);
      expect(code, args.join(' ')).to.equal(1);
      expect(stderr + stdout, args.join(' ')).to.match(said);
    }
  });

  for (const [from, to, written] of [
    ['CPU', 'Direct', [5]],
    ['Direct', 'CPU', [5]],
    ['Direct', 'Fixed', [5, 4]],
    ['Fixed', 'Direct', [5]],
  ] as const) {
    it(`${from} to ${to}: never a dip`, async () => {
      const name = `${from}-then-${to}`.toLowerCase();
      const busy = direct({ minReplicas: 5 });
      const of = { CPU: { scaling: FROM.Auto }, Fixed: { scaling: FROM.Fixed }, Direct: busy };
      await pools.applyPool(name, of[from]);
      await pools.has(name, from === 'CPU' ? 3 : 5);
      if (from === 'CPU') await pools.scale(name, 5);
      await pools.has(name, 5);
      const recorded = await pools.record(name);
      await pools.applyPool(name, to === 'Fixed' ? { scaling: { mode: 'Fixed', replicas: 4 } } : of[to]);
      await eventually('the autoscaler is there exactly for CPU', async () => {
        const { status, metadata } = await pools.client.get<Pool>(pools.poolPath(name));
        const isThere = (await pools.autoscaler(name)) !== undefined;
        return isThere === (to === 'CPU') && status?.observedGeneration === metadata.generation;
      });
      await pools.has(name, written.at(-1) ?? 5);
      await throughout(3, async () => {});
      await recorded.caughtUp();
      pools.tell(`${from} → ${to}`, recorded.values);
      expect(recorded.values).to.deep.equal(written);
    });
  }
});
