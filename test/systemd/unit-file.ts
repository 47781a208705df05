/** A systemd unit as lists of values by key; comments and sections are left out, no key stands in two sections. */
import { readFileSync } from 'node:fs';

export class UnitFile {
  readonly path: string;
  readonly #values = new Map<string, string[]>();

  constructor(name: string) {
    this.path = `systemd/${name}`;
    for (const line of readFileSync(this.path, 'utf8').split('\n')) {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) this.#values.set(key, [...this.all(key), value]);
    }
  }

  all(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  /** The only value of a key. */
  one(key: string): string {
    const [value, ...more] = this.all(key);
    if (value === undefined || more.length > 0) throw new Error(`${this.path} has not exactly one ${key}=`);
    return value;
  }

  /** `Environment=` as an object. */
  environment(): Record<string, string> {
    return Object.fromEntries(this.all('Environment').map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  }
}
