/** KEDA, built from its published module, beside this operator. Needs Go and its module proxy. */
import { expect } from 'chai';
import { type Waits, waitsFromZero, waitsTable } from '../bench/from-zero.ts';
import { median } from '../bench/rounds.ts';

const TRIES = { rounds: 1, tries: 3 };

describe('KEDA beside this operator', function () {
  this.timeout(30 * 60_000);

  it('a pool that sleeps is woken sooner by us than by the trigger on the lists of its queue', async () => {
    const all = await waitsFromZero(TRIES, () => {});
    console.log(waitsTable(all).replaceAll(/^/gm, '      '));
    const [keda, ...ours] = all as [Waits, ...Waits[]];
    for (const waits of ours) expect(median(waits.taken), waits.title).to.be.below(median(keda.taken));
  });
});
