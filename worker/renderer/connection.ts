import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { PreviewFailure } from '../failures.ts';
import { ProtocolError, readLines, writeLine } from './lines.ts';
import { parseRendererMessage, requireOutputs } from './messages.ts';
import type {
  Capabilities,
  Identity,
  JobFolder,
  RendererMessage,
  RenderRequest,
  RenderResult,
  SelfTest,
  WorkerMessage,
} from './protocol.ts';

export type SlotRestartCause = Extract<RendererMessage, { type: 'slot-restarted' }>['cause'];

/** The trusted side's end of the socket. */
export interface RendererConnection {
  readonly capabilities: Capabilities;
  /** Rejects with PreviewFailure, or with `signal.reason` once the slot that worked on it is dead. */
  identify(request: JobFolder, signal: AbortSignal): Promise<Identity>;
  /** As `identify`. The files named in the result lie in the job's folder; open them without following links. */
  render(request: RenderRequest, signal: AbortSignal): Promise<RenderResult>;
  /** The full one, in a slot. The renderer ends itself when it did not pass. Rejects as `identify` does. */
  selfTest(signal: AbortSignal): Promise<SelfTest>;
  /** Resolves when the renderer is gone, for whatever reason. */
  readonly closed: Promise<void>;
  /** Ends the renderer: it lives as long as this connection. */
  close(): void;
}

export interface ConnectOptions {
  readonly socketPath: string;
  /** Ends the attempts, not the connection; a renderer that is still starting is waited for until then. */
  readonly signal: AbortSignal;
  readonly onSlotRestarted?: (cause: SlotRestartCause) => void;
  /** Beyond its own limit of time, how long a task's answer is waited for. */
  readonly patienceSeconds?: number;
}

/** For a slot that has to be started first, and for a busy machine. */
const PATIENCE_SECONDS = 60;
/** The renderer ends its full self-test after 120 s. */
const SELF_TEST_SECONDS = 120;
const RETRY_MILLISECONDS = 20;
/** How long an aborted request waits to hear that its slot is dead, so that nobody writes into the folder any more. */
const CANCEL_MILLISECONDS = 2000;

/** Resolves with the renderer that answered `ready`. Rejects with the signal's reason, or when who answers is no renderer. */
export async function connectRenderer(options: ConnectOptions): Promise<RendererConnection> {
  for (;;) {
    options.signal.throwIfAborted();
    const connection = await attempt(options);
    if (connection !== undefined) return connection;
    await delay(RETRY_MILLISECONDS, undefined, { signal: options.signal }).catch(() => {});
  }
}

/** One attempt: undefined if nobody listens yet, or the listener closed before it was ready. */
function attempt(options: ConnectOptions): Promise<RendererConnection | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(options.socketPath);
    const stop = () => {
      socket.destroy();
      reject(options.signal.reason);
    };
    options.signal.addEventListener('abort', stop, { once: true });
    const leave = () => options.signal.removeEventListener('abort', stop);
    const connection = new Connection(socket, options, () => {
      leave();
      resolve(connection);
    });
    void connection.closed.then(() => {
      leave();
      if (connection.breach === undefined) resolve(undefined);
      else
        reject(new PreviewFailure('RendererUnavailable', `no renderer at ${options.socketPath}: ${connection.breach}`));
    });
  });
}

interface Pending {
  readonly answer: 'identified' | 'rendered' | 'tested';
  resolve(message: RendererMessage): void;
  reject(failure: unknown): void;
}

class Connection implements RendererConnection {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #patienceSeconds: number;
  readonly #pending = new Map<number, Pending>();
  #capabilities: Capabilities | undefined;
  #breach: string | undefined;
  #lastId = 0;

