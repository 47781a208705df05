import { buildId } from './build.ts';
import type { Consumer } from './consumer.ts';
import { type Part, unwell, WELL } from './part.ts';
import type { RedisCondition } from './redis-condition.ts';
import type { RendererConnection } from './renderer/connection.ts';
import type { RendererInfo } from './renderer/protocol.ts';
import type { Sink } from './storage/storage.ts';
import type { Watch } from './watch.ts';

/** The answer of `GET /api/preview/worker/health`. */
export interface Health {
  readonly status: 'ok' | 'unhealthy' | 'stopping';
  readonly redis: Part;
  /** Milliseconds since the epoch. */
  readonly consumption: Part & { readonly lastFetchAt?: number };
  readonly slots: { readonly total: number; readonly busy: number };
  readonly renderer: Part;
  readonly renderers: readonly RendererInfo[];
  readonly sink: Part;
  readonly version: string;
}

/** Between two looks at the sink, when it could be written and when it could not. */
const SINK_LOOK_MILLISECONDS = { ok: 60_000, unwell: 5_000 };
const SINK_REMEDY = 'check that the sink is mounted, writable and not full; the worker looks again by itself';
const RENDERER_REMEDY = 'look at the log of the container renderer; the worker connects when it answers';

export interface ConditionOptions {
  readonly redis: RedisCondition;
  readonly watch: Watch;
  readonly sink: Sink;
  readonly slots: number;
}

/** What is known of the worker's parts, and the sink's probe, repeated each minute, and sooner while it fails. */
export class Condition {
  readonly build = buildId();
  readonly slots: number;
  readonly #redis: RedisCondition;
  readonly #watch: Watch;
  readonly #sink: Sink;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<Part> | undefined;
  #closed = false;
  consumer: Consumer | undefined;
  #renderer: RendererConnection | undefined;
  stopping = false;
  #sinkPart: Part = unwell('not looked at yet', 'wait for the first look');
  #proven = false;

  constructor({ redis, watch, sink, slots }: ConditionOptions) {
    this.#redis = redis;
    this.#watch = watch;
    this.#sink = sink;
    this.slots = slots;
    this.#lookLater();
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
    return this.#redis.reached ? undefined : 'Redis was never reached: check spec.queue.redis and its Secret';
  }

  /** Why this process should be replaced. A process that hangs does not even answer. */
  get dead(): string | undefined {
    return this.stopping ? undefined : this.#watch.dead;
  }

  /** Looks at the sink now; who asks during a look gets its answer. */
  probeSink(): Promise<Part> {
    this.#looking ??= this.#probe().finally(() => {
      this.#looking = undefined;
      this.#lookLater();
    });
    return this.#looking;
  }

  async #probe(): Promise<Part> {
    this.#sinkPart = await this.#sink.probe().then(
      () => WELL,
      (error: Error) => unwell(error.message, SINK_REMEDY),
    );
    return this.#sinkPart;
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const { ok, unwell: soon } = SINK_LOOK_MILLISECONDS;
    this.#timer = setTimeout(() => void this.probeSink(), this.#proven && !this.#sinkPart.ok ? soon : ok);
  }

  async look(): Promise<Health> {
    const redis = await this.#redis.look(this.consumer?.fetching.refusal);
    const consumption = this.#consumption();
    const renderer = this.renderer === undefined ? unwell('no renderer is connected', RENDERER_REMEDY) : WELL;
    const ok = [redis, consumption, renderer, this.#sinkPart].every((part) => part.ok);
    return {
      status: this.stopping ? 'stopping' : ok ? 'ok' : 'unhealthy',
      redis,
      consumption,
      slots: { total: this.slots, busy: this.busy },
      renderer,
      renderers: this.renderer?.capabilities.renderers ?? [],
      sink: this.#sinkPart,
      version: this.build,
    };
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #consumption(): Health['consumption'] {
    const { lastAt, refusal } = this.consumer?.fetching ?? {};
    const facts = lastAt === undefined ? {} : { lastFetchAt: lastAt };
    if (this.renderer === undefined) {
      return { ...unwell('nothing is fetched: no renderer is connected', 'see renderer'), ...facts };
    }
    if (this.consumer === undefined) {
      return { ...unwell('nothing is fetched: the sink can not be written', 'see sink'), ...facts };
    }
    if (refusal !== undefined) return { ...unwell('Redis refuses the fetches', 'see redis'), ...facts };
    return { ...this.#watch.part, ...facts };
  }
}
