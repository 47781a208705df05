import type { AlertCase } from './alert-case.ts';

const condition = (type: string) => `preview_pool_condition{condition="${type}"}`;
const since = (type: string) => `preview_pool_condition_since_timestamp_seconds{condition="${type}"}`;
const waits = (target: string, lane = 'interactive') => `preview_job_waits_total{lane="${lane}",target="${target}"}`;
const oldest = (lane = 'interactive') => `preview_queue_oldest_runnable_seconds{lane="${lane}"}`;

/** What a pool exports that is well, a value a minute. */
export const WELL_POOL: Readonly<Record<string, string>> = {
  [condition('Ready')]: '1x120',
  [since('Ready')]: '0x120',
  [condition('Degraded')]: '0x120',
  [condition('RedisReady')]: '1x120',
  [condition('SinkReady')]: '1x120',
  [condition('QueueSeen')]: '1x120',
  [since('QueueSeen')]: '0x120',
  preview_pool_workers: '1x120',
  preview_pool_ready_workers: '1x120',
  preview_pool_max_workers: '5x120',
  preview_pool_rolled_back: '0x120',
  preview_pool_alerts_enabled: '1x120',
  'preview_pool_target_wait_seconds{lane="interactive"}': '30x120',
  'preview_pool_target_wait_seconds{lane="backfill"}': '1800x120',
  preview_pool_alert_not_ready_seconds: '900x120',
  preview_pool_alert_queue_never_seen_seconds: '1800x120',
  preview_pool_alert_failure_ratio: '0.05x120',
  preview_pool_alert_failures_minimum: '20x120',
  preview_pool_alert_quarantine_per_hour: '10x120',
  preview_pool_alert_slot_restarts_per_hour: '20x120',
  preview_queue_paused: '0x120',
  [oldest()]: '1x120',
  [oldest('backfill')]: '900x120',
  'preview_slots{state="idle"}': '1x120',
  'preview_slots{state="busy"}': '1x120',
  preview_last_fetch_timestamp_seconds: '0+60x120',
  'preview_jobs_total{outcome="completed"}': '0+100x120',
  'preview_jobs_total{outcome="failed",reason="Timeout"}': '0+1x120',
  [waits('met')]: '0+100x120',
  [waits('missed')]: '0+1x120',
  [waits('met', 'backfill')]: '0+100x120',
  [waits('missed', 'backfill')]: '0x120',
  'preview_quarantine_total{reason="Crashed"}': '0x120',
  'preview_slot_restarts_total{cause="timeout"}': '0x120',
  'preview_consumption_heals_total{connection="main"}': '0x120',
};

/** Series of the operator bear the pool themselves, those of workers by their target. */
export const isOperators = (series: string): boolean => /^preview_(pool|queue)_/.test(series);
const without = (away: (series: string) => boolean): Record<string, undefined> =>
  Object.fromEntries(Object.keys(WELL_POOL).flatMap((series) => (away(series) ? [[series, undefined]] : [])));

const LATE = { [waits('missed')]: '0+400x120' };

