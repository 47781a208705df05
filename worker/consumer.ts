/**
 * Takes jobs from the queue and answers for each: a result, a typed failure, or the job given back as it was.
 * Nothing is fetched any more before a job is given back: an idle slot of this very worker would take it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { WorkerConfig } from './config.generated.ts';
import { PreviewFailure } from './failures.ts';
import { Fetching } from './fetching.ts';
import { type InterruptionCause, Interruptions } from './interruptions.ts';
import { type Lane, laneOf } from './lanes.ts';
import { keepLocksWithoutMemory } from './locks.ts';
import type { WorkerLog } from './log.ts';
import type { RedisClient } from './redis.ts';
import type { PreviewResult } from './result.ts';
import type { Tracing } from './tracing/tracing.ts';
import { mendUnreadable } from './unreadable.ts';

export interface ConsumerOptions {
  readonly queue: WorkerConfig['queue'];
  /** `maxRetriesPerRequest: null`; the consumer duplicates it for its blocking reads and never closes it. */
  readonly redis: RedisClient;
  /** The pod's name: BullMQ writes it into each active job. */
  readonly name: string;
  readonly slots: number;
  readonly process: (payload: unknown, signal: AbortSignal, onStage: (stage: string) => void) => Promise<PreviewResult>;
  readonly observe: JobObserver;
  /** Absent: no traces. */
  readonly telemetry?: Tracing['telemetry'];
  readonly log: WorkerLog;
}

export interface JobStart {
  readonly lane: Lane;
  /** Priority 0: urgent, or of a producer that names none. */
  readonly isUnprioritized?: boolean;
  /** Since the job could first have run; undefined for a job that has been started before. */
  readonly waitedSeconds?: number;
}

export interface JobEnd {
  readonly lane: Lane;
  readonly outcome: 'completed' | 'dry_run' | 'failed' | 'retried' | 'returned';
  readonly reason?: string;
  readonly message?: string;
  readonly seconds: number;
  readonly result?: PreviewResult;
}

export interface JobObserver {
  started(start: JobStart): void;
  ended(end: JobEnd): void;
}

/** Of BullMQ's Worker; the benchmark gives the same to a processor that does nothing. */
export const WORKER_OPTIONS = {
  // A job of a worker that was killed is taken up again after lock + 2 × stalled interval = 21 s at most, once a slot is free: a
  // check that comes a moment before the last one's mark in Redis has run out does nothing. The price: for each job a lock
  // renewed each 7.5 s, for each worker a short script each 3 s. What a shorter lock would cost: docs/reliability.md.
  lockDuration: 15_000,
  stalledInterval: 3_000,
  /** BullMQ's 1 would fail a job whose worker two rollouts killed. */
  maxStalledCount: 3,
  /** Finished jobs that say nothing themselves are kept so long, in seconds, and so many. */
  removeOnComplete: { age: 3_600, count: 1_000 },
  removeOnFail: { age: 7 * 86_400, count: 5_000 },
} as const;
/** A fetch that was on its way when closing began has come to rest by then. */
const REST_MILLISECONDS = 200;
/** How long to wait for the blocking connection's end, at most. */
const REST_SECONDS = 2;
const PUT_OFF_MILLISECONDS = 30_000;
/** Whoever watches is told of stages that last: telling is a call to Redis, as dear as the whole answer of a pinned hit. */
const TOLD_AFTER_MILLISECONDS = 100;

export class Consumer {
  readonly fetching: Fetching;
  readonly #options: ConsumerOptions;
  readonly #worker: Worker<unknown, PreviewResult>;
  readonly #interruptions: Interruptions;
  readonly #atRest = Promise.withResolvers<void>();
  /** By job, the field that was no JSON. */
  readonly #unreadable = new Map<string, string>();
  #stopping: Promise<void> | undefined;
  /** There while somebody waits for the last job's end. */
  #idle: PromiseWithResolvers<void> | undefined;
  #busy = 0;

