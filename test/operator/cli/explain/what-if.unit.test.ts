import { expect } from 'chai';
import fc from 'fast-check';
import { WHAT_IF_KEYS, whatIfLines, whatIfOf } from '../../../../operator/cli/explain/what-if.ts';
import type { Observed } from '../../../../operator/scaling/law.ts';
import { BURST } from '../../scaling/observations.ts';

describe('what-if', () => {
  it('changes what is named, and nothing else', () => {
    const all =
      'wait=10,backfillWait=60,rate=40,serviceSeconds=0.5,waiting=7,backfill=8,active=9,oldest=1,startup=20,' +
      'workers=3,ready=2,paused=true,concurrency=16,rateLimit=4,slots=2,rho=0.5,min=1,max=5';
    expect(all.split(',').map((pair) => pair.split('=')[0])).to.deep.equal(WHAT_IF_KEYS.split(', '));
    expect(whatIfOf(all)(BURST)).to.deep.equal({
      ...{ lambda: 40, serviceSeconds: 0.5, waiting: [7, 8], active: 9, oldestSeconds: 1, startupSeconds: 20 },
      ...{
        replicas: 3,
        ready: 2,
        paused: true,
        globalConcurrency: 16,
        rateLimitPerSecond: 4,
        slots: 2,
        targetSeconds: [10, 60],
        rho: 0.5,
      },
      ...{ min: 1, max: 5 },
    });
    expect(whatIfOf('concurrency=none, max=5')({ ...BURST, globalConcurrency: 8 })).to.deep.equal({ ...BURST, max: 5 });
    const limited = { ...BURST, rateLimitPerSecond: 8 };
    expect(whatIfOf('rateLimit=none')(limited)).to.deep.equal({ ...limited, rateLimitPerSecond: null });
  });

  for (const [garbage, message] of [
    ['speed=9', /does not know 'speed=9'.*a key of wait, backfillWait, rate/],
    ['', /does not know ''/],
    ['wait', /does not know 'wait'/],
    ['wait=10,', /does not know ''/],
    ['constructor=1', /does not know 'constructor=1'/],
    ['wait=10,wait=20', /names wait twice/],
    ['wait=-1', /wait has to be a number from 0/],
    ['wait=1e3', /wait has to be a number from 0/],
    ['wait=NaN', /wait has to be a number from 0/],
    ['wait=Infinity', /wait has to be a number from 0/],
    ['paused=yes', /paused has to be true or false/],
  ] as const)
    it(`refuses ${JSON.stringify(garbage)}`, () => expect(() => whatIfOf(garbage)).to.throw(message));

  it('says which input allows no number', () => {
    const said = (changed: Observed) => whatIfLines(BURST, changed).join('\n');
    expect(said(whatIfOf('max=2,min=3')(BURST))).to.match(/^ {2}no number: bounds can not be used/);
    expect(said(whatIfOf('slots=0')(BURST))).to.match(/^ {2}no number: slots of a worker can not/);
    expect(said({ ...BURST, lambda: undefined })).to.match(/^ {2}no number: arrivals can not/);
  });

  it('throws an Error that names --what-if for any text that it does not take', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'wait=,1.0e-max ') })), (text) => {
        try {
          whatIfOf(text)(BURST);
        } catch (error) {
          expect((error as Error).message).to.match(/^--what-if/);
        }
      }),
    ));
});
