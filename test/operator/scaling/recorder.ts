/** Every value that `spec.replicas` of a Deployment had, in order, as a watch tells it: none is skipped. */
import type { KubeClient } from '../../../operator/kube/client.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { eventually } from '../../cluster/eventually.ts';

type Deployment = KubeObject & { readonly spec: { readonly replicas: number } };

export interface Recording {
  /** Without the same value twice in a row. */
  readonly values: readonly number[];
  /** Resolves once everything that happened before this call is in `values`. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export async function recordReplicas(client: KubeClient, namespace: string, name: string): Promise<Recording> {
  const collection = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const fieldSelector = `metadata.name=${name}`;
  const { items, resourceVersion } = await client.list<Deployment>(collection, { fieldSelector });
  const values = items.map(({ spec }) => spec.replicas);
  let seen = items[0]?.metadata.resourceVersion;
  const stopping = new AbortController();
  const watching = (async () => {
    const stream = client.watch<Deployment>(
      collection,
      { fieldSelector, resourceVersion },
      { signal: stopping.signal, silenceMs: 300_000 },
    );
    for await (const { type, object } of stream) {
      // A bookmark carries zeros.
      if (type === 'BOOKMARK') continue;
      seen = object.metadata.resourceVersion;
      if (values.at(-1) !== object.spec.replicas) values.push(object.spec.replicas);
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    values,
    caughtUp: async () => {
      await eventually('the recorder has seen the newest version', async () => {
        const { metadata } = await client.get<Deployment>(`${collection}/${name}`);
        return metadata.resourceVersion === seen;
      });
    },
    stop: () => {
      stopping.abort();
      return watching;
    },
  };
}
