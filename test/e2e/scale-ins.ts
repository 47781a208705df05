/** Jobs that take as long as the server of their source likes, and which pods a scale-in takes meanwhile. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { POD_SELECTOR } from '../../operator/pool/names.ts';

/** What a pool needs in `worker.sources` to be served by it. */
export const SLOW_SOURCES = { http: { allowPrivateNetworks: true, allowedHosts: ['127.0.0.1'] } };

export interface SlowSite {
  readonly url: string;
  stop(): void;
}

/** It answers with `photo` once `until` resolves. */
export async function startSlowSite(photo: Buffer, until: () => Promise<unknown>): Promise<SlowSite> {
  const server = createServer(async (_, response) => {
    await until();
    response.setHeader('content-type', 'image/jpeg').end(photo);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/photo.jpg`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface Departure {
  readonly pod: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Departures {
  /** Pods of workers, in the order in which they were asked to go. */
  readonly seen: readonly Departure[];
  stop(): Promise<void>;
}

export async function recordDepartures(client: KubeClient, namespace: string): Promise<Departures> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const { resourceVersion } = await client.list(path, { labelSelector: POD_SELECTOR });
  const seen: Departure[] = [];
  const stopping = new AbortController();
  const watching = (async () => {
    const query = { labelSelector: POD_SELECTOR, resourceVersion };
    const stream = client.watch<KubeObject>(path, query, { signal: stopping.signal, silenceMs: 3_600_000 });
    for await (const { object } of stream) {
      const { name, deletionTimestamp } = object.metadata;
      if (deletionTimestamp && !seen.some(({ pod }) => pod === name)) seen.push({ pod: name, at: Date.now() });
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    seen,
    stop: () => {
      stopping.abort();
      return watching;
    },
  };
}
