import { expect } from 'chai';
import { cpuLeftOut } from '../../../operator/pool/autoscaler-state.ts';
import type { Pool } from '../../../operator/pool/pool.ts';

const of = (auto: object | undefined, hasCpuMetrics: boolean) =>
  cpuLeftOut({ spec: { scaling: { mode: auto ? 'Auto' : 'Fixed', auto } } } as Pool, hasCpuMetrics);
const BESIDE = { provider: 'ExternalMetrics', targetCPUUtilizationPercentage: 75 };

describe('what is said of CPU that is not looked at', () => {
  it('is nothing where it is not asked for, is looked at, or is all there is', () => {
    expect(of(undefined, false)).to.equal(undefined);
    expect(of({ provider: 'Direct' }, false)).to.equal(undefined);
    expect(of(BESIDE, true)).to.equal(undefined);
    // A HorizontalPodAutoscaler without a metric says so itself.
    expect(of({ ...BESIDE, provider: 'CPU' }, false)).to.equal(undefined);
  });

  it('is that there are no metrics, or that what Auto came to does not look at them', () => {
    expect(of(BESIDE, false)).to.contain('no metrics.k8s.io');
    expect(of({ ...BESIDE, provider: 'KEDA' }, true)).to.contain('provider KEDA, which Auto came to');
  });
});
