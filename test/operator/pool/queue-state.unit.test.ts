import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { queueShared } from '../../../operator/pool/queue-state.ts';

describe('the words on a shared queue', () => {
  it('are the same in whichever order the caches hold the pools, as after a restart', () => {
    const pool = { metadata: { name: 'pool', namespace: 'here' } } as Pool;
    const others = ['f', 'b', 'e', 'a', 'd', 'c'].map((name) => `here/${name}`);
    expect(queueShared(pool, others)).to.deep.equal(queueShared(pool, others.toReversed()));
    expect(queueShared(pool, [...others, 'there/x']).message).to.equal('the same queue is served by a, b, c, d, e');
  });
});
