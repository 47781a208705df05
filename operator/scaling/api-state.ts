import type { Ownership } from '../kube/serving-certificate.ts';
import type { MetricsApiState } from '../pool/provider.ts';

/** Remembers since when the external metrics of the cluster are not ours. */
export class ApiState {
  readonly #ownership: (() => Ownership | undefined) | undefined;
  readonly #clock: () => number;
  #lostAt: number | undefined;

  /** No `ownership`: this operator serves no API. It tells undefined while that is not known. `clock`: monotonic seconds. */
  constructor(
    ownership: (() => Ownership | undefined) | undefined,
    clock: () => number = () => performance.now() / 1000,
  ) {
    this.#ownership = ownership;
    this.#clock = clock;
  }

  now(): MetricsApiState {
    // Told so by its settings, it is not to be waited for.
    if (this.#ownership === undefined) return { isOurs: false, unusableSeconds: Number.POSITIVE_INFINITY };
    const ownership = this.#ownership();
    const isOurs = ownership === undefined ? undefined : ownership === 'ours';
    const at = this.#clock();
    this.#lostAt = isOurs === true ? undefined : (this.#lostAt ?? at);
    return { isOurs, unusableSeconds: this.#lostAt === undefined ? 0 : at - this.#lostAt };
  }
}
