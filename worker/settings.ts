/** The environment of the worker's and the renderer's container: the only file of the worker that reads it. */
import { hostname, tmpdir } from 'node:os';

export interface Settings {
  /** The configuration, as the operator mounts it. */
  readonly config: string;
  /** Folder for one job's files at a time and slot, shared with the renderer; absent: one that goes with the process. */
  readonly scratch?: string;
  /** Where a renderer in a container of its own listens; absent: the renderer is a child of the worker. */
  readonly socket?: string;
  readonly listenHost: string;
  readonly listenPort: number;
  readonly pod: string;
  /** pod-template-hash; empty outside Kubernetes. */
  readonly template: string;
}

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { PREVIEW_CONFIG, PREVIEW_SCRATCH, PREVIEW_SOCKET, PREVIEW_LISTEN_HOST, PREVIEW_LISTEN_PORT = '3000' } = env;
  const { POD_NAME, PREVIEW_TEMPLATE_HASH = '' } = env;
  const listenPort = Number(PREVIEW_LISTEN_PORT);
  if (!Number.isInteger(listenPort) || listenPort < 0 || listenPort > 65_535) {
    throw new Error(`PREVIEW_LISTEN_PORT is '${PREVIEW_LISTEN_PORT}': it must be a port number, 0 for a free one`);
  }
  return {
    config: PREVIEW_CONFIG || '/etc/preview-worker/config/config.json',
    ...(PREVIEW_SCRATCH ? { scratch: PREVIEW_SCRATCH } : {}),
    ...(PREVIEW_SOCKET ? { socket: PREVIEW_SOCKET } : {}),
    listenHost: PREVIEW_LISTEN_HOST || '127.0.0.1',
    listenPort,
    pod: POD_NAME || `${hostname()}-${process.pid}`,
    template: PREVIEW_TEMPLATE_HASH,
  };
}

/** Where a command puts files that go with it: in a pod, whose root is read-only, the scratch folder. */
export const temporaryFolder = (env: NodeJS.ProcessEnv = process.env): string => env['PREVIEW_SCRATCH'] || tmpdir();

/** What `readSettings` reads, for people. */
export const ENVIRONMENT_HELP = `
Environment:
  PREVIEW_CONFIG         configuration, unless --config names it (/etc/preview-worker/config/config.json)
  PREVIEW_SCRATCH        folder for the files of running jobs, shared with the renderer (one in TMPDIR, removed at the end)
  PREVIEW_SOCKET         socket to a renderer in a container of its own; without it the worker starts one
  PREVIEW_LISTEN_HOST    address of health and metrics (127.0.0.1)
  PREVIEW_LISTEN_PORT    their port, 0 for a free one (3000)
  POD_NAME               the worker's name in the queue (host name and process id)
  PREVIEW_TEMPLATE_HASH  pod-template-hash, told in the heartbeat`;

/** A Redis URL for the command line's producers, so that a password is in no argument. */
export function redisUrlOfEnvironment(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env['PREVIEW_REDIS_URL'] || undefined;
}
