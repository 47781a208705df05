/**
 * For applications: submit a job, get its result.
 *
 *   const previews = new PreviewClient({ redis: { url: 'redis://localhost:6379' } });
 *   const { id } = await previews.submit({ version: 1, source: { uri: 'file:///inbox/a.jpg' }, outputs: [{ preset: 'grid' }] });
 *   const result = await previews.result(id);
 *   if ('outputs' in result) console.log(result.outputs);
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Queue, type QueueBaseOptions, QueueEvents } from 'bullmq';
import type { WorkerConfig } from './config.generated.ts';
import { FAILURES, type FailureReason, PreviewFailure } from './failures.ts';
import { workersKey } from './heartbeat.ts';
import { WHY_FIELD } from './interruptions.ts';
import type { PreviewJob } from './job.generated.ts';
import { isPinned, validateJob } from './job.ts';
import { requestKeyOf } from './keys.ts';
import type { SubmitLane } from './lanes.ts';
import { addJob } from './queue.ts';
import { onProblem, openRedis, type RedisClient } from './redis.ts';
import type { DryRunResult, PreviewResult, RenderedResult } from './result.ts';
import { Catalogue } from './storage/catalogue.ts';
import { openSink } from './storage/registry.ts';

export { FAILURES, type FailureReason, PreviewFailure } from './failures.ts';
export type { PreviewJob } from './job.generated.ts';
export type { SubmitLane } from './lanes.ts';
export type { DryRunResult, PreviewResult, RenderedResult } from './result.ts';

export interface PreviewClientOptions {
  /** As `redis` of the worker's configuration: `{ url }`, `{ urlFile }`, `{ sentinel }` or `{ cluster }`, credentials as files. */
  readonly redis: WorkerConfig['redis'];
  /** The pool's spec.queue.name. */
  readonly queue?: string;
  /** The pool's spec.queue.prefix. */
  readonly prefix?: string;
  /**
   * The pool's sink, as `sink` of the worker's configuration: each job is recorded there before it is submitted, and
   * `preview-worker sweep` adds again what Redis lost; `result` finds there the answers that the queue has dropped.
   */
  readonly outbox?: WorkerConfig['sink'];
  /** `new BullMQOtel(…)` of bullmq-otel, for an application with traces: a job's goes on from where it was submitted. */
  readonly telemetry?: QueueBaseOptions['telemetry'];
}

export interface SubmitOptions {
  /**
   * `interactive` (default) for people who wait, each `tenant` of the payloads in its turn; `urgent` in front of them; `backfill`
   * for what nobody waits for.
   */
  readonly lane?: SubmitLane;
}

export interface Submitted {
  /** The job's id in the queue, for `result`. */
  readonly id: string;
  /** The same for the same payload; names the record `requests/<requestKey>.json` in the sink. */
  readonly requestKey: string;
  /** Present when this payload, its content pinned, has been answered before: nothing was submitted. */
  readonly result?: PreviewResult;
}

export interface ResultOptions {
  readonly timeoutSeconds?: number;
  readonly onDelay?: (why: string) => void;
}

const ANSWER_SECONDS = 10;
/** A job whose end was not told is looked at again after so long, doubling from the first to the last. */
const POLL_MILLISECONDS = { first: 100, last: 2_000 };
/** For so long nobody wonders where the workers are. */
const QUIET_MILLISECONDS = 5_000;
const CLOSE_MILLISECONDS = 2_000;
/** A job that is submitted again is away for the moment between its removal and its addition. */
const AWAY_MILLISECONDS = 1_000;
/** Of many jobs, how many are on their way to Redis at once. */
const AT_ONCE = 100;

export class PreviewClient {
  readonly #options: PreviewClientOptions;
  readonly #redis: RedisClient;
  readonly #queue: Queue;
  #events: { readonly redis: RedisClient; readonly events: QueueEvents } | undefined;
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();
  readonly #watching = new Map<string, Set<(stage: string) => void>>();
  #outbox: Promise<Catalogue> | undefined;
  #lastError = '';
  #closed = false;