  constructor(socket: Socket, options: ConnectOptions, onReady: () => void) {
    this.#socket = socket;
    this.#patienceSeconds = options.patienceSeconds ?? PATIENCE_SECONDS;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    let why = 'it closed the socket';
    socket.on('error', (error) => {
      why = error.message;
      if (error instanceof ProtocolError) this.#breach = why;
    });
    socket.once('close', () => {
      for (const pending of this.#pending.values()) {
        pending.reject(new PreviewFailure('RendererUnavailable', `the renderer is gone: ${why}`));
      }
      this.#pending.clear();
    });
    readLines(socket, (value) => {
      let message: RendererMessage;
      try {
        message = parseRendererMessage(value);
      } catch (error) {
        socket.destroy(new ProtocolError(`it broke the protocol: ${(error as Error).message}`));
        return;
      }
      if (message.type === 'slot-restarted') options.onSlotRestarted?.(message.cause);
      else if (message.type !== 'ready') this.#settle(message);
      else if (this.#capabilities === undefined) {
        this.#capabilities = message.capabilities;
        onReady();
      }
    });
  }

  /** How the renderer broke the protocol, once it did. */
  get breach(): string | undefined {
    return this.#breach;
  }

  get capabilities(): Capabilities {
    if (this.#capabilities === undefined) throw new Error('the renderer is not ready yet');
    return this.#capabilities;
  }

  async identify(request: JobFolder, signal: AbortSignal): Promise<Identity> {
    const { timeoutSeconds } = request.limits;
    const message = await this.#ask((id) => ({ type: 'identify', id, request }), 'identified', timeoutSeconds, signal);
    return (message as Extract<RendererMessage, { type: 'identified' }>).identity;
  }

  async render(request: RenderRequest, signal: AbortSignal): Promise<RenderResult> {
    const { timeoutSeconds } = request.limits;
    const message = await this.#ask((id) => ({ type: 'render', id, request }), 'rendered', timeoutSeconds, signal);
    const { result } = message as Extract<RendererMessage, { type: 'rendered' }>;
    try {
      requireOutputs(request, result);
    } catch (error) {
      this.#socket.destroy(new ProtocolError(`it broke the protocol: ${(error as Error).message}`));
      throw new PreviewFailure('RendererUnavailable', `the renderer broke the protocol: ${(error as Error).message}`);
    }
    return result;
  }

  async selfTest(signal: AbortSignal): Promise<SelfTest> {
    const message = await this.#ask((id) => ({ type: 'self-test', id }), 'tested', SELF_TEST_SECONDS, signal);
    return (message as Extract<RendererMessage, { type: 'tested' }>).selfTest;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The renderer keeps the time itself; one that was stopped, or taken over, does not, and would hold every slot for ever. */
  async #ask(
    build: (id: number) => WorkerMessage,
    answer: Pending['answer'],
    timeoutSeconds: number,
    signal: AbortSignal,
  ): Promise<RendererMessage> {
    signal.throwIfAborted();
    if (this.#socket.destroyed) throw new PreviewFailure('RendererUnavailable', 'the renderer is gone');
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<RendererMessage>();
    this.#pending.set(id, { answer, resolve, reject });
    let giveUp: NodeJS.Timeout | undefined;
    const cancel = () => {
      writeLine(this.#socket, { type: 'cancel', id } satisfies WorkerMessage);
      giveUp = setTimeout(() => reject(signal.reason), CANCEL_MILLISECONDS);
    };
    signal.addEventListener('abort', cancel, { once: true });
    const seconds = timeoutSeconds + this.#patienceSeconds;
    const silent = setTimeout(
      () => this.#socket.destroy(new ProtocolError(`it did not answer within ${seconds} s`)),
      seconds * 1000,
    );
    writeLine(this.#socket, build(id));
    try {
      return await promise;
    } catch (failure) {
      throw signal.aborted ? signal.reason : failure;
    } finally {
      clearTimeout(silent);
      clearTimeout(giveUp);
      signal.removeEventListener('abort', cancel);
      this.#pending.delete(id);
    }
  }

  /** An answer to a question that nobody asks any more (cancelled) is dropped; one of the wrong kind ends the connection. */
  #settle(message: Extract<RendererMessage, { id: number }>): void {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) {
      if (message.id > this.#lastId)
        this.#socket.destroy(new ProtocolError('it answered a question that was never asked'));
      return;
    }
    if (message.type === 'failed') pending.reject(new PreviewFailure(message.reason, message.message));
    else if (message.type === pending.answer) pending.resolve(message);
    else this.#socket.destroy(new ProtocolError('it gave an answer of the wrong kind'));
  }
}
