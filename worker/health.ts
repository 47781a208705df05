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

const SINK_INTERVAL_MILLISECONDS = 60_000;
const SINK_REMEDY = 'check that the sink is mounted, writable and not full; the worker looks again by itself';
const RENDERER_REMEDY = 'look at the log of the container renderer; the worker connects when it answers';

export interface ConditionOptions {
  readonly redis: RedisCondition;
  readonly watch: Watch;
  readonly sink: Sink;
  readonly slots: number;
}

/** What is known of the worker's parts, and the sink's probe, repeated each minute. */
export class Condition {
  readonly build = buildId();
  readonly slots: number;
  readonly #redis: RedisCondition;
  readonly #watch: Watch;
  readonly #sink: Sink;
  readonly #timer: NodeJS.Timeout;
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
    this.#timer = setInterval(() => void this.probeSink(), SINK_INTERVAL_MILLISECONDS);
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

  async probeSink(): Promise<Part> {
    this.#sinkPart = await this.#sink.probe().then(
      () => WELL,
      (error: Error) => unwell(error.message, SINK_REMEDY),
    );
    return this.#sinkPart;
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
    clearInterval(this.#timer);
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
