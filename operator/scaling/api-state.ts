import type { Usability } from '../pool/provider.ts';

/** Remembers since when somebody else can not be had to scale. */
export class ApiState {
  readonly #isUsable: (() => boolean | undefined) | undefined;
  readonly #clock: () => number;
  #lostAt: number | undefined;

  /**
   * No `isUsable`: the settings of this operator rule that one out. It tells undefined while that is not known. `clock`:
   * monotonic seconds.
   */
  constructor(isUsable: (() => boolean | undefined) | undefined, clock: () => number = () => performance.now() / 1000) {
    this.#isUsable = isUsable;
    this.#clock = clock;
  }

  now(): Usability {
    // Not to be waited for.
    if (this.#isUsable === undefined) return { isUsable: false, unusableSeconds: Number.POSITIVE_INFINITY };
    const isUsable = this.#isUsable();
    const at = this.#clock();
    this.#lostAt = isUsable === true ? undefined : (this.#lostAt ?? at);
    return { isUsable, unusableSeconds: this.#lostAt === undefined ? 0 : at - this.#lostAt };
  }
}
