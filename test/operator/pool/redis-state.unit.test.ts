import { expect } from 'chai';
import { type LegacyKeys, type RedisServer, redisStateOf } from '../../../operator/pool/redis-state.ts';

const server = (changes: Partial<RedisServer> = {}): RedisServer => ({
  version: '7.2.4',
  evictionPolicy: 'noeviction',
  isAppendOnly: true,
  takesSnapshots: undefined,
  refusals: [],
  ...changes,
});
const said = (servers: readonly RedisServer[], legacy: readonly LegacyKeys[] = []) => {
  const { reason, message } = redisStateOf(servers, legacy);
  return message === '' ? reason : `${reason}: ${message}`;
};

describe('what is said of a Redis that answers', () => {
  it('nothing of one that is fit, by an append-only file or by snapshots', () => {
    expect(said([server()])).to.equal('Connected');
    expect(said([server({ isAppendOnly: false, takesSnapshots: true })])).to.equal('Connected');
  });

  it('that it is too old below 6.2, before anything else', () => {
    for (const version of ['5.0.14', '6.0.16', '6.1.0']) {
      expect(said([server(), server({ version, evictionPolicy: 'allkeys-lru' })])).to.equal(
        `RedisTooOld: Redis ${version} is older than 6.2`,
      );
    }
    for (const version of ['6.2.0', '7.0.0', '8.2.1', '10.0.0'])
      expect(said([server({ version })])).to.equal('Connected');
  });

  it('that it may drop jobs, or lose all at a restart, each once', () => {
    const bad = server({ evictionPolicy: 'volatile-lru', isAppendOnly: false, takesSnapshots: false });
    expect(said([bad, bad]))
      .to.match(/^ConnectedWithWarnings: maxmemory-policy is volatile-lru.*set noeviction; nothing is kept on disk/)
      .and.not.match(/volatile-lru.*volatile-lru/);
  });

  it('that an older BullMQ left jobs behind', () => {
    expect(said([server()], ['paused list', 'repeatable jobs'])).to.match(
      /^ConnectedWithWarnings: jobs lie in the list .* paused.*; repeatable jobs of an older BullMQ/,
    );
  });

  it('that it is not known, and why, with what is known', () => {
    const shy = server({ isAppendOnly: false, refusals: ['CONFIG GET: NOPERM'], evictionPolicy: 'allkeys-lru' });
    expect(said([shy])).to.match(
      /^NotChecked: Redis answers; whether the queue is safe in it is not known \(CONFIG GET: NOPERM\); maxmemory-policy/,
    );
  });
});
