import { expect } from 'chai';
import { scaledObject } from '../../../operator/desired/scaled-object.ts';
import type { Pool } from '../../../operator/pool/pool.ts';

const build = ({ mode = 'Auto', suspend = false, ...auto }: Record<string, unknown> = {}) =>
  scaledObject(
    {
      metadata: { name: 'pool', namespace: 'ns', uid: 'u' },
      spec: {
        suspend,
        scaling: {
          mode,
          auto: { provider: 'KEDA', minReplicas: 0, maxReplicas: 10, scaleDownWindowSeconds: 120, ...auto },
        },
      },
    } as unknown as Pool,
    'http://operator:8080',
  ) as { metadata: { annotations?: object }; spec: Record<string, unknown> } | undefined;

describe('the ScaledObject of a pool', () => {
  it('exists in mode Auto by KEDA only', () => {
    expect(build({ mode: 'Fixed' })).to.equal(undefined);
    expect(build({ mode: 'External' })).to.equal(undefined);
    for (const provider of ['Direct', 'CPU', 'ExternalMetrics']) expect(build({ provider })).to.equal(undefined);
    expect(build()?.spec).to.deep.include({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'preview-pool' },
      minReplicaCount: 0,
      maxReplicaCount: 10,
    });
  });

  it('asks the operator for the number of workers, one worker a worker, and has none to fall back to', () => {
    const { triggers, fallback } = build()?.spec ?? {};
    expect(triggers).to.deep.equal([
      {
        type: 'metrics-api',
        metricType: 'AverageValue',
        metadata: { url: 'http://operator:8080/demand/ns/pool', valueLocation: 'workers', targetValue: '1' },
      },
    ]);
    expect(fallback).to.equal(undefined);
  });

  it('has no delay of its own: the number is 0 only once the pool was idle for long enough', () => {
    expect(build({ scaleToZeroAfterSeconds: 300 })?.spec).to.include({ cooldownPeriod: 0 });
  });

  it('holds a suspended pool at 0', () => {
    expect(build()?.metadata.annotations).to.equal(undefined);
    expect(build({ suspend: true })?.metadata.annotations).to.deep.equal({
      'autoscaling.keda.sh/paused-replicas': '0',
    });
  });
});
