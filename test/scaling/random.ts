/** Numbers by chance that are the same for the same seed, on every machine. */
export class Random {
  #state: number;

  /** `stream` keeps apart what is drawn for different ends, so that drawing more for one leaves the others alone. */
  constructor(seed: number, stream: string) {
    let hash = 2_166_136_261;
    for (const character of `${seed}:${stream}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
    this.#state = Math.imul(hash ^ (hash >>> 15), 2_246_822_507) >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  lognormal(median: number, sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
    return median * Math.exp(sigma * normal);
  }
}
