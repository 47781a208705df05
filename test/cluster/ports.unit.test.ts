import { expect } from 'chai';
import { freePorts } from './ports.ts';

describe('free ports', () => {
  it('are no two the same however many ask at once, and none that an outgoing connection may take', async () => {
    const ports = (await Promise.all(Array.from({ length: 50 }, () => freePorts(3)))).flat();
    expect(new Set(ports).size).to.equal(150);
    expect(Math.max(...ports)).to.be.below(32_768);
  });
});
