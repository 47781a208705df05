import type { Pool } from '../pool/pool.ts';
import { databaseOf, type RedisEndpoint } from './endpoint.ts';

/** Which pools take jobs of the same queue. */
export class Neighbours {
  /** Undefined: its queue is not known yet. */
  readonly #queueOf = new Map<string, string | undefined>();
  readonly #poolsOn = new Map<string, Set<string>>();

  /** Without an endpoint its queue can not be known now, so that what was known stands. */
  note(pool: string, { prefix, name }: Pick<Pool['spec']['queue'], 'prefix' | 'name'>, endpoint?: RedisEndpoint): void {
    const before = this.#queueOf.get(pool);
    const queue = endpoint ? `${databaseOf(endpoint)} ${prefix}:${name}` : before;
    this.#queueOf.set(pool, queue);
    if (queue === before) return;
    this.#leave(pool, before);
    if (queue === undefined) return;
    const pools = this.#poolsOn.get(queue) ?? new Set();
    this.#poolsOn.set(queue, pools.add(pool));
  }

  forget(pool: string): void {
    this.#leave(pool, this.#queueOf.get(pool));
    this.#queueOf.delete(pool);
  }

  /** Others on the queue of this pool, in any order, as far as they are known. */
  on(pool: string): string[] {
    const pools = this.#poolsOn.get(this.#queueOf.get(pool) ?? '') ?? [];
    return [...pools].filter((other) => other !== pool);
  }

  /** The same, undefined until each of `total` pools was noted. */
  of(pool: string, total: number): string[] | undefined {
    return this.#queueOf.size < total ? undefined : this.on(pool);
  }

  #leave(pool: string, queue = ''): void {
    const pools = this.#poolsOn.get(queue);
    pools?.delete(pool);
    if (pools?.size === 0) this.#poolsOn.delete(queue);
  }
}
