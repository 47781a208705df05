/** Whether the queue is being consumed, judged by what was seen and when; no IO, no clock of its own. */

export interface Sight {
  /** Jobs that a free slot could start now. */
  readonly runnable: number;
  readonly free: number;
  /** How many fetches have been answered so far. */
  readonly answers: number;
}

// BullMQ's fetch blocks for 10 s at most; its own watchdog acts 1 s later, and ioredis gives a socket 2 s to close. Who has
// heard nothing after 15 s was helped by none of them.
const STUCK_MILLISECONDS = 15_000;
/** With nothing to start, longer: a rate limit lets a worker sleep for 30 s. */
const SILENT_MILLISECONDS = 60_000;
/** Healed at 15 s and at 30 s without effect: only a new process helps. */
const LOST_MILLISECONDS = 45_000;

export class Consumption {
  #key = '';
  #since = 0;
  #heals = 0;
  #now = 0;
  #runnable = 0;
  #suspicious = false;

  /** True when the fetches are to be healed now. `undefined`: Redis did not answer, which says nothing of this worker. */
  see(sight: Sight | undefined, now: number): boolean {
    const free = sight !== undefined && sight.free > 0;
    this.#runnable = sight?.runnable ?? 0;
    this.#suspicious = free;
    this.#now = now;
    // Any change begins a new count: an answer, a slot that was taken, a backlog that came or went, Redis that is back.
    const key = free ? `${sight.answers} ${sight.runnable > 0}` : '';
    if (key !== this.#key || !free) {
      this.#key = key;
      this.#since = now;
      this.#heals = 0;
      return false;
    }
    if (this.stuckMilliseconds < this.#limit * (this.#heals + 1)) return false;
    this.#heals += 1;
    return true;
  }

  /** How long no fetch has been answered that should have been. */
  get stuckMilliseconds(): number {
    return this.#suspicious ? this.#now - this.#since : 0;
  }

  get heals(): number {
    return this.#heals;
  }

  get runnable(): number {
    return this.#runnable;
  }

  get stuck(): boolean {
    return this.#suspicious && this.stuckMilliseconds >= this.#limit;
  }

  /** Stuck with jobs to run, and healing did not help. */
  get lost(): boolean {
    return this.stuck && this.#runnable > 0 && this.stuckMilliseconds >= LOST_MILLISECONDS;
  }

  get #limit(): number {
    return this.#runnable > 0 ? STUCK_MILLISECONDS : SILENT_MILLISECONDS;
  }
}
