import type { Usability } from '../pool/provider.ts';

/** Remembers since when somebody else can not be had to scale. */
export class ApiState {
  readonly #isUsable: () => boolean | undefined;
  readonly #clock: () => number;
  #lostAt: number | undefined;

  /** `isUsable` is undefined where that is not known. `clock`: monotonic seconds. */
  constructor(isUsable: () => boolean | undefined, clock: () => number = () => performance.now() / 1000) {
    this.#isUsable = isUsable;
    this.#clock = clock;
  }

  now(): Usability {
    const isUsable = this.#isUsable();
    const at = this.#clock();
    this.#lostAt = isUsable === true ? undefined : (this.#lostAt ?? at);
    return { isUsable, unusableSeconds: this.#lostAt === undefined ? 0 : at - this.#lostAt };
  }
}
