/** Prometheus' own tool on the rules of a pool: it takes them, and each fires when it should and only then. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { alertsOf } from '../../operator/desired/alerts.ts';
import type { Pool } from '../../operator/pool/pool.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { ALERT_SETTINGS } from '../operator/desired/alert-settings.ts';

const POOL = { metadata: { name: 'previews', namespace: 'team-a' } } as Pool;

/** What a pool exports that is well: series by name and labels, values a minute apart as promtool writes them. */
const WELL: Readonly<Record<string, string>> = {
  'preview_pool_condition{condition="Ready"}': '1x120',
  'preview_pool_condition{condition="Degraded"}': '0x120',
  'preview_pool_condition{condition="RedisReady"}': '1x120',
  'preview_pool_condition{condition="SinkReady"}': '1x120',
  'preview_pool_condition{condition="QueueSeen"}': '1x120',
  preview_pool_ready_workers: '1x120',
  'preview_slots{state="idle"}': '1x120',
  'preview_slots{state="busy"}': '1x120',
  preview_last_fetch_timestamp_seconds: '0+60x120',
  'preview_jobs_total{outcome="completed"}': '0+100x120',
  'preview_jobs_total{outcome="failed",reason="Timeout"}': '0+1x120',
  'preview_quarantine_total{reason="Crashed"}': '0x120',
  'preview_slot_restarts_total{cause="timeout"}': '0x120',
  'preview_consumption_heals_total{connection="worker"}': '0x120',
};

/** What of that is otherwise (undefined: not exported), and what fires then. */
const CASES: readonly {
  readonly title: string;
  readonly changes: Readonly<Record<string, string | undefined>>;
  readonly fires: readonly string[];
}[] = [
  { title: 'a pool that is well', changes: {}, fires: [] },
  {
    title: 'not ready',
    changes: { 'preview_pool_condition{condition="Ready"}': '0x120' },
    fires: ['PreviewPoolNotReady'],
  },
  {
    title: 'never not ready for long',
    changes: { 'preview_pool_condition{condition="Ready"}': `${'0 '.repeat(12)}1 `.repeat(9).trim() },
    fires: [],
  },
  {
    title: 'degraded',
    changes: { 'preview_pool_condition{condition="Degraded"}': '1x120' },
    fires: ['PreviewPoolDegraded'],
  },
  {
    title: 'stalled',
    changes: { 'preview_pool_condition{condition="Stalled"}': '1x120' },
    fires: ['PreviewPoolStalled'],
  },
  {
    title: 'Redis away',
    changes: { 'preview_pool_condition{condition="RedisReady"}': '0x120' },
    fires: ['PreviewPoolRedisNotReady'],
  },
  {
    title: 'Redis, sink and queue not looked at yet',
    changes: Object.fromEntries(
      ['RedisReady', 'SinkReady', 'QueueSeen'].map((type) => [`preview_pool_condition{condition="${type}"}`, '-1x120']),
    ),
    fires: [],
  },
  {
    title: 'a sink that takes nothing',
    changes: { 'preview_pool_condition{condition="SinkReady"}': '0x120' },
    fires: ['PreviewPoolSinkNotReady'],
  },
  {
    title: 'a queue that nobody ever used',
    changes: { 'preview_pool_condition{condition="QueueSeen"}': '0x120' },
    fires: ['PreviewPoolQueueNeverSeen'],
  },
  {
    title: 'a queue that is used after 25 minutes',
    changes: { 'preview_pool_condition{condition="QueueSeen"}': '1x74 0x25 1x20' },
    fires: [],
  },
  {
    title: 'an operator that is not scraped',
    changes: Object.fromEntries(
      Object.keys(WELL).flatMap((name) => (name.startsWith('preview_pool') ? [[name, undefined]] : [])),
    ),
    fires: ['PreviewPoolUnobserved'],
  },
  {
    title: 'workers that are not scraped',
    changes: Object.fromEntries(
      Object.keys(WELL).flatMap((name) => (name.startsWith('preview_pool') ? [] : [[name, undefined]])),
    ),
    fires: ['PreviewWorkersUnobserved'],
  },
  {
    title: 'no worker, and none is scraped',
    changes: {
      ...Object.fromEntries(
        Object.keys(WELL).flatMap((name) => (name.startsWith('preview_pool') ? [] : [[name, undefined]])),
      ),
      preview_pool_ready_workers: '0x120',
    },
    fires: [],
  },
  {
    title: 'one job of ten fails',
    changes: { 'preview_jobs_total{outcome="failed",reason="Timeout"}': '0+10x120' },
    fires: ['PreviewJobsFailing'],
  },
  {
    title: 'one job of ten fails, each for a reason of its own share below the threshold',
    changes: {
      'preview_jobs_total{outcome="failed",reason="Timeout"}': '0+4x120',
      'preview_jobs_total{outcome="failed",reason="NotFound"}': '0+4x120',
    },
    fires: [],
  },
  {
    title: 'half of few jobs fail',
    changes: { 'preview_jobs_total{outcome="completed"}': '0+1x120' },
    fires: [],
  },
  {
    title: 'quarantine grows',
    changes: { 'preview_quarantine_total{reason="Crashed"}': '0+1x120' },
    fires: ['PreviewQuarantineGrowing'],
  },
  {
    title: 'slots are replaced',
    changes: { 'preview_slot_restarts_total{cause="timeout"}': '0+1x120' },
    fires: ['PreviewSlotRestarts'],
  },
  {
    title: 'an idle worker hears nothing',
    changes: { preview_last_fetch_timestamp_seconds: '0x120' },
    fires: ['PreviewConsumptionStopped'],
  },
  {
    title: 'a busy worker asks for nothing',
    changes: { preview_last_fetch_timestamp_seconds: '0x120', 'preview_slots{state="idle"}': '0x120' },
    fires: [],
  },
  {
    title: 'connections are replaced again and again',
    changes: { 'preview_consumption_heals_total{connection="worker"}': '0+0.1x120' },
    fires: ['PreviewConsumptionHealing'],
  },
];

