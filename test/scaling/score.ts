/** What a run was worth to those who waited, and what it cost. */
import type { Load } from './scenarios.ts';
import type { Run, Served } from './simulation.ts';

export interface Score {
  /** Of interactive jobs, in per cent: started within. */
  readonly in5: number;
  readonly in30: number;
  readonly p95Seconds: number;
  /** Of the backfill lane; 0 without one. */
  readonly backfillP95Seconds: number;
  readonly podHours: number;
  /** How often the number of pods went down after it had gone up. */
  readonly changesOfDirection: number;
  readonly mostPods: number;
  /** The median wait of a job that came after ten minutes without any; 0 without such a one. */
  readonly firstJobSeconds: number;
  /** How long after the end of the pause the last job came that had to wait for over 30 s; 0 without a pause. */
  readonly lateAfterPauseSeconds: number;
}

const IDLE_SECONDS = 600;

export function scoreOf(load: Load, { served, podSeconds, mostPods, changesOfDirection }: Run): Score {
  const scored = served.filter(({ job }) => job.arrivesAt >= load.scoredFrom);
  const interactive = waitsOf(scored.filter(({ job }) => job.lane === 0));
  const backfill = waitsOf(scored.filter(({ job }) => job.lane === 1));
  const within = (seconds: number) =>
    (100 * interactive.filter((wait) => wait <= seconds).length) / Math.max(1, interactive.length);
  return {
    in5: within(5),
    in30: within(30),
    p95Seconds: quantile(interactive, 0.95),
    backfillP95Seconds: quantile(backfill, 0.95),
    podHours: podSeconds / 3_600,
    changesOfDirection,
    mostPods,
    firstJobSeconds: quantile(waitsOf(served.filter(afterIdleness(load))), 0.5),
    lateAfterPauseSeconds: lateAfterPause(load, served),
  };
}

export function meanOf(scores: readonly Score[]): Score {
  const names = Object.keys(scores[0] ?? {}) as (keyof Score)[];
  const mean = (name: keyof Score) => scores.reduce((sum, score) => sum + score[name], 0) / scores.length;
  return Object.fromEntries(names.map((name) => [name, mean(name)])) as unknown as Score;
}

const waitOf = ({ job, startedAt }: Served): number => startedAt - job.arrivesAt;

const waitsOf = (served: readonly Served[]): Float64Array => Float64Array.from(served, waitOf).sort();

/** Of sorted numbers; 0 when there are none. */
const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

function afterIdleness({ jobs }: Load): (served: Served) => boolean {
  const first = new Set(
    jobs.filter(({ arrivesAt }, index) => {
      const before = jobs[index - 1];
      return before !== undefined && arrivesAt - before.arrivesAt > IDLE_SECONDS;
    }),
  );
  return ({ job }) => first.has(job);
}

function lateAfterPause({ paused }: Load, served: readonly Served[]): number {
  if (paused === undefined) return 0;
  const late = served.filter((one) => waitOf(one) > 30 && one.job.arrivesAt >= paused.from);
  return Math.max(0, ...late.map(({ job }) => job.arrivesAt - paused.to));
}
