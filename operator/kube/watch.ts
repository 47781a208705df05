/**
 * A reflector: lists a collection, then watches it from there, for ever. Whatever breaks, the store ends up equal to
 * the server's state: a lost stream is taken up at the last version seen, an expired version is listed anew.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from './client.ts';
import { KubeError } from './errors.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { Change, Store } from './store.ts';

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The namespace of `path`, where reflectors of several namespaces share one store. */
  readonly namespace?: string | undefined;
  readonly store: Store<T>;
  /** Cuts an object down to what is read, before it is stored. */
  readonly project?: (object: T) => T;
  readonly onChange: (change: Change<T>) => void;
  readonly onProblem: (error: KubeError) => void;
  /** No byte for so long means that the stream hangs; the server sends a bookmark about each minute. */
  readonly silenceMs?: number;
  /** Milliseconds to wait after the n-th failure in a row, n ≥ 1. */
  readonly backoff?: (failures: number) => number;
}

export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #stop = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #version: string | undefined;
  #failures = 0;
  #lastContactAt = performance.now();

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** Settles after the first list; never when stopped before it. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Seconds since the server last said anything on this collection. */
  get silentSeconds(): number {
    return (performance.now() - this.#lastContactAt) / 1000;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { onProblem, backoff = jitteredBackoff } = this.#options;
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list();
        await this.#watch();
      } catch (error) {
        if (signal.aborted) return;
        const problem =
          error instanceof KubeError
            ? error
            : new KubeError(String(error), { status: 0, reason: 'Unexpected', cause: error });
        if (problem.isGone) this.#version = undefined;
        this.#failures += 1;
        onProblem(problem);
        const wait = Math.max(backoff(this.#failures), (problem.retryAfterSeconds ?? 0) * 1000);
        await sleep(wait, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #list(): Promise<void> {
    const { client, path, query = {}, namespace, store } = this.#options;
    const { items, resourceVersion } = await client.list<T>(path, query, this.#stop.signal);
    this.#heard();
    this.#tell(
      store.replace(
        items.map((item) => this.#strip(item)),
        namespace,
      ),
    );
    this.#version = resourceVersion;
    this.#synced.resolve();
  }

  async #watch(): Promise<void> {
    const { client, path, query = {}, store, silenceMs = 150_000 } = this.#options;
    // Spread over 5 to 10 minutes, so that a restarted server does not meet all its watchers at one moment.
    const timeoutSeconds = 300 + Math.floor(Math.random() * 300);
    const stream = client.watch<T>(
      path,
      { ...query, resourceVersion: this.#version, timeoutSeconds },
      { signal: this.#stop.signal, silenceMs },
    );
    const begun = performance.now();
    try {
      for await (const { type, object } of stream) {
        this.#heard();
        if (type === 'DELETED') this.#tell(store.remove(keyOf(object)));
        else if (type !== 'BOOKMARK') this.#tell(store.put(this.#strip(object)));
        this.#version = object.metadata.resourceVersion ?? this.#version;
      }
    } finally {
      // Only a stream that held for a while is health: lists that succeed between watches that fail must not
      // keep the back-off at its start.
      if (performance.now() - begun > 1000) this.#failures = 0;
    }
    // A server that ends each stream at once must be met with back-off, not with a hot loop.
    if (performance.now() - begun < 1000)
      throw new KubeError(`watch ${path} ended at once`, { status: 0, reason: 'ShortWatch' });
  }

  #heard(): void {
    this.#lastContactAt = performance.now();
  }

  #strip(object: T): T {
    const { managedFields: _, ...metadata } = object.metadata;
    const stripped = { ...object, metadata };
    return this.#options.project?.(stripped) ?? stripped;
  }

  /** A handler that throws must cost neither the process nor the stream. */
  #tell(changes: readonly Change<T>[]): void {
    for (const change of changes) {
      try {
        this.#options.onChange(change);
      } catch (cause) {
        this.#options.onProblem(
          new KubeError(`handler of ${this.#options.path} threw: ${cause}`, {
            status: 0,
            reason: 'HandlerFailed',
            cause,
          }),
        );
      }
    }
  }
}

/** 0.2 s doubling to 30 s, each between half and the whole of it. */
function jitteredBackoff(failures: number): number {
  return Math.min(30_000, 200 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}
