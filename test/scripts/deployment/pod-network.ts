/**
 * In front of an API server, which refuses to reach pods on loopback, where the local node has them: what is asked of a pod's
 * proxy goes to the pod itself, all else to the server.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import type { ControlPlane } from '../../cluster/control-plane.ts';

const TO_POD = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/http:([^/:]+):(\d+)\/proxy(\/.*)$/;

export interface PodNetwork {
  /** Of a kubeconfig that leads here, as admin. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

export async function startPodNetwork({ server, ca, adminToken }: ControlPlane): Promise<PodNetwork> {
  const agent = new Agent({ connect: { ca } });
  const get = (origin: string, path: string, headers: IncomingHttpHeaders = {}) =>
    agent.request({
      ...{ origin, path, method: 'GET' },
      headers: { authorization: headers.authorization ?? `Bearer ${adminToken}` },
    });
  const addressOf = async (namespace: string, pod: string) => {
    const { body } = await get(server, `/api/v1/namespaces/${namespace}/pods/${pod}`);
    return ((await body.json()) as { status: { podIP: string } }).status.podIP;
  };
  const front = createServer(async ({ url = '/', headers }, response) => {
    const [, namespace = '', pod = '', port = '', path] = TO_POD.exec(url) ?? [];
    try {
      const answer =
        path === undefined
          ? await get(server, url, headers)
          : await get(`http://${await addressOf(namespace, pod)}:${port}`, path);
      response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
      response.end(await answer.body.text());
    } catch (error) {
      // As the API server says it.
      const message = `error trying to reach service: ${(error as Error).message}`;
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'ServiceUnavailable', message, code: 503 }),
      );
    }
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'preview-front-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  await writeFile(kubeconfig, JSON.stringify(kubeconfigOf({ server: url }, adminToken)), { mode: 0o600 });
  return {
    kubeconfig,
    stop: async () => {
      front.closeAllConnections();
      await Promise.all([agent.destroy(), new Promise((resolve) => front.close(resolve))]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const kubeconfigOf = (cluster: object, token: string): object => ({
  clusters: [{ name: 'c', cluster }],
  users: [{ name: 'u', user: { token } }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
});