  constructor(options: PreviewClientOptions) {
    const { redis, queue = 'previews', prefix = 'bull', telemetry } = options;
    this.#options = { ...options, queue, prefix };
    this.#redis = openRedis({ settings: redis, patience: 'brief', name: 'preview-client' });
    const heard = (message: string) => {
      this.#lastError = message;
    };
    onProblem(this.#redis, heard);
    this.#queue = new Queue(queue, { connection: this.#redis, prefix, ...(telemetry ? { telemetry } : {}) });
    this.#queue.on('error', ({ message }) => heard(message));
  }

  /**
   * Adds the job, unless the same is waiting or running already: then that one's id. Throws PreviewFailure InvalidPayload
   * before anything is sent; rejects with an Error when Redis does not answer within 10 s.
   */
  async submit(payload: PreviewJob, options: SubmitOptions = {}): Promise<Submitted> {
    return this.#submit(validateJob(payload), options);
  }

  /** As `submit`, in the order of the payloads. All are checked before the first is sent. */
  async submitMany(payloads: readonly PreviewJob[], options: SubmitOptions = {}): Promise<Submitted[]> {
    const jobs = payloads.map((payload, at) => {
      try {
        return validateJob(payload);
      } catch (error) {
        if (!(error instanceof PreviewFailure)) throw error;
        throw new PreviewFailure(error.reason, `payload ${at} of ${payloads.length}: ${error.message}`);
      }
    });
    const submitted: Submitted[] = [];
    for (let at = 0; at < jobs.length; at += AT_ONCE) {
      submitted.push(...(await Promise.all(jobs.slice(at, at + AT_ONCE).map((job) => this.#submit(job, options)))));
    }
    return submitted;
  }

  async #submit(job: PreviewJob, { lane = 'interactive' }: SubmitOptions): Promise<Submitted> {
    const requestKey = requestKeyOf(job);
    if (job.force === true) {
      const id = `${requestKey}-${randomUUID()}`;
      await this.#add({ id, requestKey, lane, job });
      return { id, requestKey };
    }
    const result = await this.#answered(requestKey, job);
    if (result !== undefined) return { id: requestKey, requestKey, result };
    await this.#add({ id: requestKey, requestKey, lane, job });
    return { id: requestKey, requestKey };
  }

  /** What a job would do, told by a worker: nothing is read, rendered or written. */
  async dryRun(payload: PreviewJob, options: { readonly timeoutSeconds?: number } = {}): Promise<DryRunResult> {
    const { id } = await this.submit({ ...payload, dryRun: true });
    return (await this.result(id, options)) as DryRunResult;
  }

  /** Tells the stage that the job has come to, as it is told: a hint. Call what is returned to hear no more. */
  onProgress(id: string, listener: (stage: string) => void): () => void {
    this.#listen();
    const listeners = this.#watching.get(id) ?? new Set();
    this.#watching.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#watching.delete(id);
    };
  }

  /**
   * Waits for the job's end. A job that the queue has dropped is answered from its record in the sink, where `outbox`
   * names that. Rejects with PreviewFailure when the job failed (its `reason` tells why), with an Error when it is not
   * over in time or nothing is known of it. `onDelay` is told, once each, why a worker has put the job off or given it back, and after 5 s that there is none.
   */
  async result(id: string, { timeoutSeconds = 300, onDelay }: ResultOptions = {}): Promise<PreviewResult> {
    try {
      return await this.#answer(id, timeoutSeconds, onDelay);
    } finally {
      // What the queue told before anybody listened is never told again. Whoever else waits looks once more.
      this.#over(id);
    }
  }

  async #answer(id: string, timeoutSeconds: number, onDelay: ResultOptions['onDelay']): Promise<PreviewResult> {
    const begun = Date.now();
    let known: string | null = null;
    const deadline = Date.now() + timeoutSeconds * 1000;
    for (let pause = POLL_MILLISECONDS.first; ; pause = Math.min(2 * pause, POLL_MILLISECONDS.last)) {
      const ended = this.#ended(id);
      const job = await this.#find(id);
      if (job === undefined) return this.#recorded(id);
      const state = job.finishedOn === undefined ? 'unfinished' : await job.getState();
      if (state === 'completed') return job.returnvalue as PreviewResult;
      if (state === 'failed') throw failureOf(job.failedReason);
      const why = onDelay === undefined ? null : await this.#whyDelayed(id, Date.now() - begun);
      if (why !== null && why !== known) {
        known = why;
        onDelay?.(why);
      }
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`job ${id} was not over after ${timeoutSeconds} s: ${await this.#why(job)}`);
      await Promise.race([ended, delay(Math.min(left, pause), undefined, { ref: false })]);
    }
  }

  /** Ends within 2 s also where Redis is away: then its connections are cut. */
  async close(): Promise<void> {
    this.#closed = true;
    const closing = Promise.allSettled([this.#events?.events.close(), this.#queue.close()]);
    await Promise.race([closing, delay(CLOSE_MILLISECONDS, undefined, { ref: false })]);
    // QueueEvents made a connection of its own, and waits to be connected before it would end it.
    void this.#events?.events.backend.close(true).catch(() => {});
    this.#events?.redis.disconnect();
    this.#redis.disconnect();
  }

  /** What is known of an earlier job of this id; one that is over and answers nothing is taken away, so that it can run again. */
  async #answered(id: string, job: PreviewJob, tries = 5): Promise<PreviewResult | undefined> {
    const earlier = await this.#soon(this.#queue.getJob(id));
    const state = await earlier?.getState();
    if (earlier === undefined || (state !== 'completed' && state !== 'failed')) return undefined;
    if (state === 'completed' && isPinned(job)) return earlier.returnvalue as PreviewResult;
    try {
      await earlier.remove();
      return undefined;
    } catch (error) {
      // Another client was faster: a worker has the job that it added, and no lock lets anybody remove that.
      if (tries === 0) throw error;
      return this.#answered(id, job, tries - 1);
    }
  }

  /** What is worth a word to who waits: what a worker has said, or that there has been none for a while. */
  async #whyDelayed(id: string, waitedMilliseconds: number): Promise<string | null> {
    const told = await this.#whyPutOff(id);
    if (told !== null || waitedMilliseconds < QUIET_MILLISECONDS || (await this.#workers()) > 0) return told;
    const { queue, prefix } = this.#options;
    return `no worker is at the queue ${prefix}:${queue}: its pool may be suspended or about to wake, or have another queue`;
  }

  async #workers(): Promise<number> {
    const { queue = '', prefix = '' } = this.#options;
    return this.#soon(this.#redis.hlen(workersKey({ prefix, name: queue })));
  }

  #whyPutOff(id: string): Promise<string | null> {
    const { queue, prefix } = this.#options;
    return this.#soon(this.#redis.hget(`${prefix}:${queue}:${id}`, WHY_FIELD));
  }

  /** Why a job is not over: what the worker that put it off said, or that nobody is there. */
  async #why(job: Job): Promise<string> {
    const told = await this.#whyPutOff(job.id ?? '');
    if (told !== null) return told;
    const { queue = '', prefix = '' } = this.#options;
    const workers = await this.#workers();
    const state = await this.#soon(job.getState());
    if (workers === 0)
      return `it is ${state}, and no worker tells of itself at the queue ${prefix}:${queue}; is it the pool's?`;
    return `it is ${state}, and ${workers} workers are at the queue`;
  }

