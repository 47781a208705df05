/** The environment of the worker's and the renderer's container: the only file of the worker that reads it. */
import { hostname } from 'node:os';

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
  /** Present when the environment asks for traces. */
  readonly tracing?: TracingSettings;
}

/** What OpenTelemetry's SDK does not read itself any more. */
export interface TracingSettings {
  readonly sampler: (typeof SAMPLERS)[number];
  /** Of the samplers by ratio. */
  readonly ratio: number;
}

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { PREVIEW_CONFIG, PREVIEW_SCRATCH, PREVIEW_SOCKET, PREVIEW_LISTEN_HOST, PREVIEW_LISTEN_PORT = '3000' } = env;
  const { POD_NAME, PREVIEW_TEMPLATE_HASH = '' } = env;
  const listenPort = Number(PREVIEW_LISTEN_PORT);
  if (!Number.isInteger(listenPort) || listenPort < 0 || listenPort > 65_535) {
    throw new Error(`PREVIEW_LISTEN_PORT is '${PREVIEW_LISTEN_PORT}': it must be a port number, 0 for a free one`);
  }
  const tracing = tracingSettings(env);
  return {
    config: PREVIEW_CONFIG || '/etc/preview-worker/config/config.json',
    ...(PREVIEW_SCRATCH ? { scratch: PREVIEW_SCRATCH } : {}),
    ...(PREVIEW_SOCKET ? { socket: PREVIEW_SOCKET } : {}),
    listenHost: PREVIEW_LISTEN_HOST || '127.0.0.1',
    listenPort,
    pod: POD_NAME || `${hostname()}-${process.pid}`,
    template: PREVIEW_TEMPLATE_HASH,
    ...(tracing ? { tracing } : {}),
  };
}

/** By the variables of the OpenTelemetry specification; undefined unless one of them says where traces go. */
export function tracingSettings(env: NodeJS.ProcessEnv = process.env): TracingSettings | undefined {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG } = env;
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = env;
  const exporter =
    OTEL_TRACES_EXPORTER || (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || OTEL_EXPORTER_OTLP_ENDPOINT ? 'otlp' : 'none');
  if (OTEL_SDK_DISABLED?.toLowerCase() === 'true' || exporter === 'none') return undefined;
  if (exporter !== 'otlp')
    throw new Error(`OTEL_TRACES_EXPORTER is '${exporter}': it must be otlp, or none for no traces`);
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'] || 'http/json';
  if (!protocol.startsWith('http/'))
    throw new Error(
      `OTEL_EXPORTER_OTLP_PROTOCOL is '${protocol}': traces go by OTLP over HTTP, to the collector's port 4318; set http/json`,
    );
  const sampler = SAMPLERS.find((name) => name === (OTEL_TRACES_SAMPLER || 'parentbased_always_on'));
  if (sampler === undefined)
    throw new Error(`OTEL_TRACES_SAMPLER is '${OTEL_TRACES_SAMPLER}': it must be one of ${SAMPLERS.join(', ')}`);
  const ratio = Number(OTEL_TRACES_SAMPLER_ARG || 1);
  if (!(ratio >= 0 && ratio <= 1))
    throw new Error(`OTEL_TRACES_SAMPLER_ARG is '${OTEL_TRACES_SAMPLER_ARG}': it must be a number between 0 and 1`);
  return { sampler, ratio };
}

/** What `readSettings` reads, for people. */
export const ENVIRONMENT_HELP = `
Environment:
  PREVIEW_CONFIG         configuration, unless --config names it (/etc/preview-worker/config/config.json)
  PREVIEW_SCRATCH        folder for the files of running jobs, shared with the renderer (one in TMPDIR, removed at the end)
  PREVIEW_SOCKET         socket to a renderer in a container of its own; without it the worker starts one
  PREVIEW_LISTEN_HOST    address of health and metrics (127.0.0.1)
  PREVIEW_LISTEN_PORT    their port, 0 for a free one (3000)
  POD_NAME               the worker's name in the queue (host name and process id)
  PREVIEW_TEMPLATE_HASH  pod-template-hash, told in the heartbeat
  OTEL_EXPORTER_OTLP_ENDPOINT  where traces go, by OTLP over HTTP (nowhere); other OTEL_… variables: docs/tracing.md`;

/** A Redis URL for the command line's producers, so that a password is in no argument. */
export function redisUrlOfEnvironment(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env['PREVIEW_REDIS_URL'] || undefined;
}
