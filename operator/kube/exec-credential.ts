/** Sign-in by a plugin of the kubeconfig, as kubectl does it: client.authentication.k8s.io, tokens only. */
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
/** A token is asked for anew so long before it ends, and one that does not say when after so long. */
const MARGIN_MS = 60_000;
const UNKNOWN_LIFE_MS = 5 * 60_000;
const OUTPUT_BYTES = 1 << 20;

/** A function that gives a token that is good now. It rejects with what the plugin did, never with what it printed. */
export function pluginToken(plugin: ExecPlugin, options: ExecOptions): () => Promise<string> {
  if (!VERSIONS.includes(plugin.apiVersion)) {
    throw new Error(`${options.path}: the plugin speaks ${plugin.apiVersion}; known are ${VERSIONS.join(' and ')}`);
  }
  let token: Promise<{ token: string; until: number }> | undefined;
  let until = 0;
  return async () => {
    if (token === undefined || Date.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      token = askPlugin(plugin, options);
      token.then(
        (asked) => {
          until = asked.until;
        },
        () => {
          token = undefined;
        },
      );
    }
    return (await token).token;
  };
}

async function askPlugin(plugin: ExecPlugin, options: ExecOptions): Promise<{ token: string; until: number }> {
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
  if (typeof status?.token !== 'string') {
    throw new Error(`${path}: the plugin ${command} gave no token; client certificates of plugins are not used`);
  }
  const ends = Date.parse(status.expirationTimestamp ?? '');
  return { token: status.token, until: Number.isNaN(ends) ? Date.now() + UNKNOWN_LIFE_MS : ends - MARGIN_MS };
}

function statusOf(text: string): { token?: unknown; expirationTimestamp?: string } | undefined {
  try {
    return JSON.parse(text).status;
  } catch {
    return undefined;
  }
}
