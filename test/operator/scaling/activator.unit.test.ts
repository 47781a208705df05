import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { activation } from '../../../operator/scaling/activator.ts';

const pool = (mode: string, { suspend = false } = {}) =>
  ({
    metadata: { name: 'pool' },
    spec: { suspend, scaling: { mode, replicas: 4, auto: { minReplicas: 3, maxReplicas: 9 } } },
  }) as unknown as Pool;

describe('the activator', () => {
  for (const [what, subject, live, written] of [
    ['wakes a pool at 0 with its least', pool('Auto'), 0, 3],
    ['leaves every number from 1 up to the autoscaler, also one below the least', pool('Auto'), 1, undefined],
    ['and one above the most', pool('Auto'), 20, undefined],
    ['puts a suspended pool to 0', pool('Auto', { suspend: true }), 5, 0],
    ['leaves it there', pool('Auto', { suspend: true }), 0, undefined],
    ['writes nothing in mode Fixed', pool('Fixed'), 0, undefined],
    ['writes nothing in mode External', pool('External'), 0, undefined],
  ] as const) {
    it(what, () => expect(activation(subject, live)).to.equal(written));
  }
});
