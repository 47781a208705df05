import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { LastStatus } from '../../../operator/reconcile/last-status.ts';

const pool = (resourceVersion: string, replicas: number, uid = 'one'): Pool =>
  ({
    metadata: { name: 'a', namespace: 'b', uid, resourceVersion },
    spec: {},
    status: { replicas },
  }) as unknown as Pool;
const [cached, written] = [pool('9', 1), pool('10', 2)];

describe('the status that a pool has', () => {
  it('is what the operator wrote last, as long as its cache is behind', () => {
    const last = new LastStatus();
    last.note('b/a', written);
    expect(last.newest('b/a', cached)).to.deep.equal({ ...cached, status: written.status });
    expect(last.newest('b/a', cached).status).to.deep.equal({ replicas: 2 });
  });

  it('is that of the cache where that is as new or newer, or the pool another of its name', () => {
    for (const other of [pool('10', 3), pool('11', 4), pool('9', 5, 'two')]) {
      const last = new LastStatus();
      last.note('b/a', written);
      expect(last.newest('b/a', other)).to.equal(other);
    }
  });

  it('is that of the cache where nothing was written, or versions are no numbers', () => {
    const last = new LastStatus();
    expect(last.newest('b/a', cached)).to.equal(cached);
    last.note('b/a', pool('x', 2));
    expect(last.newest('b/a', cached)).to.equal(cached);
  });
});
