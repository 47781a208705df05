import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { rulesOf, sharedRules } from '../../../operator/desired/alerts.ts';
import { dashboard } from '../../../operator/desired/dashboard.ts';
import { desiredChildren } from '../../../operator/desired/index.ts';
import { type AlertRule, isAlert } from '../../../operator/desired/rule.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { filledPool } from '../pool/filled.ts';
import { halfShown } from './alert-case.ts';
import { ALERT_SETTINGS } from './alert-settings.ts';
import { POOL_ALERT_CASES } from './pool-alert-cases.ts';
import { complaints, EXPORTED, recordedBy } from './promql.ts';

const POOL: Pool = {
  ...filledPool({ monitoring: { alerts: ALERT_SETTINGS, dashboard: {} } }),
  metadata: { name: 'previews.eu', namespace: 'team-a', uid: 'u' },
};
const MINE = 'namespace="team-a",pool="previews.eu"';
const OF_ONE = rulesOf(POOL, ALERT_SETTINGS);
const OF_ALL = sharedRules();
const ALERTS = OF_ONE.filter(isAlert);
const SERIES = new Map([...EXPORTED, ...recordedBy(OF_ONE)]);

const expressionsOfDashboard = (): string[] => {
  const [json = ''] = Object.values((dashboard(POOL) as unknown as { data: Record<string, string> }).data);
  const { panels } = JSON.parse(json) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
};
/** Without what singles out one pool. */
const ofAnyPool = (expr: string): string =>
  expr.replaceAll(`{${MINE}}`, '').replaceAll(`{${MINE},`, '{').replaceAll(/\s+/g, ' ');

