import { expect } from 'chai';
import type { Facts } from '../../../../scripts/deployment/verify/facts.ts';
import { monitoringFindings } from '../../../../scripts/deployment/verify/monitoring.ts';
import { RULE_GROUPS } from '../../../../scripts/manifests/operator-alerts.ts';
import { filledPool } from '../../../operator/pool/filled.ts';

const [{ name: group }] = RULE_GROUPS.pools;
const loaded = (health: string) => [{ group, alert: 'PreviewPoolNotReady', health, error: 'no such function' }];

describe('verifying the alerts of a pool whose operator makes no rules of its own', () => {
  const found = (prometheus: object | undefined, alerts = true) => {
    const facts = {
      target: { kind: 'pool', name: 'pool' },
      pool: filledPool(alerts ? { monitoring: { alerts: { enabled: true } } } : {}),
      ...{ deployment: undefined, pods: [], answers: [], monitoring: { kinds: ['PrometheusRule'] }, prometheus },
    } as unknown as Facts;
    const [finding] = monitoringFindings(facts).filter(({ check }) => check === 'alerts');
    return `${finding?.status}: ${finding?.message}; ${finding?.remedy ?? ''}`;
  };

  it('takes the set that serves all pools for them', () => {
    expect(found({ scraped: [], rules: loaded('ok') })).to.match(
      /^ok: Prometheus has loaded 1 alerts that serve all pools/,
    );
    expect(found({ scraped: [], rules: loaded('err') })).to.match(/^failed: .*no such function/);
    expect(found({ scraped: [], rules: [] })).to.match(
      /^failed: .*has loaded none that serve all pools; .*--alerting Shared/,
    );
    expect(found(undefined)).to.match(/^skipped: .*no PrometheusRule of its own; .*--prometheus/);
  });

  it('asks a pool without alerts for its own', () => {
    expect(found({ scraped: [], rules: loaded('ok') }, false)).to.match(/^failed: .*set spec\.monitoring\.alerts/);
  });
});
