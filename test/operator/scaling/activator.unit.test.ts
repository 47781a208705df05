import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { activation, type Demand } from '../../../operator/scaling/activator.ts';

const pool = (mode: string, { suspend = false, minReplicas = 3 } = {}) =>
  ({
    metadata: { name: 'pool' },
    spec: {
      suspend,
      scaling: { mode, replicas: 4, auto: { minReplicas, maxReplicas: 9, scaleToZeroAfterSeconds: 300 } },
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
    ['writes nothing in mode Fixed', pool('Fixed'), 0, demand(7), undefined],
    ['writes nothing in mode External', pool('External'), 0, demand(7), undefined],
  ] as const) {
    it(what, () => expect(activation(subject, live, asked)).to.equal(written));
  }
});
