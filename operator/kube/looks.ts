/** One look after another, from `start` until `stop`. */
export class Looks {
  readonly #look: () => Promise<number>;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** `look` never rejects, and resolves to the seconds until the next one. */
  constructor(look: () => Promise<number>) {
    this.#look = look;
  }

  /** Resolves after the first look. */
  start(): Promise<void> {
    this.#looking = this.#turn();
    return this.#looking;
  }

  /** Resolves once none is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #turn(): Promise<void> {
    const seconds = await this.#look();
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.start(), seconds * 1000);
  }
}
