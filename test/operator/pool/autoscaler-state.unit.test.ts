import { expect } from 'chai';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { autoscalerStateOf, autoscalingVerdict, isScaleInAhead } from '../../../operator/pool/autoscaler-state.ts';

const hpa = (conditions: object[], currentReplicas = 1) =>
  ({ metadata: { name: 'a' }, spec: { maxReplicas: 9 }, status: { currentReplicas, conditions } }) as KubeObject;
const active = (status: string, reason: string, message = 'why') => ({
  type: 'ScalingActive',
  status,
  reason,
  message,
});

describe('what the HorizontalPodAutoscaler says', () => {
  for (const [conditions, status, reason] of [
    [[], 'Unknown', 'NotChecked'],
    [[active('True', 'ValidMetricFound')], 'True', 'AsExpected'],
    [[active('False', 'FailedGetContainerResourceMetric')], 'False', 'MetricsUnavailable'],
    [[active('False', 'AmbiguousSelector')], 'False', 'TwoAutoscalers'],
    // Of before the workers came back: at 0 it is off.
    [[active('False', 'ScalingDisabled')], 'Unknown', 'NotChecked'],
    [
      [{ type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message: 'no' }, active('True', 'x')],
      'False',
      'ScalingFailed',
    ],
  ] as const) {
    it(`${JSON.stringify(conditions)} means ${status} ${reason}`, () => {
      const verdict = autoscalingVerdict(autoscalerStateOf(hpa([...conditions])));
      expect(verdict).to.include({ status, reason });
      if (status === 'False') expect(verdict.message).to.match(/^the HorizontalPodAutoscaler says \w+: /);
    });
  }

  it('tells an autoscaler that is absent, one that nobody looked at and one that was off from one another', () => {
    const messages = [
      undefined,
      autoscalerStateOf(hpa([])),
      autoscalerStateOf(hpa([active('False', 'ScalingDisabled', 'off at 0')])),
    ].map((state) => autoscalingVerdict(state).message);
    expect(messages).to.deep.equal([
      'the HorizontalPodAutoscaler is not there yet',
      'no controller has looked at the HorizontalPodAutoscaler yet',
      'the HorizontalPodAutoscaler has not looked since the workers came back',
    ]);
  });

  it('keeps nothing that moves with each look at the metrics', () => {
    const at = (currentReplicas: number, lastTransitionTime: string) =>
      autoscalerStateOf(
        hpa(
          [
            { ...active('True', 'ValidMetricFound', `${currentReplicas}`), lastTransitionTime },
            { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: `${currentReplicas}` },
            { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' },
          ],
          currentReplicas,
        ),
      );
    expect(at(1, 'a')).to.deep.equal(at(2, 'b'));
  });

  it('tells of a scale-in that is ahead while its window is waited for', () => {
    const ahead = (reason: string) =>
      isScaleInAhead(autoscalerStateOf(hpa([{ type: 'AbleToScale', status: 'True', reason, message: 'm' }])));
    expect([ahead('ScaleDownStabilized'), ahead('ReadyForNewScale')]).to.deep.equal([true, false]);
    expect(isScaleInAhead(undefined)).to.equal(false);
  });
});
