/**
 * The worker's fetches from the queue: BullMQ's Redis backend on a blocking connection of our own, so that what is
 * answered can be counted and a connection that hangs can be cut, in whatever state it is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type QueueBaseOptions, QueueKeys, RedisConnection, RedisQueueBackend } from 'bullmq';
import type { WorkerConfig } from './config.generated.ts';
import { cutSockets, duplicateOf, type RedisClient } from './redis.ts';

/** BullMQ asks again at once when a fetch is refused: out of memory, that would be thousands of times a second. */
const REFUSED_PAUSE_MILLISECONDS = 1_000;

export class Fetching {
  readonly #redis: RedisClient;
  readonly #blocking: RedisClient;
  readonly #keys: QueueKeys;
  readonly #queue: string;
  #answers = 0;
  #lastAt: number | undefined;
  #refusal: Error | undefined;

  /** `name` is the worker's, as CLIENT LIST and BullMQ's `getWorkers` show it. */
  constructor({ redis, queue, name }: { redis: RedisClient; queue: WorkerConfig['queue']; name: string }) {
    this.#redis = redis;
    this.#queue = queue.name;
    this.#keys = new QueueKeys(queue.prefix);
    const connectionName = `${queue.prefix}:${Buffer.from(queue.name).toString('base64')}:w:${name}`;
    this.#blocking = duplicateOf(redis, connectionName);
  }

  /** For BullMQ's Worker, once. It closes the blocking connection and leaves the other one open. */
  readonly backend = (name: string, options: QueueBaseOptions): RedisQueueBackend => {
    const backend = new RedisQueueBackend(
      new RedisConnection(this.#redis, { shared: true, blocking: false }),
      name,
      this.#keys.getKeys(name),
      (type) => this.#keys.toKey(name, type),
      options,
      new RedisConnection(this.#blocking, { shared: false, blocking: true }),
    );
    const moveToActive = backend.moveToActive.bind(backend);
    backend.moveToActive = async (...fetch) => {
      try {
        const job = await moveToActive(...fetch);
        this.answered();
        return job;
      } catch (error) {
        this.#refused(error as Error);
        await delay(REFUSED_PAUSE_MILLISECONDS, undefined, { ref: false });
        throw error;
      }
    };
    return backend;
  };

  /** How many fetches have been answered, a refusal being an answer. */
  get answers(): number {
    return this.#answers;
  }

  /** Milliseconds since the epoch of the last answer that was no refusal. */
  get lastAt(): number | undefined {
    return this.#lastAt;
  }

  /** Why Redis refused the last fetch. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }

  /** A job came, maybe with the answer to another job's end. */
  answered(): void {
    this.#answers += 1;
    this.#lastAt = Date.now();
    this.#refusal = undefined;
  }

  #refused(error: Error): void {
    this.#answers += 1;
    this.#refusal = error;
  }

  /** A new blocking connection in place of one that hangs. Jobs that run are not touched: they use the other connection. */
  renew(): void {
    const { status } = this.#blocking;
    // Without a socket there is nothing to cut, and maybe no timer that would connect (taskforcesh/bullmq#4585).
    if (['connecting', 'connect', 'ready'].includes(status)) cutSockets(this.#blocking);
    else this.#blocking.connect().catch(() => {});
    // What tells idle workers of jobs may have gone out to the connection that nobody reads any more.
    this.#redis.zadd(this.#keys.toKey(this.#queue, 'marker'), 0, '0').catch(() => {});
  }

  /** Resolves when the blocking connection is gone. */
  async gone(): Promise<void> {
    if (this.#blocking.status === 'end') return;
    await new Promise<void>((resolve) => this.#blocking.once('end', resolve));
  }

  /** For a worker that BullMQ could not close. */
  cut(): void {
    this.#blocking.disconnect();
  }
}
