/** A Grafana dashboard as a ConfigMap: the usual sidecar loads it by its label. */
import { labels, names } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { matchersOf } from './alert-scope.ts';
import { type Builder, child } from './child.ts';
import { dashboardUid } from './dashboard-uid.ts';

interface Panel {
  readonly title: string;
  readonly unit: string;
  /** PromQL and the legend of each of its series. */
  readonly queries: readonly (readonly [expr: string, legend: string])[];
}

const WIDTH = 8;
const HEIGHT = 8;
const ACROSS = 3;

export const dashboard: Builder = (pool) => {
  const wanted = pool.spec.monitoring?.dashboard;
  if (!wanted?.enabled) return undefined;
  return child(
    pool,
    'v1',
    'ConfigMap',
    names.dashboard(pool),
    { data: { [`${names.dashboard(pool)}.json`]: JSON.stringify(dashboardOf(pool), null, 1) } },
    { labels: { ...wanted.labels, ...labels(pool) } },
  );
};

function dashboardOf(pool: Pool): Record<string, unknown> {
  const { namespace = 'default', name } = pool.metadata;
  const datasource = { type: 'prometheus', uid: `\${datasource}` };
  return {
    uid: dashboardUid(pool),
    title: `Preview workers: ${namespace}/${name}`,
    tags: ['preview-worker'],
    schemaVersion: 39,
    editable: false,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }] },
    panels: panels(matchersOf(pool)).map(({ title, unit, queries }, at) => ({
      id: at + 1,
      type: 'timeseries',
      title,
      datasource,
      gridPos: { x: (at % ACROSS) * WIDTH, y: Math.floor(at / ACROSS) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: queries.map(([expr, legendFormat], ref) => ({
        refId: String.fromCharCode(65 + ref),
        datasource,
        expr,
        legendFormat,
      })),
    })),
  };
}

function panels(mine: string): Panel[] {
  const rate = (metric: string, by = '') =>
    `sum${by ? ` by (${by})` : ''} (rate(${metric}{${mine}}[$__rate_interval]))`;
  const quantiles = (metric: string): Panel['queries'] =>
    [0.5, 0.95, 0.99].map((share) => [
      `histogram_quantile(${share}, ${rate(`${metric}_bucket`, 'le')})`,
      `p${share * 100}`,
    ]);
  return [
    { title: 'Jobs by outcome', unit: 'ops', queries: [[rate('preview_jobs_total', 'outcome'), '{{outcome}}']] },
    {
      title: 'Failures by reason',
      unit: 'ops',
      queries: [
        [
          `sum by (reason) (rate(preview_jobs_total{${mine},outcome=~"failed|retried"}[$__rate_interval]))`,
          '{{reason}}',
        ],
      ],
    },
    { title: 'Jobs started by lane', unit: 'ops', queries: [[rate('preview_jobs_started_total', 'lane'), '{{lane}}']] },
    { title: 'Wait before the start', unit: 's', queries: quantiles('preview_job_wait_seconds') },
    { title: 'Time from start to answer', unit: 's', queries: quantiles('preview_job_duration_seconds') },
    {
      title: 'Mean time by stage',
      unit: 's',
      queries: [
        [
          `${rate('preview_stage_duration_seconds_sum', 'stage')} / ${rate('preview_stage_duration_seconds_count', 'stage')}`,
          '{{stage}}',
        ],
      ],
    },
    { title: 'Render slots', unit: 'short', queries: [[`sum by (state) (preview_slots{${mine}})`, '{{state}}']] },
    {
      title: 'Workers ready',
      unit: 'short',
      queries: [[`max(preview_pool_ready_workers{${mine}})`, 'ready']],
    },
    {
      title: 'Conditions (1 is True)',
      unit: 'short',
      queries: [[`max by (condition) (preview_pool_condition{${mine}})`, '{{condition}}']],
    },
    {
      title: 'Slots replaced',
      unit: 'ops',
      queries: [[rate('preview_slot_restarts_total', 'cause'), '{{cause}}']],
    },
    {
      title: 'Quarantine and connections healed',
      unit: 'ops',
      queries: [
        [rate('preview_quarantine_total', 'reason'), 'quarantine: {{reason}}'],
        [rate('preview_consumption_heals_total', 'connection'), 'healed: {{connection}}'],
      ],
    },
    {
      title: 'Previews stored, answers without rendering',
      unit: 'short',
      queries: [
        [rate('preview_output_bytes_total'), 'bytes a second'],
        [rate('preview_cache_hits_total'), 'cached answers a second'],
      ],
    },
    {
      title: 'Memory of the worker containers',
      unit: 'bytes',
      queries: [[`max by (pod) (process_resident_memory_bytes{${mine}})`, '{{pod}}']],
    },
  ];
}
