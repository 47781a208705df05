import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { cutSockets, duplicateOf, openRedis } from '../../worker/redis.ts';
import { eventually } from '../cluster/eventually.ts';
import { startSentinels } from '../cluster/redis-sentinel.ts';

const PASSWORD = 's3ntinel-s3cret';

/** Only one that listens would hear of a fail-over. */
function detectorOf(redis: Redis): { disconnect(): void } | undefined {
  const { connector } = redis as unknown as {
    connector: { failoverDetector: { isDisconnected: boolean; disconnect(): void } | null };
  };
  const { failoverDetector } = connector;
  return failoverDetector === null || failoverDetector.isDisconnected ? undefined : failoverDetector;
}

describe('a connection to Redis by Sentinels', () => {
  const mute = async () => {
    const calls: Socket[] = [];
    const server = createServer((call) => calls.push(call.on('error', () => {})));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { node: { host: '127.0.0.1', port }, calls, close: () => server.close() };
  };
  it('passes one over that does not answer, and can be cut meanwhile, when there is no socket yet', async () => {
    const [first, second] = [await mute(), await mute()];
    const sentinel = { masterName: 'queue', nodes: [first.node, second.node] };
    const redis = openRedis({ settings: { sentinel }, patience: 'endless', name: 'waiting' });
    redis.on('error', () => {});
    try {
      await eventually('it waits', () => first.calls.length > 0 && redis.status === 'connecting');
      expect(() => cutSockets(redis)).to.not.throw();
      await eventually('the other is asked', () => second.calls.length > 0);
    } finally {
      redis.disconnect();
      for (const { calls, close } of [first, second]) {
        close();
        for (const call of calls) call.destroy();
      }
    }
  });

  it('outlives the news of a fail-over that comes while it connects anew', async function () {
    this.timeout(60_000);
    const sentinels = await startSentinels({ password: PASSWORD, sentinelPassword: PASSWORD });
    const folder = await mkdtemp(join(tmpdir(), 'preview-sentinels-'));
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, PASSWORD);
    const { masterName, nodes } = sentinels;
    const settings = { sentinel: { masterName, nodes: [...nodes], passwordFile }, passwordFile };
    const first = openRedis({ settings, patience: 'endless', name: 'steadfast' });
    const clients = [first, duplicateOf(first, 'twin')] as Redis[];
    try {
      for (const redis of clients) {
        redis.on('error', () => {});
        await redis.ping();
        let told = 0;
        // What a Sentinel's message sets off, at the instant that a clock can not be made to hit.
        redis.on('connecting', () => {
          told += 1;
          detectorOf(redis)?.disconnect();
        });
        redis.stream.destroy();
        await eventually('it connects anew', () => told > 0);
        expect(await redis.ping()).to.equal('PONG');
      }
    } finally {
      for (const redis of clients) redis.disconnect();
      await sentinels.stop();
      await rm(folder, { recursive: true });
    }
  });
});
