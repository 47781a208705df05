import { type KubeObject, keyOf } from './object.ts';

/** What a change was: `previous` is absent for a new object, `current` for one that is gone. */
export interface Change<T> {
  readonly key: string;
  readonly previous?: T;
  readonly current?: T;
}

/** Objects of one kind by key, and by any number of indexes. It holds what the reflector last saw. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexers: Readonly<Record<string, (object: T) => readonly string[]>>;
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(indexers: Readonly<Record<string, (object: T) => readonly string[]>> = {}) {
    this.#indexers = indexers;
    for (const name of Object.keys(indexers)) this.#indexes.set(name, new Map());
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  byIndex(name: string, value: string): T[] {
    const index = this.#indexes.get(name);
    if (!index)
      throw new Error(`the store has no index ${name}; it has: ${[...this.#indexes.keys()].join(', ') || 'none'}`);
    return [...(index.get(value) ?? [])].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** The changes of one event. An object whose uid changed was deleted and made anew between two looks: two changes. */
  put(object: T): Change<T>[] {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous && previous.metadata.uid !== object.metadata.uid) return [...this.remove(key), ...this.put(object)];
    if (previous && previous.metadata.resourceVersion === object.metadata.resourceVersion) return [];
    this.#unindex(key, previous);
    this.#objects.set(key, object);
    for (const [name, values] of Object.entries(this.#indexers)) {
      const index = this.#indexes.get(name);
      for (const value of values(object)) index?.set(value, (index.get(value) ?? new Set()).add(key));
    }
    return [previous ? { key, previous, current: object } : { key, current: object }];
  }

  remove(key: string): Change<T>[] {
    const previous = this.#objects.get(key);
    if (!previous) return [];
    this.#unindex(key, previous);
    this.#objects.delete(key);
    return [{ key, previous }];
  }

  /** Takes over a whole list: what it covers (one namespace, or everything) and is not in it is gone. */
  replace(objects: readonly T[], namespace?: string): Change<T>[] {
    const present = new Set(objects.map(keyOf));
    const covers = ({ metadata }: T) => namespace === undefined || metadata.namespace === namespace;
    const gone = [...this.#objects].filter(([key, object]) => covers(object) && !present.has(key)).map(([key]) => key);
    return [...gone.flatMap((key) => this.remove(key)), ...objects.flatMap((object) => this.put(object))];
  }

  #unindex(key: string, object: T | undefined): void {
    if (!object) return;
    for (const [name, values] of Object.entries(this.#indexers)) {
      const index = this.#indexes.get(name);
      for (const value of values(object)) {
        const keys = index?.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index?.delete(value);
      }
    }
  }
}
