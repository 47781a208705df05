/** Where the API server is and who we are: from a kubeconfig, or from the ServiceAccount mounted into a pod. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, resolve } from 'node:path';
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

/** `kubeconfig` may be a list, as KUBECONFIG may. `host` and `port` are KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT; `environment` is what sign-in plugins see. */
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

/** As kubectl merges them: what a name means is said by the first file that has it, and files that are not there are passed over. */
async function readKubeconfigs(list: string): Promise<{ readonly path: string; readonly config: Kubeconfig }[]> {
  const paths = list.split(delimiter).filter(Boolean);
  const read = paths.map(async (path) => {
    const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT' && paths.length > 1) return undefined;
      throw new Error(`kubeconfig ${path} can not be read (${code}): name another with --kubeconfig or KUBECONFIG`);
    });
    return text === undefined ? [] : [{ path, config: (parse(text) ?? {}) as Kubeconfig }];
  });
  const found = (await Promise.all(read)).flat();
  if (found.length > 0) return found;
  throw new Error(`none of the kubeconfigs ${list} is there: name another with --kubeconfig or KUBECONFIG`);
}

async function fromKubeconfig(
  list: string,
  wanted: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<KubeConnection> {
  const files = await readKubeconfigs(list);
  const contextName = wanted ?? files.map(({ config }) => config['current-context']).find(Boolean);
  const contexts = files.flatMap(({ config }) => config.contexts ?? []);
  const context = contexts.find(({ name }) => name === contextName)?.context;
  if (!context)
    throw new Error(
      `${list} has no context ${contextName ?? '(none is current)'}; it has: ${contexts.map(({ name }) => name).join(', ') || 'none'}`,
    );
  const [inCluster, inUser] = (['clusters', 'users'] as const).map((kind) => {
    const name = kind === 'clusters' ? context.cluster : context.user;
    return files.find(({ config }) => config[kind]?.some((one) => one.name === name));
  });
  const cluster = inCluster?.config.clusters?.find(({ name }) => name === context.cluster)?.cluster;
  const user = inUser?.config.users?.find(({ name }) => name === context.user)?.user ?? {};
  if (typeof cluster?.['server'] !== 'string') throw new Error(`${list}: cluster ${context.cluster} names no server`);
  // What is relative in a file is so to its folder.
  const pathOf = (from: object) => (from === cluster ? inCluster : inUser)?.path ?? list;
  const path = pathOf(user);
  if (user['auth-provider'])
    throw new Error(
      `${path}: user ${context.user} signs in by an auth-provider, which Kubernetes took out in 1.26; use an exec plugin`,
    );
  const pem = async (from: Readonly<Record<string, unknown>>, field: string): Promise<string | undefined> => {
    const data = from[`${field}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString();
    const file = from[field];
    return typeof file === 'string' ? readFile(resolve(dirname(pathOf(from)), file), 'utf8') : undefined;
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
