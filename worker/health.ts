import type { Redis } from 'ioredis';
import { buildId } from './build.ts';
import type { Consumer } from './consumer.ts';
import type { RendererConnection } from './renderer/connection.ts';
import type { RendererInfo } from './renderer/protocol.ts';
import type { Sink } from './storage/storage.ts';

export interface Part {
  readonly ok: boolean;
  /** What is wrong and where to look. */
  readonly reason?: string;
}

/** The answer of `GET /api/preview/worker/health`. */
export interface Health {
  readonly status: 'ok' | 'unhealthy' | 'stopping';
  readonly redis: Part;
  /** Milliseconds since the epoch. */
  readonly consumption: Part & { readonly lastFetchAt?: number };
  readonly slots: { readonly total: number; readonly busy: number };
  readonly renderers: readonly RendererInfo[];
  readonly sink: Part;
  readonly version: string;
}

const REDIS_MILLISECONDS = 1_000;
/** An idle worker asks the queue each 5 s; one whose slots are all busy need not. */
const SILENT_MILLISECONDS = 60_000;
const SINK_INTERVAL_MILLISECONDS = 60_000;

/** What is known of the worker's parts, and the sink's probe, repeated each minute. */
export class Condition {
  readonly build = buildId();
  readonly slots: number;
  readonly #redis: Redis;
  readonly #sink: Sink;
  readonly #since = Date.now();
  readonly #timer: NodeJS.Timeout;
  consumer: Consumer | undefined;
  #renderer: RendererConnection | undefined;
  stopping = false;
  #sinkPart: Part = { ok: false, reason: 'not looked at yet' };
  #reached = false;
  #proven = false;

  constructor({ redis, sink, slots }: { redis: Redis; sink: Sink; slots: number }) {
    this.#redis = redis;
    this.#sink = sink;
    this.slots = slots;
    this.#timer = setInterval(() => void this.probeSink(), SINK_INTERVAL_MILLISECONDS);
    redis.on('ready', () => {
      this.#reached = true;
    });
  }

  /** Connected, which it is only after its self-test. */
  get renderer(): RendererConnection | undefined {
    return this.#renderer;
  }

  set renderer(renderer: RendererConnection | undefined) {
    this.#renderer = renderer;
    if (renderer !== undefined) this.#proven = true;
  }

  get busy(): number {
    return this.consumer?.busy ?? 0;
  }

  get sink(): Part {
    return this.#sinkPart;
  }

  /** Why the worker is not ready. Latched: a Redis that goes away later blocks no node drain. */
  get unready(): string | undefined {
    if (!this.#proven)
      return 'the renderer has not passed its self-test yet: look at the log of the container renderer';
    return this.#reached ? undefined : 'Redis was never reached: check spec.queue.redis and its Secret';
  }

  async probeSink(): Promise<Part> {
    this.#sinkPart = await this.#sink.probe().then(
      () => ({ ok: true }),
      (error: Error) => ({ ok: false, reason: error.message }),
    );
    return this.#sinkPart;
  }

  async look(): Promise<Health> {
    const redis = await this.#ping();
    const consumption = this.#consumption();
    const ok = redis.ok && consumption.ok && this.#sinkPart.ok && this.renderer !== undefined;
    return {
      status: this.stopping ? 'stopping' : ok ? 'ok' : 'unhealthy',
      redis,
      consumption,
      slots: { total: this.slots, busy: this.busy },
      renderers: this.renderer?.capabilities.renderers ?? [],
      sink: this.#sinkPart,
      version: this.build,
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #consumption(): Health['consumption'] {
    const { lastFetchAt } = this.consumer ?? {};
    const facts = lastFetchAt === undefined ? {} : { lastFetchAt };
    if (this.renderer === undefined) return { ok: false, reason: 'no renderer is connected', ...facts };
    if (this.consumer === undefined) return { ok: false, reason: 'nothing is fetched: see redis and sink', ...facts };
    const silent = Date.now() - (lastFetchAt ?? this.#since);
    if (silent > SILENT_MILLISECONDS && this.busy < this.slots) {
      return { ok: false, reason: `the queue has not answered for ${Math.round(silent / 1000)} s`, ...facts };
    }
    return { ok: true, ...facts };
  }

  async #ping(): Promise<Part> {
    if (this.#redis.status !== 'ready') return { ok: false, reason: `not connected (${this.#redis.status})` };
    const { promise, resolve } = Promise.withResolvers<Part>();
    const late = setTimeout(() => resolve({ ok: false, reason: 'no answer within 1 s' }), REDIS_MILLISECONDS);
    this.#redis.ping().then(
      () => resolve({ ok: true }),
      (error: Error) => resolve({ ok: false, reason: error.message }),
    );
    return promise.finally(() => clearTimeout(late));
  }
}
