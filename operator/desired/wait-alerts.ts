/** Alerts on the promise that jobs start within a time, and what is recorded for them. */
import { PER_POOL, type Scope } from './alert-scope.ts';
import type { Alert, RecordingRule } from './rule.ts';

/** 95 of 100 jobs start within the target. */
const MAY_MISS = 0.05;
/** In the long window, while workers were there: a pool that starts two jobs late has burned nothing worth an alert. */
const LATE_JOBS = 10;

const PER_LANE = 'by (namespace, pool, lane)';
const LEVEL = 'namespace_pool_lane';
const WAITS = `${LEVEL}:preview_job_waits:rate5m`;
const MISSED = `${LEVEL}:preview_job_waits_missed:rate5m`;

/** Summed up by lane, so that six hours are read of one series a lane and not of each worker that there was. */
export const waitRecords = ({ select }: Scope): RecordingRule[] => [
  { record: WAITS, expr: `sum ${PER_LANE} (rate(${select('preview_job_waits_total')}[5m]))` },
  { record: MISSED, expr: `sum ${PER_LANE} (rate(${select('preview_job_waits_total', 'target="missed"')}[5m]))` },
];

export function waitAlerts(scope: Scope): Alert[] {
  const { select, ifWanted } = scope;
  const over = (record: string, window: string) => `avg_over_time(${select(record)}[${window}])`;
  const share = (window: string) =>
    window === '5m' ? `${select(MISSED)} / ${select(WAITS)}` : `${over(MISSED, window)} / ${over(WAITS, window)}`;
  /** The budget goes `times` as fast as it may, in the short window still and in the long one on the whole. */
  const burns = (times: number, short: string, long: string) =>
    `${share(short)} > ${Number((times * MAY_MISS).toFixed(4))}
  and ${share(long)} > ${Number((times * MAY_MISS).toFixed(4))}
  and sum_over_time(${select(MISSED)}[${long}:1m]) * 60 >= ${LATE_JOBS}`;
  const oldest = `max ${PER_LANE} (${select('preview_queue_oldest_runnable_seconds')})`;
  const target = `max ${PER_LANE} (${select('preview_pool_target_wait_seconds')})`;
  const later = (times: number) => `${oldest} > ${times === 1 ? '' : `${times} * `}${target}`;
  /** Nothing is promised where workers do not follow the waiting time, and while somebody keeps the jobs back. */
  const promised = (expr: string) =>
    ifWanted(`(
  ${expr}
)
and on (namespace, pool, lane) ${target}
unless on (namespace, pool) max ${PER_POOL} (${select('preview_queue_paused')}) == 1
unless on (namespace, pool) max ${PER_POOL} (${select('preview_pool_condition', 'condition="Suspended"')}) == 1`);
  return [
    {
      name: 'PreviewWaitTargetBurnFast',
      severity: 'critical',
      minutes: 5,
      // Jobs that never start give no sample of how long they waited.
      expr: promised(`${burns(14.4, '5m', '1h')}
  or ${later(2)}`),
      summary: '{{ $labels.lane }} jobs start far too late, or not at all',
      description:
        'Of a hour’s jobs more than 72 % started later than the target, or the oldest has waited for more than twice as long.',
    },
    {
      name: 'PreviewWaitTargetBurnSlow',
      severity: 'warning',
      minutes: 15,
      expr: promised(burns(6, '30m', '6h')),
      summary: '{{ $labels.lane }} jobs start too late, for hours',
      description: 'Of the jobs of six hours more than 30 % started later than the target.',
    },
    {
      name: 'PreviewPoolAtMaximum',
      severity: 'warning',
      minutes: 10,
      expr: promised(
        `${later(1)}
  and on (namespace, pool) max ${PER_POOL} (${select('preview_pool_workers')}) >= max ${PER_POOL} (${select('preview_pool_max_workers')})`,
      ),
      summary: 'it has all the workers it may have, and {{ $labels.lane }} jobs wait for too long',
      description: 'maxReplicas keeps it from more. The oldest job has waited for {{ $value | humanizeDuration }}.',
    },
  ];
}
