import { expect } from 'chai';
import type { Pool } from '../../../operator/pool/pool.ts';
import { providerOf, UNUSABLE_SECONDS, withProvider } from '../../../operator/pool/provider.ts';

const pool = (
  provider: string,
  { mode = 'Auto', decided, generation = 2 }: { mode?: string; decided?: string; generation?: number } = {},
) =>
  ({
    metadata: { name: 'pool', generation },
    spec: { scaling: { mode, ...(mode === 'Auto' ? { auto: { provider } } : {}) } },
    status: { observedGeneration: 2, ...(decided ? { provider: decided } : {}) },
  }) as unknown as Pool;
const here = { isUsable: true, unusableSeconds: 0 };
const gone = (unusableSeconds: number) => ({ isUsable: false, unusableSeconds });
const ours = { ExternalMetrics: here, KEDA: gone(9_999) };
const kedas = { ExternalMetrics: gone(9_999), KEDA: here };
const lost = (seconds: number) => ({ ExternalMetrics: gone(seconds), KEDA: gone(seconds) });
const unknown = { isUsable: undefined, unusableSeconds: 0 };

describe('who scales a pool', () => {
  for (const [what, subject, api, provider] of [
    ['nobody here outside mode Auto', pool('Auto', { mode: 'Fixed' }), ours, undefined],
    ['whom the spec names, whatever there is', pool('ExternalMetrics'), lost(9_999), 'ExternalMetrics'],
    ['whom the spec names, whatever was decided', pool('CPU', { decided: 'Direct' }), ours, 'CPU'],
    ['the metrics API where it is ours', pool('Auto'), ours, 'ExternalMetrics'],
    ['the operator itself where another has the group', pool('Auto'), lost(0), 'Direct'],
    ['or where that is not known', pool('Auto'), { ExternalMetrics: unknown, KEDA: unknown }, 'Direct'],
    ['KEDA where the group is its', pool('Auto'), kedas, 'KEDA'],
    [
      'KEDA, while it is gone for less than 10 minutes',
      pool('Auto', { decided: 'KEDA' }),
      lost(UNUSABLE_SECONDS - 1),
      'KEDA',
    ],
    ['whom the group came to 10 minutes ago', pool('Auto', { decided: 'KEDA' }), ours, 'ExternalMetrics'],
    ['KEDA where it is named, whoever has the group', pool('KEDA'), ours, 'KEDA'],
    ['who was decided, when the API came later', pool('Auto', { decided: 'Direct' }), ours, 'Direct'],
    [
      'who was decided, while the API is gone for less than 10 minutes',
      pool('Auto', { decided: 'ExternalMetrics' }),
      lost(UNUSABLE_SECONDS - 1),
      'ExternalMetrics',
    ],
    [
      'the operator itself after 10 minutes',
      pool('Auto', { decided: 'ExternalMetrics' }),
      lost(UNUSABLE_SECONDS),
      'Direct',
    ],
    ['whom a changed spec comes to', pool('Auto', { decided: 'Direct', generation: 3 }), ours, 'ExternalMetrics'],
  ] as const) {
    it(what, () => expect(providerOf(subject, api)).to.equal(provider));
  }

  it('is all that a pool bears afterwards', () => {
    expect(withProvider(pool('Auto'), 'Direct').spec.scaling.auto?.provider).to.equal('Direct');
    const fixed = pool('Auto', { mode: 'Fixed' });
    expect(withProvider(fixed, undefined)).to.equal(fixed);
  });
});