/** As Prometheus has it: with the pool's labels, and a worker's pod. */
function labelled(name: string, pool: string): string {
  const [, metric = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(name) ?? [];
  const pod = metric.startsWith('preview_pool') ? '' : ',pod="worker-1"';
  return `${metric}{namespace="team-a",pool="${pool}"${pod}${labels ? `,${labels}` : ''}}`;
}

describe('the alerts of a pool, by promtool', function () {
  this.timeout(15 * 60_000);
  let folder: string;
  let promtool: (...args: string[]) => Promise<string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-alerts-'));
    const program = await provide('promtool');
    promtool = (...args) =>
      promisify(execFile)(program, args, { cwd: folder, timeout: 60_000 }).then(
        ({ stdout }) => stdout,
        (error: { stdout: string; stderr: string }) => Promise.reject(new Error(error.stdout + error.stderr)),
      );
    const groups = [{ name: 'pool', rules: alertsOf(POOL, ALERT_SETTINGS) }];
    await writeFile(join(folder, 'rules.yaml'), stringify({ groups }));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('are rules without a complaint', async () => {
    expect(await promtool('check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml')).to.match(/SUCCESS: \d+ rules/);
  });

  for (const { title, changes, fires } of CASES)
    it(`${title}: ${fires.join(', ') || 'nothing'} fires`, async () => {
      const series = Object.entries({ ...WELL, ...changes });
      // A neighbour whose pool is in all kinds of trouble must not matter.
      const neighbour = new Map(CASES.flatMap((one) => Object.entries(one.changes).filter(([, values]) => values)));
      const input = [
        ...series.map(([name, values]) => ({ series: labelled(name, 'previews'), values })),
        ...[...neighbour].map(([name, values]) => ({ series: labelled(name, 'neighbour'), values })),
      ].filter(({ values }) => values !== undefined);
      const test = {
        rule_files: ['rules.yaml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: input,
            promql_expr_test: [
              {
                expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
                eval_time: '100m',
                exp_samples: fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
              },
            ],
          },
        ],
      };
      await writeFile(join(folder, 'test.yaml'), stringify(test));
      await promtool('test', 'rules', 'test.yaml');
    });

  it('have each a case in which it fires', () => {
    const fired = new Set(CASES.flatMap(({ fires }) => fires));
    expect([...fired]).to.have.members(alertsOf(POOL, ALERT_SETTINGS).map(({ alert }) => alert));
  });
});
