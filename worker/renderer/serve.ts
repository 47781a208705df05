import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { basename, dirname, resolve } from 'node:path';
import { FAILURES, PreviewFailure } from '../failures.ts';
import { tightened } from '../limits.ts';
import { sharedModes } from '../shared-modes.ts';
import { readLines, writeLine } from './lines.ts';
import type { RendererLog } from './log.ts';
import { parseWorkerMessage } from './messages.ts';
import type { Capabilities, JobFolder, JobLimits, RendererMessage, SelfTest, WorkerMessage } from './protocol.ts';
import type { SlotTask } from './slot-protocol.ts';
import type { Supervisor } from './supervisor.ts';

export interface ServeOptions {
  readonly socketPath: string;
  readonly scratch: string;
  /** The most that any job gets, whatever it asks for. */
  readonly perJob: JobLimits;
  readonly capabilities: Capabilities;
  readonly supervisor: Supervisor;
  /** Never rejects but for the signal. */
  readonly fullTest: (signal: AbortSignal) => Promise<SelfTest>;
  readonly log: RendererLog;
  readonly signal: AbortSignal;
  readonly unclaimedSeconds: number;
}

/** `sun_path` of a unix socket holds 108 bytes, the last of which is zero. */
const SOCKET_PATH_BYTES = 107;

/**
 * Serves one worker for as long as that worker stays connected, or until the full self-test that the worker asked for
 * failed: then it resolves with that. SIGTERM and SIGINT end only a renderer that no worker has claimed: on a pod's
 * deletion both containers get SIGTERM at once, and the worker still needs this one.
 */
export async function serveOneWorker(options: ServeOptions): Promise<SelfTest | undefined> {
  const { socketPath, log, signal, unclaimedSeconds } = options;
  const over = Promise.withResolvers<SelfTest | undefined>();
  let worker: Socket | undefined;
  let patience: NodeJS.Timeout | undefined;

  const server = createServer((socket) => {
    socket.on('error', (error) => log.warn({ error: error.message }, 'worker connection failed'));
    if (worker !== undefined) {
      log.warn({}, 'a second worker was refused');
      socket.destroy();
      return;
    }
    worker = socket;
    clearTimeout(patience);
    attend(socket, options, over.resolve);
    socket.once('close', () => over.resolve(undefined));
  });
  const terminated = () => {
    if (worker === undefined) patience ??= setTimeout(() => over.resolve(undefined), unclaimedSeconds * 1000);
    log.info({ claimed: worker !== undefined }, 'told to end: waiting for the worker to hang up');
  };
  process.on('SIGTERM', terminated).on('SIGINT', terminated);
  signal.addEventListener('abort', () => over.resolve(undefined), { once: true });
  try {
    await listen(server, socketPath);
    return signal.aborted ? undefined : await over.promise;
  } finally {
    clearTimeout(patience);
    worker?.destroy();
    server.close();
    process.off('SIGTERM', terminated).off('SIGINT', terminated);
  }
}

async function listen(server: Server, socketPath: string): Promise<void> {
  if (Buffer.byteLength(socketPath) > SOCKET_PATH_BYTES) {
    throw new Error(
      `socket path ${socketPath} is longer than ${SOCKET_PATH_BYTES} bytes: choose a shorter scratch folder`,
    );
  }
  await rm(socketPath, { force: true });
  const { file } = sharedModes();
  const mask = process.umask(0o777 & ~file);
  try {
    server.listen(socketPath);
    await once(server, 'listening');
  } finally {
    process.umask(mask);
  }
  await chmod(socketPath, file);
}

function attend(socket: Socket, options: ServeOptions, onUnfit: (selfTest: SelfTest) => void): void {
  const { scratch, perJob, capabilities, supervisor, fullTest, log } = options;
  const running = new Map<number, AbortController>();
  const say = (message: RendererMessage) => writeLine(socket, message);

  const answer = async (
    message: Exclude<WorkerMessage, { type: 'cancel' }>,
    signal: AbortSignal,
  ): Promise<RendererMessage> => {
    const { id, type } = message;
    if (type === 'self-test') return { type: 'tested', id, selfTest: await fullTest(signal) };
    const limits = tightened(perJob, message.request.limits);
    const task = { type, request: { ...message.request, limits, folder: jobFolder(scratch, message.request) } };
    const value = await supervisor.run(task as SlotTask, limits, signal);
    return (
      type === 'identify' ? { type: 'identified', id, identity: value } : { type: 'rendered', id, result: value }
    ) as RendererMessage;
  };

  const work = async (message: Exclude<WorkerMessage, { type: 'cancel' }>) => {
    const { id } = message;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const answered = await answer(message, controller.signal);
      say(answered);
      // Ends the socket once the answer is out.
      if (answered.type === 'tested' && !answered.selfTest.passed) socket.end(() => onUnfit(answered.selfTest));
    } catch (error) {
      say({ type: 'failed', id, ...failureOf(error, controller.signal) });
    } finally {
      running.delete(id);
    }
  };

  supervisor.onSlotRestarted((cause) => say({ type: 'slot-restarted', cause }));
  readLines(socket, (value) => {
    let message: WorkerMessage;
    try {
      message = parseWorkerMessage(value);
    } catch (error) {
      log.error({ error: (error as Error).message }, 'the worker broke the protocol');
      socket.destroy();
      return;
    }
    if (message.type === 'cancel') running.get(message.id)?.abort();
    else if (!running.has(message.id)) void work(message);
    else {
      log.error({ id: message.id }, 'the worker used the id of a request that is still running');
      socket.destroy();
    }
  });
  socket.once('close', () => {
    for (const controller of running.values()) controller.abort();
  });
  say({ type: 'ready', capabilities });
}

/** The absolute path of the job's folder. Throws unless it is a direct child of the scratch folder. */
function jobFolder(scratch: string, { folder }: JobFolder): string {
  const path = resolve(scratch, folder);
  if (dirname(path) !== resolve(scratch) || basename(path).startsWith('.')) {
    throw new PreviewFailure('Internal', `folder ${folder} is not directly below the scratch folder`);
  }
  return path;
}

function failureOf(error: unknown, signal: AbortSignal): Pick<PreviewFailure, 'reason' | 'message'> {
  if (signal.aborted) return { reason: 'RendererUnavailable', message: 'the job was cancelled' };
  if (error instanceof PreviewFailure && Object.hasOwn(FAILURES, error.reason)) {
    return { reason: error.reason, message: error.message.slice(0, 1000) };
  }
  return { reason: 'Internal', message: String((error as Error).message ?? error).slice(0, 1000) };
}
