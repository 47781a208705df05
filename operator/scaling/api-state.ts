import type { Ownership } from '../kube/serving-certificate.ts';
import type { MetricsApiState } from '../pool/provider.ts';

/** Remembers since when the external metrics of the cluster are not ours. */
export class ApiState {
  readonly #ownership: () => Ownership | undefined;
  readonly #clock: () => number;
  #lostAt: number | undefined;

  /** `ownership` is undefined where no API is served, or nothing is known yet. `clock`: monotonic seconds. */
  constructor(ownership: () => Ownership | undefined, clock: () => number = () => performance.now() / 1000) {
    this.#ownership = ownership;
    this.#clock = clock;
  }

  now(): MetricsApiState {
    const ownership = this.#ownership();
    const isOurs = ownership === undefined ? undefined : ownership === 'ours';
    const at = this.#clock();
    this.#lostAt = isOurs === true ? undefined : (this.#lostAt ?? at);
    return { isOurs, unusableSeconds: this.#lostAt === undefined ? 0 : at - this.#lostAt };
  }
}
