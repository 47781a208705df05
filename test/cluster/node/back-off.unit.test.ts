import { expect } from 'chai';
import { pullDelay, restartDelay } from './back-off.ts';

describe('The back-off of the local node', () => {
  it('restarts at once the first time, then after 10 s, doubling to five minutes', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartDelay)).to.deep.equal([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it('looks for an image again after 10 s, doubling to five minutes', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(pullDelay)).to.deep.equal([10, 20, 40, 80, 160, 300, 300]);
  });
});
