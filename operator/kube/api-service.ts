import type { KubeClient } from './client.ts';
import { type KubeError, unlessNotFound } from './errors.ts';
import { Looks } from './looks.ts';
import { type KubeObject, pathOf } from './object.ts';

export interface ApiService extends KubeObject {
  readonly spec?: { readonly service?: { readonly name: string } };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export interface ApiServiceLooksOptions<T> {
  readonly client: Pick<KubeClient, 'get'>;
  readonly name: string;
  /** What is to be known of it; of undefined where there is none. */
  readonly read: (apiService: ApiService | undefined) => T;
  readonly everySeconds: number;
  /** Not of the first answer. */
  readonly onChange?: (now: T) => void;
  /** Told once until it changes. */
  readonly onProblem: (error: KubeError) => void;
}

/** Looks at one APIService again and again, so that a role needs no more than `get` of it by name. */
export class ApiServiceLooks<T extends boolean | string> {
  readonly #options: ApiServiceLooksOptions<T>;
  #known: T | undefined;
  #problem = '';
  readonly #looks = new Looks(() => this.#look());

  constructor(options: ApiServiceLooksOptions<T>) {
    this.#options = options;
  }

  /** Undefined before the first look; the last answer stands while there is no other. */
  get known(): T | undefined {
    return this.#known;
  }

  /** Resolves after the first look. */
  start(): Promise<void> {
    return this.#looks.start();
  }

  stop(): Promise<void> {
    return this.#looks.stop();
  }

  async #look(): Promise<number> {
    const { client, name, read, everySeconds, onChange, onProblem } = this.#options;
    const path = pathOf({ group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' }, { name });
    try {
      const before = this.#known;
      this.#known = read(await client.get<ApiService>(path).catch(unlessNotFound));
      this.#problem = '';
      if (before !== undefined && before !== this.#known) onChange?.(this.#known);
    } catch (error) {
      const problem = error as KubeError;
      if (problem.message !== this.#problem) onProblem(problem);
      this.#problem = problem.message;
    }
    return everySeconds;
  }
}
