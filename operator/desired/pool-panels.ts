/** What a dashboard of pools shows. Both operators export what they know of pools and queues, so of theirs the largest counts. */
import { type Panel, quantiles } from './grafana.ts';

/** `mine` are matchers of the pools that are shown. */
export function poolPanels(mine: string): Panel[] {
  const rate = (metric: string, by = '') =>
    `sum${by ? ` by (${by})` : ''} (rate(${metric}{${mine}}[$__rate_interval]))`;
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
    { title: 'Wait before the start', unit: 's', queries: quantiles(rate('preview_job_wait_seconds_bucket', 'le')) },
    {
      title: 'Share of jobs that started in time',
      unit: 'percentunit',
      queries: [
        [
          `sum by (lane) (rate(preview_job_waits_total{${mine},target="met"}[$__rate_interval])) / ${rate('preview_job_waits_total', 'lane')}`,
          '{{lane}}',
        ],
      ],
    },
    {
      title: 'Age of the oldest job that could run',
      unit: 's',
      queries: [
        [`max by (lane) (preview_queue_oldest_runnable_seconds{${mine}})`, '{{lane}}'],
        [`max by (lane) (preview_pool_target_wait_seconds{${mine}})`, 'target: {{lane}}'],
      ],
    },
    {
      title: 'Jobs in the queue',
      unit: 'short',
      queries: [
        [
          `sum by (state, lane) (max by (namespace, pool, state, lane) (preview_queue_jobs{${mine}}))`,
          '{{state}} {{lane}}',
        ],
      ],
    },
    {
      title: 'Time from start to answer',
      unit: 's',
      queries: quantiles(rate('preview_job_duration_seconds_bucket', 'le')),
    },
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
      title: 'Workers',
      unit: 'short',
      queries: (['ready_workers', 'workers', 'max_workers'] as const).map((name) => [
        `sum(max by (namespace, pool) (preview_pool_${name}{${mine}}))`,
        { ready_workers: 'ready', workers: 'there are', max_workers: 'at most' }[name],
      ]),
    },
    {
      title: 'Pools by condition that is True',
      unit: 'short',
      queries: [
        [
          `sum by (condition) (max by (namespace, pool, condition) (preview_pool_condition{${mine}}) == bool 1)`,
          '{{condition}}',
        ],
      ],
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
      title: 'Memory of the worker processes (not of renderers)',
      unit: 'bytes',
      queries: [[`max by (pod) (process_resident_memory_bytes{${mine}})`, '{{pod}}']],
    },
  ];
}
