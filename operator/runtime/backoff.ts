/** Exponential back-off by key: 5 ms doubling to 1000 s as in controller-runtime, with up to 20 % of jitter added. */
export class Backoff {
  readonly #failures = new Map<string, number>();
  readonly #firstMs: number;
  readonly #lastMs: number;

  constructor({ firstMs = 5, lastMs = 1_000_000 }: { firstMs?: number; lastMs?: number } = {}) {
    if (!(firstMs > 0 && lastMs >= firstMs))
      throw new RangeError(`back-off needs 0 < firstMs ≤ lastMs, got ${firstMs} and ${lastMs}`);
    this.#firstMs = firstMs;
    this.#lastMs = lastMs;
  }

  /** Milliseconds to wait after one more failure of `key`. */
  next(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(this.#lastMs, this.#firstMs * 2 ** failures) * (1 + Math.random() * 0.2);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }
}
