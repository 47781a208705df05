import { expect } from 'chai';
import { ownPart } from './lane.ts';

describe('what suites draw from', () => {
  it('are two halves that have nothing in common, side by side', () => {
    expect([ownPart(10, 21, '0'), ownPart(10, 21, '1')]).to.deep.equal([
      [10, 15],
      [15, 21],
    ]);
  });

  it('is the whole for one that is alone', () => {
    expect(ownPart(10, 21, '')).to.deep.equal([10, 21]);
  });
});
