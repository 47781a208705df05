import { expect } from 'chai';
import { autoscaler } from '../../../operator/desired/autoscaler.ts';
import type { Pool } from '../../../operator/pool/pool.ts';

const CPU = {
  type: 'ContainerResource',
  containerResource: {
    ...{ name: 'cpu', container: 'renderer' },
    target: { type: 'Utilization', averageUtilization: 75 },
  },
};

const build = (auto: object, mode = 'Auto', hasCpuMetrics = true) =>
  autoscaler(
    {
      metadata: { name: 'pool', namespace: 'ns', uid: 'u' },
      spec: {
        suspend: false,
        scaling: {
          mode,
          auto: {
            provider: 'CPU',
            minReplicas: 1,
            maxReplicas: 10,
            targetCPUUtilizationPercentage: 75,
            scaleDownWindowSeconds: 120,
            ...auto,
          },
        },
      },
    } as unknown as Pool,
    hasCpuMetrics,
  ) as { spec: { behavior: object; minReplicas: number; metrics: object[] } } | undefined;

describe('the autoscaler of a pool', () => {
  it('exists in mode Auto only, and not where the operator writes the number itself', () => {
    expect(build({}, 'Fixed')).to.equal(undefined);
    expect(build({}, 'External')).to.equal(undefined);
    expect(build({ provider: 'Direct' })).to.equal(undefined);
    expect(build({})?.spec).to.include({ minReplicas: 1, maxReplicas: 10 });
  });

  it('looks at the renderer alone, so that a sidecar without a request blinds nobody', () => {
    expect(build({})?.spec.metrics).to.deep.equal([CPU]);
  });

  it('asks for one worker a worker of the operator’s own metric, and for 1 at least where the pool may be empty', () => {
    const alone = { provider: 'ExternalMetrics', minReplicas: 0, targetCPUUtilizationPercentage: undefined };
    const { minReplicas, metrics } = build(alone)?.spec ?? {};
    expect(minReplicas).to.equal(1);
    expect(metrics).to.deep.equal([
      {
        type: 'External',
        external: {
          metric: { name: 'preview-workers-wanted', selector: { matchLabels: { 'previews.mobius.dev/pool': 'pool' } } },
          target: { type: 'AverageValue', averageValue: '1' },
        },
      },
    ]);
  });

  it('looks at CPU beside the operator’s own metric where that is asked for, and only while there are metrics of it', () => {
    const both = { provider: 'ExternalMetrics' };
    const types = (of: ReturnType<typeof build>) => of?.spec.metrics.map((metric) => (metric as typeof CPU).type);
    expect(types(build(both))).to.deep.equal(['External', 'ContainerResource']);
    expect(build(both)?.spec.metrics[1]).to.deep.equal(CPU);
    expect(types(build(both, 'Auto', false))).to.deep.equal(['External']);
    // It has nothing else to go by, and says so.
    expect(types(build({}, 'Auto', false))).to.deep.equal(['ContainerResource']);
  });

  it('goes up fast and down after the window, unless behavior says otherwise', () => {
    const scaleUp = {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 10, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    };
    const scaleDown = {
      stabilizationWindowSeconds: 120,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    };
    expect(build({})?.spec.behavior).to.deep.equal({ scaleUp, scaleDown });
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }];
    const behavior = { scaleUp: { stabilizationWindowSeconds: 30 }, scaleDown: { policies } };
    expect(build({ behavior, scaleDownWindowSeconds: 0 })?.spec.behavior).to.deep.equal({
      scaleUp: { ...scaleUp, stabilizationWindowSeconds: 30 },
      scaleDown: { ...scaleDown, stabilizationWindowSeconds: 0, policies },
    });
  });
});
