/**
 * Proves, each 3 s, that the queue is consumed, and heals the connections that keep it from being consumed. What healing
 * does not help, a restart may: then this worker calls itself dead. Redis being away is no reason to die.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { runnableJobs } from './backlog.ts';
import type { WorkerConfig } from './config.generated.ts';
import type { Consumer } from './consumer.ts';
import { Consumption } from './consumption.ts';
import type { WorkerLog } from './log.ts';
import { type Part, unwell, WELL } from './part.ts';
import { askQueueServer, cutSockets, onProblem, type RedisClient } from './redis.ts';

export type HealedConnection = 'blocking' | 'main';

export interface WatchOptions {
  readonly redis: RedisClient;
  readonly queue: WorkerConfig['queue'];
  readonly slots: number;
  readonly consumer: () => Consumer | undefined;
  /** Another connection to the same Redis; ended after one question. */
  readonly probe: () => RedisClient;
  readonly onHeal: (connection: HealedConnection) => void;
  readonly log: WorkerLog;
}

const LOOK_MILLISECONDS = 3_000;
const ANSWER_MILLISECONDS = 2_000;
const LATE_MILLISECONDS = 500;
/** Short of what is left of a lock that is due for renewal (7.5 s of 15 s), so that running jobs keep theirs. */
const SILENT_MILLISECONDS = 4_000;

export class Watch {
  readonly #options: WatchOptions;
  readonly #consumption = new Consumption();
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  #asked: Promise<number> | undefined;
  #silentSince: number | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), LOOK_MILLISECONDS);
  }

  /** Consumption as a part of health, as far as it is this worker's own. */
  get part(): Part {
    if (!this.#consumption.stuck) return WELL;
    return unwell(this.#reason, this.#consumption.lost ? RESTART : HEALING);
  }

  /** Why this process should be replaced. */
  get dead(): string | undefined {
    return this.#consumption.lost ? this.#reason : undefined;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  get #reason(): string {
    const { runnable, stuckMilliseconds, heals } = this.#consumption;
    const seconds = Math.round(stuckMilliseconds / 1000);
    return `${runnable} jobs could run and a slot is free, but no fetch was answered for ${seconds} s; healed ${heals} times`;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const runnable = await this.#ask();
      await this.#healMain(runnable !== undefined);
      this.#judge(runnable);
    } finally {
      this.#looking = false;
    }
  }

  #judge(runnable: number | undefined): void {
    const { slots, log, onHeal } = this.#options;
    const consumer = this.#options.consumer();
    const known = runnable !== undefined && consumer !== undefined && !consumer.stopping;
    const sight = known ? { runnable, free: slots - consumer.busy, answers: consumer.fetching.answers } : undefined;
    const { heals } = this.#consumption;
    if (this.#consumption.see(sight, performance.now())) {
      if (heals === 0) log.warn({ reason: this.#reason }, 'the blocking connection is replaced');
      onHeal('blocking');
      consumer?.fetching.renew();
    } else if (heals > 0 && this.#consumption.heals === 0 && known) log.info({ heals }, 'fetches are answered again');
  }

  /** Runnable jobs; undefined when Redis does not answer. One question at a time: they do not pile up while it is away. */
  async #ask(): Promise<number | undefined> {
    const { redis, queue } = this.#options;
    if (this.#asked === undefined && redis.status !== 'ready') return undefined;
    this.#asked ??= runnableJobs(redis, queue)
      // Redis refuses, so it is there; what it refuses is said by others.
      .catch(() => 0)
      .finally(() => {
        this.#asked = undefined;
      });
    return Promise.race([this.#asked, delay(ANSWER_MILLISECONDS, undefined, { ref: false })]);
  }

  /**
   * The main connection, when it is dead and Redis is not: proved by another connection, which is answered. A frozen
   * Redis would carry out twice what is said again on a new connection.
   */
  async #healMain(answered: boolean): Promise<void> {
    const { redis, log, onHeal } = this.#options;
    if (answered || !['connect', 'ready'].includes(redis.status)) {
      this.#silentSince = undefined;
      return;
    }
    this.#silentSince ??= performance.now() - ANSWER_MILLISECONDS;
    const silent = performance.now() - this.#silentSince;
    if (silent < SILENT_MILLISECONDS || !(await this.#probed())) return;
    if (redis.status === 'ready' && (await this.#answeredLate())) return;
    log.warn({ silentSeconds: Math.round(silent / 1000) }, 'Redis answers others: the main connection is replaced');
    onHeal('main');
    this.#silentSince = undefined;
    cutSockets(redis);
  }

  /** A Redis that was frozen answers everybody within moments of the probe. */
  async #answeredLate(): Promise<boolean> {
    const answer = this.#asked?.then(() => true) ?? true;
    return Promise.race([answer, delay(LATE_MILLISECONDS, false, { ref: false })]);
  }

  async #probed(): Promise<boolean> {
    let probe: RedisClient | undefined;
    try {
      probe = this.#options.probe();
      onProblem(probe, () => {});
      return await Promise.race([
        askQueueServer(probe, this.#options.queue).then(() => true),
        delay(ANSWER_MILLISECONDS, false, { ref: false }),
      ]);
    } catch {
      return false;
    } finally {
      probe?.disconnect();
    }
  }
}

const HEALING = 'the worker replaces its blocking connection by itself; if that does not help, /livez fails';
const RESTART = 'restart this worker: the kubelet does so, as /livez fails; running jobs get their grace';