describe('the monitoring of a pool', () => {
  it('knows a bad expression from a good one', () => {
    expect(complaints(`sum by (outcome) (rate(preview_jobs_total{${MINE}}[5m]))`, { mine: MINE })).to.deep.equal([]);
    for (const bad of [
      `sum by (outcome (rate(preview_jobs_total{${MINE}}[5m]))`,
      `rate(preview_jobs{${MINE}}[5m])`,
      'preview_slots{state="idle"}',
      `preview_slots{${MINE},lane="x"}`,
      `sum by (lane) (rate(preview_jobs_total{${MINE}}[5m]))`,
    ])
      expect(complaints(bad, { mine: MINE }), bad).to.not.deep.equal([]);
  });

  for (const rule of OF_ONE) {
    it(`${isAlert(rule) ? rule.alert : rule.record} parses and names what workers or the operator export, of its own pool`, () => {
      expect(complaints(rule.expr, { series: SERIES, mine: MINE })).to.deep.equal([]);
    });
  }

  it('has one set of rules for all pools, whose expressions are those of each pool, where it wants alerts', () => {
    expect(OF_ALL.flatMap(({ expr }) => complaints(expr, { series: SERIES }))).to.deep.equal([]);
    const ofOne = new Map(ALERTS.map(({ alert, expr }) => [alert, ofAnyPool(expr)]));
    for (const { alert, expr } of OF_ALL.filter(isAlert)) {
      const wanted =
        /^\((.*)\) and on \(namespace, pool\) max by \(namespace, pool\) \(preview_pool_alerts_enabled\) == 1$/s;
      const plain = wanted.exec(expr)?.[1] ?? expr;
      expect(plain.replaceAll(/\s+/g, ' '), alert).to.equal(ofOne.get(alert));
      expect(expr, alert).to.match(/preview_pool_alert/);
    }
    // That nothing is exported of a pool can be missed only where the pool is known.
    expect(
      [...ofOne.keys()].filter((name) => !OF_ALL.some((rule) => isAlert(rule) && rule.alert === name)),
    ).to.deep.equal(['PreviewPoolUnobserved']);
  });

  it('leaves the rules to the shared set when it is told to', () => {
    const kinds = (alerting: 'PerPool' | 'Shared') =>
      desiredChildren(POOL, { alerting, demandUrl: 'http://operator', hasCpuMetrics: true }).map(({ kind }) => kind);
    expect(kinds('PerPool')).to.include('PrometheusRule');
    expect(kinds('Shared')).to.have.members(kinds('PerPool').filter((kind) => kind !== 'PrometheusRule'));
  });

  it('has alerts that carry severity, summary, description, runbook and dashboard', () => {
    const settings = { ...ALERT_SETTINGS, dashboardBaseURL: 'https://grafana.example.com/d/' };
    for (const { alert, labels, annotations } of rulesOf(POOL, settings).filter(isAlert)) {
      expect(alert).to.match(/^Preview[A-Z]/);
      expect(labels.severity).to.be.oneOf(['critical', 'warning', 'info']);
      expect(annotations).to.have.all.keys('summary', 'description', 'runbook_url', 'dashboard_url');
      expect(annotations['runbook_url']).to.equal(`https://example.com/alerts.md#${alert.toLowerCase()}`);
      expect(annotations['dashboard_url']).to.match(/^https:\/\/grafana\.example\.com\/d\/preview-[0-9a-f]{8,32}$/);
    }
    const { monitoring, ...spec } = POOL.spec;
    const [first] = rulesOf({ ...POOL, spec }, settings).filter(isAlert);
    expect(first?.annotations['dashboard_url']).to.equal(
      'https://grafana.example.com/d/preview-pools?var-namespace=team-a&var-pool=previews.eu',
    );
  });

  it('has alerts that wait for 5 minutes or more, by themselves or by a threshold of the pool', () => {
    const byThreshold = ({ expr }: AlertRule) => /preview_pool_alert_\w+_seconds/.test(expr);
    for (const alert of ALERTS)
      if (!byThreshold(alert)) expect(Number.parseInt(alert.for ?? '0', 10), alert.alert).to.be.at.least(5);
  });

  it('has recording rules that are named level:metric:operations', () => {
    const records = OF_ONE.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]));
    expect(records).to.not.deep.equal([]);
    for (const record of records) expect(record).to.match(/^[a-z_]+:preview_[a-z_]+:[a-z0-9_]+$/);
  });

  it('has for each alert a case in which it fires and one in which it nearly does', () => {
    const names = ALERTS.map(({ alert }) => alert);
    expect(halfShown(names, POOL_ALERT_CASES)).to.deep.equal([]);
    expect([...new Set(POOL_ALERT_CASES.map(({ of }) => of))]).to.have.members(names);
    const of = 'PreviewPoolDegraded';
    for (const fires of [true, false]) {
      const fewer = POOL_ALERT_CASES.filter((one) => one.of !== of || one.fires.includes(of) === fires);
      expect(halfShown(names, fewer)).to.deep.equal([of]);
    }
  });

  it('has a page for each alert, which says what it means, where to look first, causes and cure', async () => {
    const [, ...pages] = (await readFile('docs/alerts.md', 'utf8')).split(/^## (?=Preview\w+$)/m);
    const named = pages.map((page) => page.split('\n', 1)[0]);
    expect(named.filter((name) => !name?.startsWith('PreviewOperator'))).to.deep.equal(
      ALERTS.map(({ alert }) => alert),
    );
    for (const page of pages)
      expect(page.replaceAll(/\s+/g, ' '), page).to.match(/Meaning: .+ First look: .+ Causes: .+ Cure: /);
  });

  it('has a dashboard whose queries parse and name what is exported, of its own pool', () => {
    const expressions = expressionsOfDashboard();
    expect(expressions.length).to.be.greaterThan(15);
    expect(expressions.flatMap((expr) => complaints(expr, { mine: MINE }))).to.deep.equal([]);
  });

  it('has a dashboard of its own for each pool, whose uid Grafana takes', () => {
    const uid = (name: string): string => {
      const pool = { ...POOL, metadata: { ...POOL.metadata, name } } as Pool;
      const [json = ''] = Object.values((dashboard(pool) as unknown as { data: Record<string, string> }).data);
      return (JSON.parse(json) as { uid: string }).uid;
    };
    expect(uid('a')).to.equal(uid('a'));
    expect(uid('a')).to.not.equal(uid('b'));
    expect(uid('a')).to.match(/^[a-z0-9-]{1,40}$/);
  });
});
