import { expect } from 'chai';
import { RedisConnections, RedisUnreachable } from '../../../operator/redis/connections.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';

/** Beyond the deadline of a look. */
const BUSY_MS = 3_500;

describe('the deadline of a look into Redis', function () {
  this.timeout(30_000);
  let redis: TestRedis;
  const connections = new RedisConnections();
  const endpoint = () => ({ form: 'address', address: { host: '127.0.0.1', port: redis.port }, database: 0 }) as const;
  before(async () => {
    redis = await startRedis();
  });
  after(async () => {
    connections.close();
    await redis.stop();
  });

  it('does not run out over an answer that has come while this process was too busy to read it', async () => {
    await connections.ask('ns/pool', endpoint(), (client) => client.ping());
    const answer = await connections.ask('ns/pool', endpoint(), async (client) => {
      const asked = client.ping();
      // The question is on its way; then a long list is parsed, say.
      await new Promise((resolve) => setImmediate(resolve));
      for (const until = performance.now() + BUSY_MS; performance.now() < until; );
      return asked;
    });
    expect(answer).to.equal('PONG');
  });

  it('runs out over a Redis that is silent', async () => {
    process.kill(redis.pid, 'SIGSTOP');
    try {
      const failure = await connections.ask('ns/pool', endpoint(), (client) => client.ping()).catch((error) => error);
      expect(failure).to.be.instanceOf(RedisUnreachable);
    } finally {
      process.kill(redis.pid, 'SIGCONT');
    }
  });
});
