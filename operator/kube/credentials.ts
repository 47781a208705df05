/** Where the API server is and who we are: from a kubeconfig, or from the ServiceAccount mounted into a pod. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { type ClientCertificate, type ExecPlugin, pluginCredential } from './exec-credential.ts';

const MOUNTED = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface KubeConnection {
  readonly server: string;
  /** PEM; absent means the system's authorities. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly insecure?: boolean;
  /** Asked before each request: a mounted token is replaced while we run. */
  readonly token?: () => Promise<string | undefined>;
  /** As `token`, instead of `cert` and `key`. */
  readonly clientCertificate?: () => Promise<ClientCertificate | undefined>;
  readonly namespace: string;
}

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly contexts?: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string; readonly namespace?: string };
  }[];
  readonly clusters?: readonly {
    readonly name: string;
    readonly cluster: Readonly<Record<string, string | boolean>>;
  }[];
  readonly users?: readonly { readonly name: string; readonly user: Readonly<Record<string, unknown>> }[];
}

/** `host` and `port` are KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT; `environment` is what sign-in plugins see. */
export async function loadConnection({
  kubeconfig,
  context,
  host,
  port,
  environment = {},
}: {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  host?: string | undefined;
  port?: string | undefined;
  environment?: NodeJS.ProcessEnv;
}): Promise<KubeConnection> {
  if (kubeconfig) return fromKubeconfig(kubeconfig, context, environment);
  if (host && port && existsSync(`${MOUNTED}/token`)) return fromServiceAccount(host, port);
  throw new Error(
    'no cluster to talk to: pass --kubeconfig FILE (or set KUBECONFIG), or run in a pod with a mounted ServiceAccount token',
  );
}

async function fromServiceAccount(host: string, port: string): Promise<KubeConnection> {
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    server: `https://${address}:${port}`,
    ca: await readFile(`${MOUNTED}/ca.crt`, 'utf8'),
    namespace: (await readFile(`${MOUNTED}/namespace`, 'utf8')).trim(),
    token: rotatingFile(`${MOUNTED}/token`),
  };
}

async function fromKubeconfig(
  path: string,
  wanted: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<KubeConnection> {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`kubeconfig ${path} can not be read (${code}): name another with --kubeconfig or KUBECONFIG`);
  });
  const config = parse(text) as Kubeconfig;
  const contextName = wanted ?? config['current-context'];
  const context = config.contexts?.find(({ name }) => name === contextName)?.context;
  if (!context)
    throw new Error(
      `${path} has no context ${contextName ?? '(none is current)'}; it has: ${config.contexts?.map(({ name }) => name).join(', ') || 'none'}`,
    );
  const cluster = config.clusters?.find(({ name }) => name === context.cluster)?.cluster;
  const user = config.users?.find(({ name }) => name === context.user)?.user ?? {};
  if (typeof cluster?.['server'] !== 'string') throw new Error(`${path}: cluster ${context.cluster} names no server`);
  if (user['auth-provider'])
    throw new Error(
      `${path}: user ${context.user} signs in by an auth-provider, which Kubernetes took out in 1.26; use an exec plugin`,
    );
  const pem = async (from: Readonly<Record<string, unknown>>, field: string): Promise<string | undefined> => {
    const data = from[`${field}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString();
    const file = from[field];
    return typeof file === 'string' ? readFile(resolve(dirname(path), file), 'utf8') : undefined;
  };
  const [ca, cert, key] = await Promise.all([
    pem(cluster, 'certificate-authority'),
    pem(user, 'client-certificate'),
    pem(user, 'client-key'),
  ]);
  const { token, tokenFile, exec } = user as { token?: string; tokenFile?: string; exec?: ExecPlugin };
  const plugin = exec && pluginCredential(exec, { path, cluster: cluster as { server: string }, environment });
  return {
    server: cluster['server'].replace(/\/+$/, ''),
    namespace: context.namespace ?? 'default',
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
    ...(tokenFile
      ? { token: rotatingFile(resolve(dirname(path), tokenFile)) }
      : token
        ? { token: async () => token }
        : plugin
          ? {
              token: async () => (await plugin()).token,
              clientCertificate: async () => (await plugin()).certificate,
            }
          : {}),
  };
}

/** The kubelet renews a token long before it ends, so a minute-old copy is always good. */
function rotatingFile(path: string, maxAgeMs = 60_000): () => Promise<string> {
  let text = '';
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - readAt > maxAgeMs) {
      text = (await readFile(path, 'utf8')).trim();
      readAt = performance.now();
    }
    return text;
  };
}
