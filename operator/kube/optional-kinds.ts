/**
 * Kinds that come and go with their CRDs while we run. The group's discovery document says which are served now; the
 * reflectors of a kind run exactly as long as it is.
 */
import type { KubeClient } from './client.ts';
import { KubeError } from './errors.ts';

/** What is started when a kind appears and stopped when it vanishes. */
export interface Follower {
  start(): void;
  /** Resolves when nothing more is told; what was cached is then forgotten. */
  stop(): Promise<void>;
}

export interface OptionalKindsOptions {
  readonly client: KubeClient;
  readonly group: string;
  readonly version: string;
  /** By kind; a new follower each time the kind appears. */
  readonly followers: Readonly<Record<string, () => Follower>>;
  /** Between two looks that nobody asked for. */
  readonly everySeconds: number;
  readonly onChange: (kind: string, isServed: boolean) => void;
  readonly onProblem: (error: KubeError) => void;
}

export class OptionalKinds {
  readonly #options: OptionalKindsOptions;
  readonly #following = new Map<string, Follower>();
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: OptionalKindsOptions) {
    this.#options = options;
  }

  /** Whether objects of `kind` could be written at the last look. */
  serves(kind: string): boolean {
    return this.#following.has(kind);
  }

  /** A look that begins after this call; many callers share one. */
  look(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#next = undefined;
      this.#current = this.#look();
      return this.#current;
    });
    return this.#next;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#current;
    await Promise.all([...this.#following.values()].map((follower) => follower.stop()));
  }

  async #look(): Promise<void> {
    if (this.#isStopped) return;
    const { followers, everySeconds, onChange } = this.#options;
    clearTimeout(this.#timer);
    const served = await this.#served();
    for (const [kind, follow] of Object.entries(followers)) {
      const follower = this.#following.get(kind);
      if (served === undefined || served.has(kind) === (follower !== undefined)) continue;
      if (follower) {
        this.#following.delete(kind);
        await follower.stop();
      } else {
        const begun = follow();
        this.#following.set(kind, begun);
        begun.start();
      }
      onChange(kind, follower === undefined);
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.look(), everySeconds * 1000);
  }

  /** Undefined when the server did not say: what was known before goes on to count. */
  async #served(): Promise<ReadonlySet<string> | undefined> {
    const { client, group, version, onProblem } = this.#options;
    try {
      const { resources = [] } = await client.get<{
        resources?: readonly { readonly name: string; readonly kind: string; readonly verbs: readonly string[] }[];
      }>(`/apis/${group}/${version}`);
      // A CRD that is being deleted is still listed, without the verbs that make objects.
      return new Set(
        resources.flatMap(({ name, kind, verbs }) => (verbs.includes('patch') && !name.includes('/') ? [kind] : [])),
      );
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.isNotFound) return new Set();
      onProblem(error);
      return undefined;
    }
  }
}
