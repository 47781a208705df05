/** Reads the ConfigMaps, Secrets and claims that pods name. One instance is one look: what was read once is not asked again. */
import type { KubeClient } from '../../../operator/kube/client.ts';
import { KubeError } from '../../../operator/kube/errors.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';

export interface Keyed extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const PLURALS = { ConfigMap: 'configmaps', Secret: 'secrets' } as const;

export class References {
  readonly #client: KubeClient;
  readonly #seen = new Map<string, Promise<KubeObject | undefined>>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** The values of a ConfigMap or Secret by key. Undefined when it is not there and may be absent. */
  async values(
    kind: keyof typeof PLURALS,
    namespace: string,
    name: string,
    optional = false,
  ): Promise<Readonly<Record<string, Buffer>> | undefined> {
    const object = await this.get<Keyed>(`/api/v1/namespaces/${namespace}/${PLURALS[kind]}/${name}`);
    if (!object) {
      if (optional) return undefined;
      throw new Error(`${kind.toLowerCase()} "${name}" not found`);
    }
    const decode = (entries: Keyed['data'] = {}, encoding: BufferEncoding) =>
      Object.entries(entries).map(([key, value]) => [key, Buffer.from(value, encoding)] as const);
    return Object.fromEntries([
      ...decode(object.data, kind === 'Secret' ? 'base64' : 'utf8'),
      ...decode(object.binaryData, 'base64'),
    ]);
  }

  /** Undefined when it is not there. */
  get<T extends KubeObject>(path: string): Promise<T | undefined> {
    const found =
      this.#seen.get(path) ??
      this.#client.get<T>(path).catch((error: unknown) => {
        if (error instanceof KubeError && error.isNotFound) return undefined;
        throw error;
      });
    this.#seen.set(path, found);
    return found as Promise<T | undefined>;
  }
}
