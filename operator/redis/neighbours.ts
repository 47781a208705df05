/** Which pools take jobs of the same queue: known once each pool was looked at. */
export class Neighbours {
  readonly #queueOf = new Map<string, string | undefined>();

  /** Undefined: where its queue is can not be known now, so that what was known stands. */
  note(pool: string, queue: string | undefined): void {
    this.#queueOf.set(pool, queue ?? this.#queueOf.get(pool));
  }

  forget(pool: string): void {
    this.#queueOf.delete(pool);
  }

  /** Others on the queue of this pool, in any order; undefined until each of `total` pools was noted. */
  of(pool: string, total: number): string[] | undefined {
    if (this.#queueOf.size < total) return undefined;
    const queue = this.#queueOf.get(pool);
    if (queue === undefined) return [];
    return [...this.#queueOf].filter(([other, its]) => other !== pool && its === queue).map(([other]) => other);
  }
}