  constructor(options: ConsumerOptions) {
    const { queue, redis, name, slots, telemetry, log } = options;
    this.#options = options;
    this.#interruptions = new Interruptions(redis, queue);
    this.fetching = new Fetching({ redis, queue, name });
    this.#worker = new Worker<unknown, PreviewResult>(
      queue.name,
      // BullMQ counts the parameters: without the third there is no signal.
      (job, token, signal) => this.#answer(job, token ?? '', signal ?? new AbortController().signal),
      {
        connection: redis,
        prefix: queue.prefix,
        name,
        concurrency: slots,
        ...WORKER_OPTIONS,
        ...(telemetry ? { telemetry } : {}),
      },
      this.fetching.backend,
    );
    keepLocksWithoutMemory(this.#worker, redis);
    mendUnreadable(this.#worker.backend, (id, field) => this.#unreadable.set(id, field));
    this.#worker.on('error', (error) => log.warn({ error: error.message }, 'queue'));
    this.#worker.on('lockRenewalFailed', (jobs) => {
      for (const id of jobs) this.#worker.cancelJob(id, LOCK_LOST);
    });
  }

  get busy(): number {
    return this.#busy;
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  /**
   * Fetches nothing more, lets jobs run for `graceSeconds`, then gives back what still runs. Rejects when that is not
   * done `closingSeconds` later: then Redis is away, and only time gives the jobs back.
   */
  stop(options: { readonly graceSeconds: number; readonly closingSeconds: number }): Promise<void> {
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  async #stop({ graceSeconds, closingSeconds }: { graceSeconds: number; closingSeconds: number }): Promise<void> {
    const closing = this.#worker.close();
    // Without Redis neither may come; then nothing can be fetched either.
    await within(REST_SECONDS, Promise.race([closing, this.#rest()]));
    this.#atRest.resolve();
    if (this.#busy > 0) {
      this.#idle = Promise.withResolvers<void>();
      await within(graceSeconds, this.#idle.promise);
    }
    this.#worker.cancelAllJobs(SHUTDOWN);
    if (await within(closingSeconds - REST_SECONDS, closing)) {
      if (this.#options.redis.status === 'ready') return;
      // Whether the loop could end then is chance; that the queue was not told is not.
      throw new Error('Redis was away at the end: jobs that ran here, if any, run again when their locks lapse');
    }
    // A second close() would only wait for the first.
    await within(
      1,
      this.#worker.backend.disconnect().catch(() => {}),
    );
    this.fetching.cut();
    throw new Error(
      `Redis, or the loop that asks it, did not end within ${closingSeconds} s: jobs that ran here run again when their locks lapse`,
    );
  }

  /** Until the blocking connection is gone and what it had fetched has been handed out. */
  async #rest(): Promise<void> {
    await this.fetching.gone();
    await delay(REST_MILLISECONDS);
  }

  async #answer(job: Job<unknown, PreviewResult>, token: string, signal: AbortSignal): Promise<PreviewResult> {
    const { observe, log } = this.#options;
    const lane = laneOf(job.opts.priority);
    const start = performance.now();
    const end = (outcome: JobEnd['outcome'], more: Pick<JobEnd, 'reason' | 'message' | 'result'>) => {
      this.#busy -= 1;
      if (this.#busy === 0) this.#idle?.resolve();
      const seconds = (performance.now() - start) / 1000;
      observe.ended({ lane, outcome, seconds, ...more });
      const fields = {
        job: job.id,
        ...tenantOf(job.data),
        lane,
        outcome,
        seconds: Number(seconds.toFixed(3)),
        ...factsOf(more),
      };
      log[outcome === 'failed' ? 'warn' : 'info'](fields, 'job');
    };
    let telling: NodeJS.Timeout | undefined;
    // A hint: nobody waits for it, and a loss is no loss.
    const tell = (stage: string) => {
      clearTimeout(telling);
      telling = setTimeout(() => job.updateProgress({ stage }).catch(() => {}), TOLD_AFTER_MILLISECONDS);
    };
    this.#busy += 1;
    this.fetching.answered();
    observe.started({ lane, isUnprioritized: (job.opts.priority ?? 0) === 0, ...waited(job) });
    try {
      this.#refuseUnreadable(job.id ?? '');
      const result = await this.#options.process(job.data, signal, tell).finally(() => clearTimeout(telling));
      end('dryRun' in result ? 'dry_run' : 'completed', { result });
      return result;
    } catch (error) {
      const { outcome, thrown, ...why } = await this.#unfinished(job, token, signal, error).catch(
        (problem: Error): Unfinished => ({ outcome: 'retried', reason: 'Internal', thrown: problem }),
      );
      end(outcome, why);
      throw thrown;
    }
  }

  #refuseUnreadable(id: string): void {
    const field = this.#unreadable.get(id);
    if (field === undefined) return;
    this.#unreadable.delete(id);
    throw new PreviewFailure('InvalidPayload', `the job's ${field} in Redis is no JSON that a job may hold`);
  }

  /** What becomes of a job that has no result, and what BullMQ is told. */
  async #unfinished(job: Job, token: string, signal: AbortSignal, error: unknown): Promise<Unfinished> {
    const { log } = this.#options;
    if (signal.reason === LOCK_LOST) {
      return { outcome: 'returned', reason: 'LockLost', thrown: new Error('the lock was lost: another worker has it') };
    }
    if (signal.aborted) return this.#giveBack(job, token, 'shutdown');
    const failure =
      error instanceof PreviewFailure
        ? error
        : new PreviewFailure('Internal', (error as Error)?.message ?? String(error), { cause: error });
    if (failure.reason === 'RendererUnavailable') return this.#giveBack(job, token, 'renderer');
    if (failure.reason === 'NewerPayload') return this.#putOff(job, token, failure);
    if (failure.reason === 'Internal') log.error({ job: job.id, error: failure.message, stack: failure.stack }, 'job');
    const attempts = job.opts.attempts ?? 1;
    if (failure.permanent) return failed(failure);
    const last = job.attemptsMade + 1 >= attempts;
    const { reason, message } = failure;
    return { outcome: last ? 'failed' : 'retried', reason, message, thrown: new Error(textOf(failure)) };
  }

  /** Back to where it was, no attempt burnt, unless that has happened too often. */
  async #giveBack(job: Job, token: string, cause: InterruptionCause): Promise<Unfinished> {
    const { log } = this.#options;
    // A renderer that is gone ends this consumer: its owner stops it.
    await Promise.race([this.#atRest.promise, delay(30_000, undefined, { ref: false })]);
    const failure = await this.#interruptions.tooMany(
      job.id ?? '',
      cause,
      `a worker gave it back: ${GIVEN_BACK[cause]}`,
    );
    if (failure !== undefined) return failed(failure);
    try {
      await job.moveToWait(token);
    } catch (error) {
      log.warn({ job: job.id, error: (error as Error).message }, 'a job could not be given back; its lock will lapse');
    }
    return { outcome: 'returned', reason: cause, thrown: new WaitingError() };
  }

  async #putOff(job: Job, token: string, failure: PreviewFailure): Promise<Unfinished> {
    const why = `a worker put it off for ${PUT_OFF_MILLISECONDS / 1000} s: ${failure.message}`;
    const tooMany = await this.#interruptions.tooMany(job.id ?? '', 'newer', why);
    if (tooMany !== undefined) return failed(new PreviewFailure('InvalidPayload', failure.message));
    await job.moveToDelayed(Date.now() + PUT_OFF_MILLISECONDS, token);
    return { outcome: 'returned', reason: failure.reason, thrown: new DelayedError() };
  }
}

