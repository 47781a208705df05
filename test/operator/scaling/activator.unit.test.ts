import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { activation, type Demand, numberFor } from '../../../operator/scaling/activator.ts';

const pool = (mode: string, { suspend = false, minReplicas = 3, provider = 'Direct' } = {}) =>
  ({
    metadata: { name: 'pool' },
    spec: {
      suspend,
      scaling: { mode, replicas: 4, auto: { provider, minReplicas, maxReplicas: 9, scaleToZeroAfterSeconds: 300 } },
    },
  }) as unknown as Pool;
const ofZero = pool('Auto', { minReplicas: 0 });
const demand = (wanted: number, idleSeconds = 0): Demand => ({ wanted, idleSeconds });

describe('the activator', () => {
  for (const [what, subject, live, asked, written] of [
    ['wakes a pool at 0 with its least', pool('Auto'), 0, undefined, 3],
    ['and with more where more is asked for', pool('Auto'), 0, demand(7), 7],
    [
      'leaves every number from 1 up to the autoscaler, also one below the least',
      pool('Auto'),
      1,
      demand(7),
      undefined,
    ],
    ['and one above the most', pool('Auto'), 20, demand(7), undefined],
    ['wakes a pool that may be empty when anything is asked for', ofZero, 0, demand(1), 1],
    ['and lets it sleep when nothing is', ofZero, 0, demand(0, 10), undefined],
    ['also while the mean of what arrived has not faded', ofZero, 0, demand(1, 10), undefined],
    ['or when it is not known', ofZero, 0, undefined, undefined],
    ['puts it to sleep when it was idle for long enough', ofZero, 4, demand(0, 300), 0],
    ['and not before', ofZero, 1, demand(0, 299), undefined],
    ['and not while nothing is known', ofZero, 1, undefined, undefined],
    ['never one with a least', pool('Auto', { minReplicas: 1 }), 1, demand(1, 3_000), undefined],
    ['puts a suspended pool to 0', pool('Auto', { suspend: true }), 5, demand(7), 0],
    ['leaves it there', pool('Auto', { suspend: true }), 0, demand(7), undefined],
    ['leaves a pool at 0 to KEDA', pool('Auto', { provider: 'KEDA' }), 0, demand(7), undefined],
    ['puts one of KEDA to 0 that is suspended', pool('Auto', { provider: 'KEDA', suspend: true }), 5, undefined, 0],
    ['writes nothing in mode Fixed', pool('Fixed'), 0, demand(7), undefined],
    ['writes nothing in mode External', pool('External'), 0, demand(7), undefined],
  ] as const) {
    it(what, () => expect(activation(subject, live, asked)).to.equal(written));
  }
});

describe('the number for who writes all of them', () => {
  const ofKeda = pool('Auto', { provider: 'KEDA' });
  const ofKedaToZero = pool('Auto', { provider: 'KEDA', minReplicas: 0 });
  for (const [what, subject, live, asked, number] of [
    ['is what the queue asks for', ofKeda, 3, demand(7), 7],
    ['is at 0 the least', ofKeda, 0, demand(0, 10), 3],
    ['is 0 while a pool that may be empty is and nothing is to do', ofKedaToZero, 0, demand(1, 10), 0],
    ['and more at the first job', ofKedaToZero, 0, demand(2), 2],
    ['is at least 1 while workers rest', ofKedaToZero, 2, demand(0, 299), 1],
    ['and 0 when they rested for long enough', ofKedaToZero, 2, demand(1, 300), 0],
  ] as const) {
    it(what, () => expect(numberFor(subject, live, asked)).to.equal(number));
  }
});