  async #find(id: string): Promise<Job | undefined> {
    const until = Date.now() + AWAY_MILLISECONDS;
    for (;;) {
      const job = await this.#soon(this.#queue.getJob(id));
      if (job !== undefined || Date.now() > until) return job;
      await delay(50);
    }
  }

  /** The answer to a job that the queue has dropped. */
  async #recorded(id: string): Promise<RenderedResult> {
    const [requestKey = id] = /^r[0-9a-f]{64}/.exec(id) ?? [];
    const catalogue = await this.#catalogue();
    const request = await catalogue?.request(requestKey);
    const manifest = request && (await catalogue?.manifest(request.manifest));
    if (catalogue === undefined || request === undefined || manifest === undefined) {
      const remedy =
        catalogue === undefined
          ? `look for requests/${requestKey}.json in the sink, or give the client its \`outbox\``
          : 'what Redis lost, `preview-worker sweep` submits again';
      throw new Error(`the queue has no job ${id}: never submitted here, or removed; ${remedy}`);
    }
    const { outputs, placeholder, source, renderer } = manifest;
    return {
      ...{ requestKey, manifest: catalogue.sink.uriOf(request.manifest), outputs, source, renderer, cached: true },
      ...(placeholder === undefined ? {} : { placeholder }),
      ...(request.metadata === undefined ? {} : { metadata: request.metadata }),
      timings: {},
    };
  }

  #catalogue(): Promise<Catalogue> | undefined {
    const { outbox } = this.#options;
    if (outbox !== undefined) this.#outbox ??= openSink(outbox).then((sink) => new Catalogue(sink));
    return this.#outbox;
  }

  async #add({ id, requestKey, lane, job }: Accepted): Promise<void> {
    const catalogue = await this.#catalogue();
    await catalogue?.putOutbox({ version: 1, id, requestKey, lane, job, submittedAt: new Date().toISOString() });
    await this.#soon(addJob({ queue: this.#queue, redis: this.#redis }, { id, job, lane }));
  }

  /** Resolves when the queue tells that the job is over. A hint: what is told before the stream is open is never heard. */
  #ended(id: string): Promise<void> {
    this.#listen();
    const known = this.#waiting.get(id);
    if (known !== undefined) return known.promise;
    const told = Promise.withResolvers<void>();
    this.#waiting.set(id, told);
    return told.promise;
  }

  #listen(): void {
    if (this.#closed) throw new Error('the client is closed');
    if (this.#events !== undefined) return;
    const { redis: settings, queue = '', prefix = '' } = this.#options;
    const redis = openRedis({ settings, patience: 'endless', name: 'preview-client-events' });
    const events = new QueueEvents(queue, { connection: redis, prefix });
    const heard = (message: string) => {
      this.#lastError = message;
    };
    onProblem(redis, heard);
    events.on('error', ({ message }) => heard(message));
    const over = ({ jobId }: { jobId: string }) => this.#over(jobId);
    events.on('progress', ({ jobId, data }) => {
      const stage = (data as { stage?: unknown } | null)?.stage;
      if (typeof stage !== 'string') return;
      for (const listener of this.#watching.get(jobId) ?? []) listener(stage);
    });
    events.on('completed', over);
    events.on('failed', over);
    this.#events = { redis, events };
  }

  #over(id: string): void {
    this.#waiting.get(id)?.resolve();
    this.#waiting.delete(id);
  }

  async #soon<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const late = setTimeout(() => {
      const why = this.#lastError === '' ? '' : ` (${this.#lastError})`;
      reject(new Error(`Redis did not answer within ${ANSWER_SECONDS} s${why}: check the address and the credentials`));
    }, ANSWER_SECONDS * 1000);
    work.catch(() => {});
    return Promise.race([work, promise]).finally(() => clearTimeout(late));
  }
}

interface Accepted {
  readonly id: string;
  readonly requestKey: string;
  readonly lane: SubmitLane;
  readonly job: PreviewJob;
}

/** A worker's failure reads `Reason: message`; anything else is the queue's own. */
function failureOf(told: string): Error {
  const [, reason = '', message = ''] = /^(\w+): ([\s\S]*)$/.exec(told) ?? [];
  return Object.hasOwn(FAILURES, reason) ? new PreviewFailure(reason as FailureReason, message) : new Error(told);
}
