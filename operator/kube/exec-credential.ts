/** Sign-in by a plugin of the kubeconfig, as kubectl does it: client.authentication.k8s.io. */
import { execFile } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

/** `users[].user.exec` of a kubeconfig. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
}

export interface ExecOptions {
  /** Of the kubeconfig: a command with a slash is relative to it. */
  readonly path: string;
  readonly cluster: { readonly server: string; readonly 'certificate-authority-data'?: string };
  readonly environment: NodeJS.ProcessEnv;
  readonly deadlineMs?: number;
}

const VERSIONS: readonly string[] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const DEADLINE_MS = 30_000;
/** It is asked anew so long before what it gave ends, and after so long where it did not say when. */
const MARGIN_MS = 60_000;
const UNKNOWN_LIFE_MS = 5 * 60_000;
const OUTPUT_BYTES = 1 << 20;

/** A token, a client certificate with its key, or both. */
export interface PluginCredential {
  readonly token?: string;
  readonly certificate?: ClientCertificate;
}

/** PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A function that gives a credential that is good now. It rejects with what the plugin did, never with what it printed. */
export function pluginCredential(plugin: ExecPlugin, options: ExecOptions): () => Promise<PluginCredential> {
  if (!VERSIONS.includes(plugin.apiVersion)) {
    throw new Error(`${options.path}: the plugin speaks ${plugin.apiVersion}; known are ${VERSIONS.join(' and ')}`);
  }
  let asked: Promise<Asked> | undefined;
  let until = 0;
  return async () => {
    if (asked === undefined || Date.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      asked = askPlugin(plugin, options);
      asked.then(
        (answer) => {
          until = answer.until;
        },
        () => {
          asked = undefined;
        },
      );
    }
    return (await asked).credential;
  };
}

/** As the plugin printed it. */
interface ExecCredentialStatus {
  readonly token?: unknown;
  readonly clientCertificateData?: unknown;
  readonly clientKeyData?: unknown;
  readonly expirationTimestamp?: unknown;
}

interface Asked {
  readonly credential: PluginCredential;
  readonly until: number;
}

async function askPlugin(plugin: ExecPlugin, options: ExecOptions): Promise<Asked> {
  const { path, cluster, environment, deadlineMs = DEADLINE_MS } = options;
  const { command, args = [], env = [], apiVersion, installHint, provideClusterInfo } = plugin;
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(provideClusterInfo ? { cluster } : {}) },
  };
  const { stdout } = await promisify(execFile)(
    command.includes('/') ? resolve(dirname(path), command) : command,
    [...args],
    {
      env: {
        ...environment,
        ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify(info),
      },
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
      maxBuffer: OUTPUT_BYTES,
    },
  ).catch((error: NodeJS.ErrnoException & { killed?: boolean }) => {
    const how =
      error.code === 'ENOENT'
        ? `is not there${installHint ? `: ${installHint}` : ''}`
        : error.killed
          ? `did not end within ${deadlineMs / 1000} s`
          : `ended with ${error.code}; run it by hand to see why`;
    throw new Error(`${path}: the plugin ${command} ${how}`);
  });
  const status = statusOf(stdout);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status ?? {};
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (isText(cert) !== isText(key)) {
    throw new Error(`${path}: the plugin ${command} gave a client certificate or its key, not both; mend the plugin`);
  }
  if (!isText(token) && !isText(cert)) {
    throw new Error(
      `${path}: the plugin ${command} gave no token and no client certificate; run it by hand to see why`,
    );
  }
  const ends = Date.parse(String(expirationTimestamp ?? ''));
  return {
    credential: {
      ...(isText(token) ? { token } : {}),
      ...(isText(cert) && isText(key) ? { certificate: { cert, key } } : {}),
    },
    until: Number.isNaN(ends) ? Date.now() + UNKNOWN_LIFE_MS : ends - MARGIN_MS,
  };
}

function statusOf(text: string): ExecCredentialStatus | undefined {
  try {
    return JSON.parse(text).status;
  } catch {
    return undefined;
  }
}
