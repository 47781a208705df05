import type { Pool } from '../pool/pool.ts';

/**
 * The status that was last written of each pool. Two reconciles may follow each other before its watch has told of the
 * first one's write: held against the status of the cache, what went from A to B and back to A would be left at B.
 */
export class LastStatus {
  /** As the server answered, by `namespace/name`, until the cache has it. */
  readonly #written = new Map<string, Pool>();

  note(key: string, answer: Pool): void {
    this.#written.set(key, answer);
  }

  forget(key: string): void {
    this.#written.delete(key);
  }

  /** The cached pool, with the status of whichever of the two is newer. */
  newest(key: string, cached: Pool): Pool {
    const written = this.#written.get(key);
    if (written?.status === undefined) return cached;
    if (written.metadata.uid === cached.metadata.uid && versionOf(cached) < versionOf(written))
      return { ...cached, status: written.status };
    this.#written.delete(key);
    return cached;
  }
}

/** Since Kubernetes 1.35 versions of one kind are promised to be decimal numbers that grow; etcd's always were. */
const versionOf = ({ metadata: { resourceVersion = '' } }: Pool): bigint =>
  /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : 0n;
