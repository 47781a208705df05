/**
 * Tells at once when something happens in a queue that has no workers: BullMQ writes each job into the queue's stream of
 * events. One blocked reader for each endpoint and user, however many queues; in a Cluster for each hash tag, since one
 * command reads keys of one slot only. It reads beside the marker that workers block on, and takes nothing from them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf } from '../pool/hash.ts';
import { open, type RedisClient, withDeadline } from './connections.ts';
import type { RedisEndpoint } from './endpoint.ts';

/** How long a queue that is new to a reader waits for its turn at most; also the commands of an idle reader: one each. */
const BLOCK_MS = 1_000;
const DEADLINE_MS = BLOCK_MS + 3_000;
/** After a hit: a burst is one word. */
const PAUSE_MS = 20;
const RETRY_MS = { first: 200, last: 5_000 } as const;
/** That something happened is enough; what it was the backlog tells. */
const COUNT = 10;
/** A stream that can not be read is tried again with the others after so long. */
const SET_ASIDE_MS = 60_000;

export interface QueueEventsOptions {
  /** Something may have happened in this pool's queue: look. Also called whenever events may have been missed. */
  readonly onEvent: (pool: string) => void;
  readonly onProblem: (error: Error) => void;
}

export class QueueEvents {
  readonly #options: QueueEventsOptions;
  readonly #readers = new Map<string, Reader>();
  readonly #followed = new Map<string, { readonly key: string; readonly stream: string }>();

  constructor(options: QueueEventsOptions) {
    this.#options = options;
  }

  /** Blocked connections. */
  get size(): number {
    return this.#readers.size;
  }

  /** `stream` as `<prefix>:<queue>:events`. A pool follows one. */
  follow(pool: string, endpoint: RedisEndpoint, stream: string): void {
    const tag = endpoint.form === 'cluster' ? (/\{([^}]+)\}/.exec(stream)?.[1] ?? stream) : '';
    const key = hashOf([endpoint, tag]);
    const before = this.#followed.get(pool);
    if (before?.key === key && before.stream === stream) return;
    this.forget(pool);
    this.#followed.set(pool, { key, stream });
    const reader = this.#readers.get(key) ?? new Reader(open(endpoint), this.#options);
    this.#readers.set(key, reader);
    reader.add(stream, pool);
  }

  forget(pool: string): void {
    const { key = '', stream = '' } = this.#followed.get(pool) ?? {};
    this.#followed.delete(pool);
    const reader = this.#readers.get(key);
    reader?.remove(stream, pool);
    if (reader === undefined || reader.size > 0) return;
    reader.close();
    this.#readers.delete(key);
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
    this.#followed.clear();
  }
}

interface Stream {
  readonly pools: Set<string>;
  /** Of the last event that was read; undefined while it is not known what came before. */
  id: string | undefined;
  setAsideUntil: number;
}

class Reader {
  readonly #redis: RedisClient;
  readonly #options: QueueEventsOptions;
  readonly #streams = new Map<string, Stream>();
  #isClosed = false;

  constructor(redis: RedisClient, options: QueueEventsOptions) {
    this.#redis = redis;
    this.#options = options;
    // Told with the command that it fails.
    redis.on('error', () => {});
    void this.#run();
  }

  get size(): number {
    return this.#streams.size;
  }

  add(name: string, pool: string): void {
    const stream = this.#streams.get(name) ?? { pools: new Set(), id: undefined, setAsideUntil: 0 };
    stream.pools.add(pool);
    // What came before it was followed is looked at, as for a new one.
    stream.id = undefined;
    this.#streams.set(name, stream);
  }

  remove(name: string, pool: string): void {
    const stream = this.#streams.get(name);
    stream?.pools.delete(pool);
    if (stream?.pools.size === 0) this.#streams.delete(name);
  }

  close(): void {
    this.#isClosed = true;
    this.#streams.clear();
    this.#redis.disconnect();
  }

  async #run(): Promise<void> {
    let pause: number = RETRY_MS.first;
    while (!this.#isClosed) {
      try {
        if (this.#redis.status === 'wait') await this.#redis.connect();
        await this.#catchUp();
        await this.#read();
        pause = RETRY_MS.first;
      } catch (error) {
        if (this.#isClosed) return;
        this.#options.onProblem(error as Error);
        if ((error as Error).name === 'ReplyError') await this.#setAside().catch(() => {});
        // Whatever came meanwhile: each is looked at once the connection is back.
        for (const stream of this.#streams.values()) stream.id = undefined;
        await sleep(pause);
        pause = Math.min(pause * 2, RETRY_MS.last);
      }
    }
  }

  /** Of streams without a last event: first where they end, then a look at what is there. */
  async #catchUp(): Promise<void> {
    const fresh = this.#readable().filter(([, { id }]) => id === undefined);
    const lasts = await this.#soon(() =>
      Promise.all(fresh.map(([name]) => this.#redis.xrevrange(name, '+', '-', 'COUNT', 1))),
    );
    for (const [at, [, stream]] of fresh.entries()) {
      stream.id = lasts[at]?.[0]?.[0] ?? '0-0';
      this.#tell(stream);
    }
  }

  async #read(): Promise<void> {
    const streams = this.#readable();
    if (streams.length === 0) return void (await sleep(BLOCK_MS));
    const names = streams.map(([name]) => name);
    const ids = streams.map(([, { id }]) => id ?? '0-0');
    const answer = await this.#soon(() =>
      this.#redis.xread('COUNT', COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', ...names, ...ids),
    );
    for (const [name, events] of answer ?? []) {
      const stream = this.#streams.get(name);
      if (stream === undefined) continue;
      stream.id = events.at(-1)?.[0] ?? stream.id;
      this.#tell(stream);
    }
    if (answer !== null) await sleep(PAUSE_MS);
  }

  /** One key that is no stream, or may not be read, fails the command for all. */
  async #setAside(): Promise<void> {
    for (const [name, stream] of this.#readable()) {
      await this.#soon(() => this.#redis.xread('COUNT', 1, 'STREAMS', name, '0-0')).catch((error: Error) => {
        if (error.name !== 'ReplyError') throw error;
        stream.setAsideUntil = performance.now() + SET_ASIDE_MS;
      });
    }
  }

  #readable(): [string, Stream][] {
    const now = performance.now();
    return [...this.#streams].filter(([, { setAsideUntil }]) => setAsideUntil <= now);
  }

  #tell({ pools }: Stream): void {
    for (const pool of pools) this.#options.onEvent(pool);
  }

  #soon<T>(ask: () => Promise<T>): Promise<T> {
    return withDeadline(this.#redis, ask, DEADLINE_MS);
  }
}
