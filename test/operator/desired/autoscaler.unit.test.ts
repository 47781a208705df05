import { expect } from 'chai';
import { autoscaler } from '../../../operator/desired/autoscaler.ts';
import type { Pool } from '../../../operator/pool/pool.ts';

const build = (auto: object, mode = 'Auto') =>
  autoscaler({
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
  } as unknown as Pool) as { spec: { behavior: object; minReplicas: number; metrics: object[] } } | undefined;

describe('the autoscaler of a pool', () => {
  it('exists in mode Auto only, and not where the operator writes the number itself', () => {
    expect(build({}, 'Fixed')).to.equal(undefined);
    expect(build({}, 'External')).to.equal(undefined);
    expect(build({ provider: 'Direct' })).to.equal(undefined);
    expect(build({})?.spec).to.include({ minReplicas: 1, maxReplicas: 10 });
  });

  it('looks at the renderer alone, so that a sidecar without a request blinds nobody', () => {
    expect(build({})?.spec.metrics).to.deep.equal([
      {
        type: 'ContainerResource',
        containerResource: {
          name: 'cpu',
          container: 'renderer',
          target: { type: 'Utilization', averageUtilization: 75 },
        },
      },
    ]);
  });

  it('asks for one worker a worker of the operator’s own metric, and for 1 at least where the pool may be empty', () => {
    const { minReplicas, metrics } = build({ provider: 'ExternalMetrics', minReplicas: 0 })?.spec ?? {};
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
