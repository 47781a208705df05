import { readFile } from 'node:fs/promises';
import { parser } from '@prometheus-io/lezer-promql';
import { expect } from 'chai';
import type { Registry } from 'prom-client';
import { alertsOf } from '../../../operator/desired/alerts.ts';
import { dashboard } from '../../../operator/desired/dashboard.ts';
import { Metrics as OperatorMetrics } from '../../../operator/metrics.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { Metrics as WorkerMetrics } from '../../../worker/metrics.ts';
import { ALERT_SETTINGS } from './alert-settings.ts';

const POOL = {
  metadata: { name: 'previews.eu', namespace: 'team-a', uid: 'u' },
  spec: { monitoring: { alerts: ALERT_SETTINGS, dashboard: { enabled: true, labels: { grafana_dashboard: '1' } } } },
} as unknown as Pool;

/** What Prometheus adds to each series of a worker: the target's labels, and the pool from the ServiceMonitor. */
const TARGET = ['namespace', 'pool', 'pod', 'instance', 'job', 'container', 'endpoint', 'service'];

interface Exported {
  readonly name: string;
  readonly type: string;
  readonly labelNames?: readonly string[];
}

/** Labels by name of series: a histogram is three. */
function seriesOf(registry: Registry): Map<string, ReadonlySet<string>> {
  return new Map(
    (registry.getMetricsAsArray() as unknown as readonly Exported[]).flatMap(({ name, type, labelNames = [] }) => {
      const labels = [...labelNames, ...TARGET];
      return type === 'histogram'
        ? (['_bucket', '_sum', '_count'] as const).map(
            (suffix) => [name + suffix, new Set(suffix === '_bucket' ? [...labels, 'le'] : labels)] as const,
          )
        : [[name, new Set(labels)] as const];
    }),
  );
}

const SERIES = new Map([
  ...seriesOf(new OperatorMetrics({ queueDepth: () => 0, pools: () => [], loadOf: () => undefined }).registry),
  ...seriesOf(new WorkerMetrics({ slots: () => ({ busy: 0, idle: 0 }), lastFetchAt: () => undefined }).registry),
]);

/** What is wrong with an expression: syntax, series and labels that nobody exports, a selector without the pool. */
function complaints(expr: string): string[] {
  // Grafana fills in its interval before Prometheus parses.
  const text = expr.replaceAll('$__rate_interval', '5m');
  const found: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, node, from, to }) => {
      const said = text.slice(from, to);
      if (type.isError) found.push(`a syntax error at ${from}: ${text}`);
      if (type.name === 'VectorSelector') {
        const series = /^[a-z_:]+/.exec(said)?.[0] ?? '';
        const labels = SERIES.get(series);
        if (!labels) found.push(`nobody exports ${series}`);
        if (!said.includes('namespace="team-a",pool="previews.eu"')) found.push(`${said} takes all pools`);
        for (const [, label = ''] of said.slice(series.length).matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)/g))
          if (labels && !labels.has(label)) found.push(`${series} has no label ${label}`);
      }
      if (type.name === 'GroupingLabels') {
        const within = SELECTORS(node.parent?.parent ? text.slice(node.parent.parent.from, node.parent.parent.to) : '');
        for (const label of said.match(/[a-z_]+/g) ?? [])
          if (!within.some((series) => SERIES.get(series)?.has(label))) found.push(`no series of ${said} has ${label}`);
      }
    },
  });
  return found;
}

const SELECTORS = (text: string): string[] => [...SERIES.keys()].filter((name) => text.includes(`${name}{`));

const expressionsOfDashboard = (): string[] => {
  const [json = ''] = Object.values((dashboard(POOL) as unknown as { data: Record<string, string> }).data);
  const { panels } = JSON.parse(json) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
};

describe('the monitoring of a pool', () => {
  it('knows a bad expression from a good one', () => {
    const mine = '{namespace="team-a",pool="previews.eu"}';
    expect(complaints(`sum by (outcome) (rate(preview_jobs_total${mine}[5m]))`)).to.deep.equal([]);
    for (const bad of [
      `sum by (outcome (rate(preview_jobs_total${mine}[5m]))`,
      `rate(preview_jobs${mine}[5m])`,
      'preview_slots{state="idle"}',
      'preview_slots{namespace="team-a",pool="previews.eu",lane="x"}',
      `sum by (lane) (rate(preview_jobs_total${mine}[5m]))`,
    ])
      expect(complaints(bad), bad).to.not.deep.equal([]);
  });

  for (const { alert, expr } of alertsOf(POOL, ALERT_SETTINGS)) {
    it(`${alert} parses and names what workers or the operator export, of its own pool`, () => {
      expect(complaints(expr)).to.deep.equal([]);
    });
  }

  it('has alerts that carry severity, summary, description and runbook, and wait 5 minutes or more', () => {
    for (const { alert, labels, annotations, for: wait } of alertsOf(POOL, ALERT_SETTINGS)) {
      expect(alert).to.match(/^Preview[A-Z]/);
      expect(labels.severity).to.be.oneOf(['critical', 'warning']);
      expect(Number.parseInt(wait, 10), alert).to.be.at.least(5);
      expect(annotations).to.have.all.keys('summary', 'description', 'runbook_url');
      expect(annotations['runbook_url']).to.equal(`https://example.com/alerts.md#${alert.toLowerCase()}`);
    }
  });

  it('has a page for each alert, and no other', async () => {
    const pages = [...(await readFile('docs/alerts.md', 'utf8')).matchAll(/^## (Preview\w+)$/gm)].map(
      ([, name]) => name,
    );
    expect(pages).to.deep.equal(alertsOf(POOL, ALERT_SETTINGS).map(({ alert }) => alert));
  });

  it('has a dashboard whose queries parse and name what is exported, of its own pool', () => {
    const expressions = expressionsOfDashboard();
    expect(expressions.length).to.be.greaterThan(15);
    expect(expressions.flatMap(complaints)).to.deep.equal([]);
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
