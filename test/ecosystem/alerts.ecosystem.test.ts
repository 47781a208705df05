/** Prometheus' own tool on the rules of pools, in both of their forms: it takes them, and each fires when it should and only then. */
import { expect } from 'chai';
import { rulesOf, sharedRules } from '../../operator/desired/alerts.ts';
import { isAlert } from '../../operator/desired/rule.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { operatorRules } from '../../scripts/manifests/operator-alerts.ts';
import { ALERT_SETTINGS } from '../operator/desired/alert-settings.ts';
import { OPERATOR_ALERT_CASES, WELL_OPERATORS } from '../operator/desired/operator-alert-cases.ts';
import { isOperators, POOL_ALERT_CASES, WELL_POOL } from '../operator/desired/pool-alert-cases.ts';
import { type Promtool, promtool } from './promtool.ts';

const POOL = { metadata: { name: 'previews', namespace: 'team-a' }, spec: {} } as Pool;
const FORMS = { 'of one pool': rulesOf(POOL, ALERT_SETTINGS), 'of all pools': sharedRules() };

/** As Prometheus has it: with the pool's labels, from each of two operators, and with a worker's pod. */
function scraped(pool: string, given: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(given).flatMap(([name, values]): [string, string][] => {
    if (values === undefined) return [];
    const [, metric = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(name) ?? [];
    const targets = isOperators(metric) ? ['instance="one"', 'instance="other"'] : ['pod="worker-1"'];
    return targets.map((target) => {
      const all = [`namespace="team-a",pool="${pool}"`, target, labels].filter(Boolean).join(',');
      return [`${metric}{${all}}`, values];
    });
  });
}

/** Of a pool that wants no alerts the operator exports no thresholds. */
const UNWANTED = {
  ...Object.fromEntries(
    Object.keys(WELL_POOL).flatMap((name) => (name.startsWith('preview_pool_alert_') ? [[name, undefined]] : [])),
  ),
  preview_pool_alerts_enabled: '0x120',
};

describe('the alerts of pools, by promtool', function () {
  this.timeout(15 * 60_000);
  let tool: Promtool;

  before(async () => {
    tool = await promtool();
  });
  after(() => tool?.remove());

  for (const [form, rules] of Object.entries(FORMS)) {
    const alerts = rules.filter(isAlert).map(({ alert }) => alert);
    const whenScraped = (series: readonly [string, string][], fires: readonly string[]) =>
      tool.expectFiring(
        rules,
        new Map(series),
        fires.filter((alert) => alerts.includes(alert)),
      );
    it(`rules ${form} are without a complaint`, async () => {
      expect(await tool.check(rules)).to.match(/SUCCESS: \d+ rules/);
    });

    it(`rules ${form}: a pool that is well: nothing fires`, () => whenScraped(scraped('previews', WELL_POOL), []));

    for (const { title, changes, fires } of POOL_ALERT_CASES)
      it(`rules ${form}: ${title}: ${fires.join(', ') || 'nothing'} fires`, () =>
        whenScraped(scraped('previews', { ...WELL_POOL, ...changes }), fires));

    // The rules of one pool are none of another's; those of all are of none that wants no alerts.
    const unwanted = form === 'of all pools' ? UNWANTED : {};
    for (const { title, changes, fires } of POOL_ALERT_CASES)
      if (fires.length > 0)
        it(`rules ${form}: ${title}, of a pool that they are not for: nothing fires`, () =>
          whenScraped(
            [...scraped('previews', WELL_POOL), ...scraped('neighbour', { ...WELL_POOL, ...changes, ...unwanted })],
            [],
          ));
  }

  it('rules on the operator are without a complaint', async () => {
    expect(await tool.check(operatorRules())).to.match(/SUCCESS: \d+ rules/);
  });

  for (const { title, changes, fires } of [{ title: 'all is well', changes: {}, fires: [] }, ...OPERATOR_ALERT_CASES])
    it(`rules on the operator: ${title}: ${fires.join(', ') || 'nothing'} fires`, () => {
      const series = Object.entries({ ...WELL_OPERATORS, ...changes }).flatMap(([name, values]): [string, string][] =>
        values === undefined ? [] : [[name.replace('{', '{namespace="operators",'), values]],
      );
      return tool.expectFiring(operatorRules(), new Map(series), fires);
    });

  it('rules of all pools go by the thresholds of each', async () => {
    const failing = { ...WELL_POOL, 'preview_jobs_total{outcome="failed",reason="Timeout"}': '0+10x120' };
    const patient = { ...failing, preview_pool_alert_failure_ratio: '0.5x120' };
    await tool.expectFiring(FORMS['of all pools'], new Map(scraped('patient', patient)), []);
    const both = new Map([...scraped('patient', patient), ...scraped('usual', failing)]);
    await tool.expectFiring(FORMS['of all pools'], both, ['PreviewJobsFailing']);
  });
});
