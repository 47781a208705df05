import { randomUUID } from 'node:crypto';
import { Backoff } from './backoff.ts';
import type { WorkQueue } from './work-queue.ts';

/** When to look again without being asked; absent means only when something changes. */
export interface ReconcileResult {
  readonly requeueAfterSeconds?: number;
}

export interface ControllerOptions {
  readonly queue: WorkQueue;
  /** Keys worked on at once. */
  readonly concurrency: number;
  readonly reconcile: (key: string) => Promise<ReconcileResult>;
  /** Seconds that the error itself asks to wait, as in Retry-After. */
  readonly retryAfterSeconds?: (error: unknown) => number | undefined;
  readonly onResult?: (outcome: {
    readonly key: string;
    /** Of this one run. */
    readonly id: string;
    readonly seconds: number;
    readonly error?: unknown;
    readonly requeueAfterSeconds?: number;
  }) => void;
}

/** Takes keys from a queue and reconciles them; a failed one comes back after its back-off. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #backoff = new Backoff();
  #workers: Promise<void>[] = [];

  constructor(options: ControllerOptions) {
    if (!Number.isInteger(options.concurrency) || options.concurrency < 1)
      throw new RangeError(`concurrency must be a whole number from 1, got ${options.concurrency}`);
    this.#options = options;
  }

  start(): void {
    this.#workers = Array.from({ length: this.#options.concurrency }, () => this.#work());
  }

  /** Closes the queue and waits for what is being reconciled. */
  async stop(): Promise<void> {
    this.#options.queue.close();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    const { queue } = this.#options;
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      await this.#once(key);
      queue.done(key);
    }
  }

  async #once(key: string): Promise<void> {
    const { queue, reconcile, retryAfterSeconds, onResult } = this.#options;
    const id = randomUUID();
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    try {
      const result = await reconcile(key);
      this.#backoff.forget(key);
      if (result.requeueAfterSeconds !== undefined) queue.addAfter(key, result.requeueAfterSeconds * 1000);
      onResult?.({ key, id, seconds: seconds(), ...result });
    } catch (error) {
      const wait = this.#backoff.next(key);
      const asked = retryAfterSeconds?.(error);
      // What a server asks for holds against everything, or each change of a child would go on asking it.
      if (asked === undefined) queue.addAfter(key, wait);
      else queue.hold(key, Math.max(wait, asked * 1000));
      onResult?.({ key, id, seconds: seconds(), error });
    }
  }
}
