/** A few lines of HTTP, only for faults that a real API server can not be asked for. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeClient } from '../../../operator/kube/client.ts';

export interface FakeServer {
  readonly client: KubeClient;
  stop(): Promise<void>;
}

export async function startFakeServer(answer: (url: URL, response: ServerResponse) => void): Promise<FakeServer> {
  const server = createServer((request, response) => answer(new URL(request.url ?? '/', 'http://fake'), response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = { server: `http://127.0.0.1:${port}`, namespace: 'default' };
  const client = new KubeClient({ connection, fieldManager: 'test', userAgent: 'test' });
  return {
    client,
    stop: async () => {
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
