import { expect } from 'chai';
import { Redis } from 'ioredis';
import { Stats, statsKey } from '../../worker/stats.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis } from '../cluster/redis.ts';

describe('a queue’s counts', function () {
  this.timeout(30_000);

  it('miss nothing that was counted while Redis was out of memory, and that is told', async () => {
    const server = await startRedis();
    const redis = new Redis(server.url);
    const problems: string[] = [];
    const queue = { name: 'previews', prefix: 'bull' };
    const stats = new Stats(redis, queue, ({ message }) => problems.push(message));
    const counted = () => redis.hget(statsKey(queue), 'started:interactive');
    try {
      stats.started({ lane: 'interactive' });
      await eventually('one', async () => (await counted()) === '1');
      await redis.config('SET', 'maxmemory', '1');
      stats.started({ lane: 'interactive' });
      await eventually('it is refused', () => problems.some((problem) => problem.startsWith('OOM')));
      await redis.config('SET', 'maxmemory', '0');
      stats.beat();
      await eventually('both', async () => (await counted()) === '2');
      expect(problems).to.have.length(1);
    } finally {
      await stats.stop();
      redis.disconnect();
      await server.stop();
    }
  });
});
