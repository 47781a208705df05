import { expect } from 'chai';
import { steady } from '../../../operator/redis/connections.ts';

describe('what is told of a Redis that is away', () => {
  it('is the same from attempt to attempt', () => {
    const said = (milliseconds: number) =>
      steady(
        `All sentinels are unreachable. Retrying from scratch after ${milliseconds}ms. Last error: Connection is closed.`,
      );
    expect(said(1600)).to.equal('All sentinels are unreachable. Last error: Connection is closed.');
    expect(said(5000)).to.equal(said(1600));
    expect(steady('connect ECONNREFUSED 127.0.0.1:1')).to.equal('connect ECONNREFUSED 127.0.0.1:1');
  });
});
