import { expect } from 'chai';
import { pageOf, retryOf, tokenOf } from '../../../operator/queue-api/requests.ts';
import { Throttle } from '../../../operator/queue-api/throttle.ts';

describe('what may be asked of a queue', () => {
  it('is a page of some states, in the order in which jobs run', () => {
    expect(pageOf({})).to.deep.equal({
      ...{ states: ['active', 'waiting', 'delayed', 'failed'], limit: 50, from: undefined },
    });
    const from = { state: 'failed', offset: 40 } as const;
    expect(pageOf({ state: 'failed,active', limit: '200', continue: tokenOf(from) })).to.deep.equal({
      ...{ states: ['active', 'failed'], limit: 200, from },
    });
  });

  it('is refused where it can not be meant, with what can', () => {
    for (const query of [
      ...[{ state: 'paused' }, { state: '' }, { state: ['active', 'failed,x'] }, { limit: '0' }, { limit: '201' }],
      ...[{ limit: '-1' }, { limit: '1e2' }, { continue: 'failed' }, { continue: 'x.1' }, { continue: 'completed.1' }],
    ])
      expect(() => pageOf(query), JSON.stringify(query)).to.throw(/has to be|is of a request/);
    for (const body of [
      ...[null, 7, {}, { ids: [] }, { ids: 'a' }, { ids: [''] }, { ids: ['a'], allFailed: true }, { allFailed: false }],
      ...[{ ids: Array(101).fill('a') }, { ids: ['x'.repeat(2_000)] }, { ids: ['a'], force: 'yes' }],
      ...[
        { allFailed: true, reasons: [7] },
        { allFailed: true, skip: -1 },
        { allFailed: true, failedBefore: '1' },
      ],
    ])
      expect(() => retryOf(body), JSON.stringify(body)).to.throw(/has to be|name 1 to 100/);
    expect(retryOf({ ids: ['a'] })).to.deep.equal({ ids: ['a'], force: false });
    expect(retryOf({ allFailed: true, reasons: ['TimedOut'], force: true })).to.deep.equal({
      ...{ force: true, reasons: ['TimedOut'], failedBefore: undefined, skip: 0 },
    });
  });

  it('is so often for each user; whoever has asked too often is told when to come again', () => {
    let at = 0;
    const throttle = new Throttle({ perSecond: 2, burst: 3, clock: () => at });
    expect([1, 2, 3].map(() => throttle.take('one'))).to.deep.equal([undefined, undefined, undefined]);
    expect(throttle.take('one')).to.equal(1);
    expect(throttle.wait('one')).to.equal(1);
    expect(throttle.wait('another')).to.equal(undefined);
    expect(throttle.take('another')).to.equal(undefined);
    at = 0.5;
    expect(throttle.wait('one')).to.equal(undefined);
    expect(throttle.take('one')).to.equal(undefined);
    expect(throttle.take('one')).to.equal(1);
    at = 100;
    expect([1, 2, 3, 4].map(() => throttle.take('one'))).to.deep.equal([undefined, undefined, undefined, 1]);
  });
});