export const POOL_ALERT_CASES: readonly AlertCase[] = [
  {
    of: 'PreviewPoolNotReady',
    title: 'not ready for longer than the threshold',
    changes: { [condition('Ready')]: '0x120' },
    fires: ['PreviewPoolNotReady'],
  },
  {
    of: 'PreviewPoolNotReady',
    title: 'not ready for a minute less than the threshold',
    changes: { [condition('Ready')]: '0x120', [since('Ready')]: `${100 * 60 - 14 * 60}x120` },
    fires: [],
  },
  {
    of: 'PreviewPoolNotReady',
    title: 'not ready for an hour, with a threshold of two',
    changes: {
      [condition('Ready')]: '0x120',
      [since('Ready')]: '2400x120',
      preview_pool_alert_not_ready_seconds: '7200x120',
    },
    fires: [],
  },
  {
    of: 'PreviewPoolDegraded',
    title: 'degraded',
    changes: { [condition('Degraded')]: '1x120' },
    fires: ['PreviewPoolDegraded'],
  },
  {
    of: 'PreviewPoolDegraded',
    title: 'degraded for ten minutes',
    changes: { [condition('Degraded')]: '0x90 1x30' },
    fires: [],
  },
  {
    of: 'PreviewPoolStalled',
    title: 'stalled',
    changes: { [condition('Stalled')]: '1x120' },
    fires: ['PreviewPoolStalled'],
  },
  {
    of: 'PreviewPoolStalled',
    title: 'stalled once, and no more',
    changes: { [condition('Stalled')]: '1x90 0x30' },
    fires: [],
  },
  {
    of: 'PreviewPoolRolledBack',
    title: 'an image that was rolled back',
    changes: { preview_pool_rolled_back: '1x120', [condition('Stalled')]: '1x120' },
    fires: ['PreviewPoolRolledBack'],
  },
  {
    of: 'PreviewPoolRolledBack',
    title: 'an image that was rolled back until ten minutes ago',
    changes: { preview_pool_rolled_back: '1x90 0x30' },
    fires: [],
  },
  {
    of: 'PreviewPoolRedisNotReady',
    title: 'Redis away',
    changes: { [condition('RedisReady')]: '0x120' },
    fires: ['PreviewPoolRedisNotReady'],
  },
  {
    of: 'PreviewPoolRedisNotReady',
    title: 'Redis not looked at yet',
    changes: { [condition('RedisReady')]: '-1x120' },
    fires: [],
  },
  {
    of: 'PreviewPoolSinkNotReady',
    title: 'a sink that takes nothing',
    changes: { [condition('SinkReady')]: '0x120' },
    fires: ['PreviewPoolSinkNotReady'],
  },
  {
    of: 'PreviewPoolSinkNotReady',
    title: 'a sink of which no worker tells',
    changes: { [condition('SinkReady')]: '-1x120' },
    fires: [],
  },
  {
    of: 'PreviewPoolQueueNeverSeen',
    title: 'a queue that nobody ever used',
    changes: { [condition('QueueSeen')]: '0x120' },
    fires: ['PreviewPoolQueueNeverSeen'],
  },
  {
    of: 'PreviewPoolQueueNeverSeen',
    title: 'a queue that nobody used for 25 minutes',
    changes: { [condition('QueueSeen')]: '0x120', [since('QueueSeen')]: `${75 * 60}x120` },
    fires: [],
  },
  {
    of: 'PreviewPoolQueueNeverSeen',
    title: 'a queue that can not be looked for',
    changes: { [condition('QueueSeen')]: '-1x120' },
    fires: [],
  },
  {
    of: 'PreviewPoolUnobserved',
    title: 'an operator that is not scraped',
    changes: without(isOperators),
    fires: ['PreviewPoolUnobserved'],
  },
  {
    of: 'PreviewPoolUnobserved',
    title: 'an operator that is not scraped for ten minutes',
    changes: Object.fromEntries(
      Object.entries(WELL_POOL)
        .filter(([series]) => isOperators(series))
        .map(([series, values]) => [series, values.replace('x120', 'x85')]),
    ),
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'four of five jobs late',
    changes: LATE,
    fires: ['PreviewWaitTargetBurnFast', 'PreviewWaitTargetBurnSlow'],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'jobs that never start',
    changes: { ...without((series) => series.startsWith('preview_job_waits')), [oldest()]: '0+60x120' },
    fires: ['PreviewWaitTargetBurnFast'],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'jobs of the backfill lane that never start',
    changes: { [oldest('backfill')]: '3601x120' },
    fires: ['PreviewWaitTargetBurnFast'],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'jobs that wait a little less than twice the target',
    changes: { [oldest()]: '60x120', [oldest('backfill')]: '3600x120' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'four of five jobs late until half an hour ago',
    changes: { [waits('missed')]: '0+400x65 26000+0x55' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'all of a handful of jobs late',
    changes: { [waits('met')]: '0x120', [waits('missed')]: '0+0.02x120' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'two late jobs of a pool that has just been woken',
    changes: { [waits('met')]: '_x50 0x70', [waits('missed')]: '_x50 0 0 1 1 2x65' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'late jobs of a pool that is promised no time',
    changes: { ...LATE, ...without((series) => series.startsWith('preview_pool_target_wait')), [oldest()]: '0+60x120' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'late jobs of a queue that somebody paused',
    changes: { ...LATE, preview_queue_paused: '1x120', [oldest()]: '0+60x120' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnFast',
    title: 'late jobs of a pool that somebody suspended',
    changes: { ...LATE, [condition('Suspended')]: '1x120', [oldest()]: '0+60x120' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnSlow',
    title: 'two of five jobs late',
    changes: { [waits('missed')]: '0+67x120' },
    fires: ['PreviewWaitTargetBurnSlow'],
  },
  {
    of: 'PreviewWaitTargetBurnSlow',
    title: 'a quarter of jobs late',
    changes: { [waits('missed')]: '0+33x120' },
    fires: [],
  },
  {
    of: 'PreviewWaitTargetBurnSlow',
    title: 'two of five jobs late, for ten minutes',
    changes: { [waits('missed')]: '0x90 0+67x30' },
    fires: [],
  },
  {
    of: 'PreviewPoolAtMaximum',
    title: 'as many workers as may be, and jobs that wait for too long',
    changes: { preview_pool_workers: '5x120', [oldest()]: '40x120' },
    fires: ['PreviewPoolAtMaximum'],
  },
  {
    of: 'PreviewPoolAtMaximum',
    title: 'as many workers as may be, and jobs that start in time',
    changes: { preview_pool_workers: '5x120' },
    fires: [],
  },
  {
    of: 'PreviewPoolAtMaximum',
    title: 'one worker less than may be, and jobs that wait for too long',
    changes: { preview_pool_workers: '4x120', [oldest()]: '40x120' },
    fires: [],
  },
  {
    of: 'PreviewWorkersUnobserved',
    title: 'workers that are not scraped',
    changes: without((series) => !isOperators(series)),
    fires: ['PreviewWorkersUnobserved'],
  },
  {
    of: 'PreviewWorkersUnobserved',
    title: 'no worker, and none is scraped',
    changes: { ...without((series) => !isOperators(series)), preview_pool_ready_workers: '0x120' },
    fires: [],
  },
  {
    of: 'PreviewJobsFailing',
    title: 'one job of ten fails',
    changes: { 'preview_jobs_total{outcome="failed",reason="Timeout"}': '0+10x120' },
    fires: ['PreviewJobsFailing'],
  },
  {
    of: 'PreviewJobsFailing',
    title: 'one job of ten fails, each for a reason of its own share below the threshold',
    changes: {
      'preview_jobs_total{outcome="failed",reason="Timeout"}': '0+4x120',
      'preview_jobs_total{outcome="failed",reason="NotFound"}': '0+4x120',
    },
    fires: [],
  },
  {
    of: 'PreviewJobsFailing',
    title: 'half of few jobs fail',
    changes: { 'preview_jobs_total{outcome="completed"}': '0+1x120' },
    fires: [],
  },
  {
    of: 'PreviewQuarantineGrowing',
    title: 'quarantine grows',
    changes: { 'preview_quarantine_total{reason="Crashed"}': '0+1x120' },
    fires: ['PreviewQuarantineGrowing'],
  },
  {
    of: 'PreviewQuarantineGrowing',
    title: 'quarantine grows by nine an hour',
    changes: { 'preview_quarantine_total{reason="Crashed"}': '0+0.15x120' },
    fires: [],
  },
  {
    of: 'PreviewSlotRestarts',
    title: 'slots are replaced',
    changes: { 'preview_slot_restarts_total{cause="timeout"}': '0+1x120' },
    fires: ['PreviewSlotRestarts'],
  },
  {
    of: 'PreviewSlotRestarts',
    title: 'slots are replaced, 18 an hour',
    changes: { 'preview_slot_restarts_total{cause="timeout"}': '0+0.3x120' },
    fires: [],
  },
  {
    of: 'PreviewSlotRestarts',
    title: 'slots are replaced because they have done their share of jobs',
    changes: { 'preview_slot_restarts_total{cause="recycle"}': '0+1x120' },
    fires: [],
  },
  {
    of: 'PreviewConsumptionStopped',
    title: 'an idle worker hears nothing any more',
    changes: { preview_last_fetch_timestamp_seconds: '60x120' },
    fires: ['PreviewConsumptionStopped'],
  },
  {
    of: 'PreviewConsumptionStopped',
    title: 'a worker that waits for its sink has not begun to ask',
    changes: { preview_last_fetch_timestamp_seconds: '0x120' },
    fires: [],
  },
  {
    of: 'PreviewConsumptionStopped',
    title: 'a busy worker asks for nothing',
    changes: { preview_last_fetch_timestamp_seconds: '60x120', 'preview_slots{state="idle"}': '0x120' },
    fires: [],
  },
  {
    of: 'PreviewConsumptionHealing',
    title: 'connections are replaced again and again',
    changes: { 'preview_consumption_heals_total{connection="main"}': '0+0.1x120' },
    fires: ['PreviewConsumptionHealing'],
  },
  {
    of: 'PreviewConsumptionHealing',
    title: 'a connection is replaced twice an hour',
    changes: { 'preview_consumption_heals_total{connection="main"}': '0+0.03x120' },
    fires: [],
  },
];
