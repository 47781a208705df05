/** `pwp` as people run it: a process with a kubeconfig. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent } from 'undici';

const MAIN = fileURLToPath(new URL('../../../operator/cli/main.ts', import.meta.url));

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Cluster {
  readonly server: string;
  /** PEM; absent for plain HTTP. */
  readonly ca?: string;
}

/** Of the user with `token`, in the namespace `default` unless it is told another. */
export async function pwp(
  { server, ca, token }: Cluster & { readonly token: string },
  ...args: readonly string[]
): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'preview-pwp-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    clusters: [
      {
        name: 'c',
        cluster: { server, ...(ca ? { 'certificate-authority-data': Buffer.from(ca).toString('base64') } : {}) },
      },
    ],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });
  try {
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [MAIN, ...args],
        { env: { ...process.env, KUBECONFIG: kubeconfig }, timeout: 60_000 },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * In front of an API server, which refuses to reach a pod on loopback: asked for `/proxy/` of a pod, it goes to `pod` itself, with
 * all else to `server`.
 */
export async function withPodNetwork({ server, ca, pod }: Required<Cluster> & { readonly pod: string }) {
  const agent = new Agent({ connect: { ca } });
  const front = createServer(async ({ url = '/', headers }, response) => {
    const [, path] = /\/pods\/http:[a-z0-9-]+:8080\/proxy(\/.*)$/.exec(url) ?? [];
    const answer = await agent.request({
      ...(path === undefined ? { origin: server, path: url } : { origin: pod, path }),
      ...{ method: 'GET', headers: { authorization: headers.authorization ?? '' } },
    });
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
    response.end(await answer.body.text());
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    stop: async () => {
      front.closeAllConnections();
      await Promise.all([agent.destroy(), new Promise((resolve) => front.close(resolve))]);
    },
  };
}
