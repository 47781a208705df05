/** A queue as its counts tell: those that BullMQ knows, and the monotone ones that workers keep. */
import type { LaneCounts, QueueLook } from '../../operator/scaling/estimates.ts';
import type { Job, Load } from './scenarios.ts';

class Lane {
  readonly waiting: Job[] = [];
  /** Those before it have been taken. */
  first = 0;
  active = 0;
  finished = 0;
  #busySeconds = 0;
  #countedAt = 0;

  get length(): number {
    return this.waiting.length - this.first;
  }

  /** Called before `active` changes. */
  count(now: number): void {
    this.#busySeconds += this.active * (now - this.#countedAt);
    this.#countedAt = now;
  }

  counts(now: number): LaneCounts {
    this.count(now);
    const { length: waiting, active, finished } = this;
    return { waiting, active, finished, failed: 0, busyMs: 1_000 * this.#busySeconds };
  }
}

export class SimulatedQueue {
  readonly #lanes = [new Lane(), new Lane()] as const;
  readonly #load: Load;

  constructor(load: Load) {
    this.#load = load;
  }

  get waiting(): number {
    return this.#lanes[0].length + this.#lanes[1].length;
  }

  get active(): number {
    return this.#lanes[0].active + this.#lanes[1].active;
  }

  isPaused(now: number): boolean {
    const { paused } = this.#load;
    return paused !== undefined && now >= paused.from && now < paused.to;
  }

  add(job: Job): void {
    this.#lanes[job.lane].waiting.push(job);
  }

  /** The next job, which now is active; undefined when none may start. */
  take(now: number): Job | undefined {
    const { globalConcurrency = Number.POSITIVE_INFINITY } = this.#load;
    if (this.isPaused(now) || this.active >= globalConcurrency) return undefined;
    const lane = this.#lanes.find(({ length }) => length > 0);
    if (lane === undefined) return undefined;
    lane.count(now);
    lane.active += 1;
    return lane.waiting[lane.first++];
  }

  finish(job: Job, now: number): void {
    const lane = this.#lanes[job.lane];
    lane.count(now);
    lane.active -= 1;
    lane.finished += 1;
  }

  look(now: number): QueueLook {
    const [interactive, backfill] = this.#lanes;
    const oldest = interactive.waiting[interactive.first];
    return {
      at: now,
      lanes: { interactive: interactive.counts(now), backfill: backfill.counts(now) },
      oldestSeconds: oldest === undefined ? 0 : now - oldest.arrivesAt,
      paused: this.isPaused(now),
      globalConcurrency: this.#load.globalConcurrency ?? null,
    };
  }
}
