import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { cutSockets, openRedis } from '../../worker/redis.ts';
import { eventually } from '../cluster/eventually.ts';

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
});