interface Unfinished {
  readonly outcome: 'failed' | 'retried' | 'returned';
  readonly reason: string;
  readonly message?: string;
  readonly thrown: Error;
}

const GIVEN_BACK: Readonly<Record<InterruptionCause, string>> = {
  shutdown: 'it was told to end',
  renderer: 'its renderer ended',
  newer: 'it does not know this payload',
};

const LOCK_LOST = 'lock lost';
const SHUTDOWN = 'shutdown';

function failed(failure: PreviewFailure): Unfinished {
  const { reason, message } = failure;
  return { outcome: 'failed', reason, message, thrown: new UnrecoverableError(textOf(failure)) };
}

/** `Reason: what happened. What to do`: the first word is the reason that clients read. */
function textOf({ reason, message, remedy }: PreviewFailure): string {
  return `${reason}: ${message}; ${remedy}`;
}

/** Nothing for a job whose hash, which is anybody's to write, holds no times. */
function waited({ attemptsStarted, processedOn, timestamp, opts }: Job): Pick<JobStart, 'waitedSeconds'> {
  const milliseconds = Number(processedOn) - timestamp - Number(opts.delay ?? 0);
  if (attemptsStarted > 1 || !Number.isFinite(milliseconds)) return {};
  return { waitedSeconds: Math.max(0, milliseconds) / 1000 };
}

/** Hostile like all of the payload, which may not even have been checked. */
function tenantOf(data: unknown): { tenant?: string } {
  const tenant = (data as { tenant?: unknown } | null)?.tenant;
  return typeof tenant === 'string' && /^[\w.-]{1,63}$/.test(tenant) ? { tenant } : {};
}

function factsOf({ reason, message, result }: Pick<JobEnd, 'reason' | 'message' | 'result'>): object {
  if (result === undefined) return { reason, message };
  // No source: a URL's query may hold what opens it.
  if ('dryRun' in result) {
    const { destination, outputs } = result.plan;
    return { requestKey: result.requestKey, plan: { destination, outputs: outputs.map(({ name }) => name) } };
  }
  return { requestKey: result.requestKey, cached: result.cached, manifest: result.manifest, timings: result.timings };
}

/** Whether `work` ended in time; it goes on if not. */
async function within(seconds: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const late = delay(seconds * 1000, false, { signal: over.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    over.abort();
  }
}
