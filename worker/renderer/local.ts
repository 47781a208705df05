import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RendererChoice } from '../renderers/registry.ts';
import { connectRenderer, type RendererConnection, type SlotRestartCause } from './connection.ts';
import { killFamily } from './processes.ts';
import { program } from './program.ts';
import type { JobLimits } from './protocol.ts';
import { RENDERER_MARK } from './slot-environment.ts';

export interface LocalRendererOptions {
  /** The folder that will hold the jobs' folders and the socket; made if absent. */
  readonly scratch: string;
  readonly slots: number;
  readonly perJob: JobLimits;
  readonly signal?: AbortSignal;
  readonly onSlotRestarted?: (cause: SlotRestartCause) => void;
  /** What the renderer writes to stderr, as JSON lines. */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly renderers?: RendererChoice;
}

export interface LocalRenderer {
  readonly connection: RendererConnection;
  readonly pid: number;
  /** Hangs up and waits until nothing of the renderer is left. */
  stop(): Promise<void>;
}

/** What `local-main.ts` is told, as its only argument. */
export interface LocalRendererArguments {
  readonly socketPath: string;
  readonly scratch: string;
  readonly slots: number;
  readonly perJob: JobLimits;
  readonly logLevel: string;
  readonly renderers: RendererChoice;
}

const START_SECONDS = 60;
const STOP_SECONDS = 10;

/**
 * Starts a renderer as a child, for use without Kubernetes, and connects to it. It ends with its parent, also when that is
 * killed: its standard input closes. The promise is weaker than a pod's: one user, one process tree.
 */
export async function startLocalRenderer(options: LocalRendererOptions): Promise<LocalRenderer> {
  const { scratch, slots, perJob, renderers = {}, logLevel = 'error', onSlotRestarted } = options;
  await mkdir(scratch, { recursive: true });
  const socketPath = join(scratch, 'renderer.sock');
  const told: LocalRendererArguments = { socketPath, scratch, slots, perJob, logLevel, renderers };
  const mark = `${RENDERER_MARK}=${randomUUID()}`;
  const [name = '', value = ''] = mark.split('=');
  // Detached: Ctrl-C in a terminal reaches the worker, which hangs up when it is done.
  const child = spawn(process.execPath, [program('local-main'), JSON.stringify(told)], {
    cwd: '/',
    detached: true,
    env: { [name]: value, MALLOC_ARENA_MAX: '2' },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = whenEnded(child, mark);
  try {
    const connection = await connect(socketPath, ended, options.signal, onSlotRestarted);
    const stop = async () => {
      connection.close();
      await within(STOP_SECONDS, ended, () => child.kill('SIGKILL'));
    };
    return { connection, pid: child.pid ?? 0, stop };
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw error;
  }
}

async function connect(
  socketPath: string,
  ended: Promise<string>,
  signal: AbortSignal | undefined,
  onSlotRestarted: LocalRendererOptions['onSlotRestarted'],
): Promise<RendererConnection> {
  const early = new AbortController();
  void ended.then((how) => early.abort(new Error(`the renderer ended before it was ready: ${how}`)));
  const signals = [early.signal, AbortSignal.timeout(START_SECONDS * 1000), ...(signal === undefined ? [] : [signal])];
  return connectRenderer({
    socketPath,
    signal: AbortSignal.any(signals),
    ...(onSlotRestarted === undefined ? {} : { onSlotRestarted }),
  });
}

/** How the child ended, told once nothing that carries its mark is left: a killed renderer can not clean up itself. */
async function whenEnded(child: ChildProcess, mark: string): Promise<string> {
  child.stdin?.on('error', () => {});
  const how = await once(child, 'exit').then(
    ([code, signal]) => (signal === null ? `exit code ${code}` : `signal ${signal}`),
    (error) => String(error),
  );
  if (child.pid !== undefined) await killFamily({ root: child.pid, mark, seen: new Map() });
  return how;
}

async function within(seconds: number, work: Promise<unknown>, otherwise: () => void): Promise<void> {
  const timer = setTimeout(otherwise, seconds * 1000);
  await work.finally(() => clearTimeout(timer));
}
