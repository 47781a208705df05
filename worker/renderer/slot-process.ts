import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { PreviewFailure } from '../failures.ts';
import type { RendererChoice } from '../renderers/registry.ts';
import type { SlotRestartCause } from './connection.ts';
import { readLines, writeLine } from './lines.ts';
import { parseAnswer, parseFailure } from './messages.ts';
import {
  type Family,
  familyOf,
  kernelMemoryKills,
  killFamily,
  processTable,
  remember,
  residentBytes,
  treeBelow,
} from './processes.ts';
import { program } from './program.ts';
import { SLOT_MARK, slotEnvironment } from './slot-environment.ts';
import type { SlotReply, SlotTask } from './slot-protocol.ts';

/** Bounds that the supervisor enforces from outside, whatever the child does. */
export interface TaskBounds {
  readonly timeoutSeconds: number;
  readonly memoryBytes: number;
  readonly signal: AbortSignal;
}

export interface SlotEnd {
  readonly cause: SlotRestartCause;
  /** Processes of the slot that outlived the kill: 0 unless the kernel holds one. */
  readonly left: number;
  readonly detail: string;
}

/** The slot died, or was killed, before it read the task: the task is another slot's. */
export class SlotLost extends Error {}

const STDERR_BYTES = 2000;
const START_SECONDS = 30;
/** For a slot to read another task: moments, unless the one before holds it still. */
const READ_SECONDS = 5;

/** One slot's child and everything it starts. It dies once and is never used again; `ended` tells when nothing of it is left. */
export class SlotProcess {
  readonly ended: Promise<SlotEnd>;
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #family: Family | undefined;
  readonly #memoryKills = kernelMemoryKills();
  #killed: { cause: SlotRestartCause; failure: PreviewFailure } | undefined;
  #task: (PromiseWithResolvers<unknown> & TaskBounds & { task: SlotTask; started: boolean }) | undefined;
  #hasWorked = false;
  #over = false;
  #errors = '';

  constructor(renderers: RendererChoice, fontConfig?: string) {
    const mark = randomUUID();
    // Detached: a process group of its own, so that one signal reaches what it starts.
    this.#child = spawn(process.execPath, [program('slot'), JSON.stringify(renderers)], {
      cwd: '/',
      detached: true,
      env: slotEnvironment(mark, fontConfig),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#channel = this.#child.stdio[3] as Duplex;
    const { pid } = this.#child;
    if (pid !== undefined) {
      this.#family = { root: pid, mark: `${SLOT_MARK}=${mark}`, seen: new Map() };
      preferAsVictim(pid);
    }
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString('utf8')).slice(-STDERR_BYTES);
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    promise.catch(() => {});
    const impatience = setTimeout(
      () => this.#kill('timeout', 'TimedOut', `the slot was not ready within ${START_SECONDS} s`),
      START_SECONDS * 1000,
    );
    this.#channel.on('error', () => this.#kill('crash', 'RendererCrashed', 'the slot broke its channel'));
    readLines(this.#channel, (value) =>
      this.#receive(value as SlotReply, () => {
        clearTimeout(impatience);
        resolve();
      }),
    );
    this.ended = this.#whenEnded().then((end) => {
      clearTimeout(impatience);
      reject(new Error(`the slot ended before it was ready: ${end.detail}`));
      return end;
    });
  }

  get alive(): boolean {
    return !this.#over && this.#killed === undefined;
  }

  /** Rejects with PreviewFailure or SlotLost; after a kill only once nothing of the slot is left. */
  async run(task: SlotTask, bounds: TaskBounds): Promise<unknown> {
    const outcome = { ...Promise.withResolvers<unknown>(), ...bounds, task, started: false };
    const { timeoutSeconds, signal } = bounds;
    this.#task = outcome;
    const timer = setTimeout(
      () => this.#kill('timeout', 'TimedOut', `the job passed its ${timeoutSeconds} s`),
      timeoutSeconds * 1000,
    );
    const unread = setTimeout(() => {
      if (this.#hasWorked && !outcome.started)
        this.#kill('timeout', 'TimedOut', `the slot read no other task within ${READ_SECONDS} s`);
    }, READ_SECONDS * 1000);
    const cancel = () => this.#kill('cancel', 'RendererUnavailable', 'the job was cancelled');
    signal.addEventListener('abort', cancel, { once: true });
    writeLine(this.#channel, task);
    try {
      return await outcome.promise;
    } finally {
      clearTimeout(timer);
      clearTimeout(unread);
      signal.removeEventListener('abort', cancel);
      this.#task = undefined;
      this.#hasWorked = true;
    }
  }

  /** Looks at the memory of a busy slot, and remembers what it started. */
  watch(): void {
    if (this.#family === undefined || this.#task === undefined) return;
    const tree = treeBelow(this.#family.root);
    remember(this.#family, tree);
    const resident = residentBytes(tree);
    const { memoryBytes } = this.#task;
    if (resident > memoryBytes) {
      this.#kill('memory', 'OutOfMemory', `the job took ${resident} resident bytes, the limit is ${memoryBytes}`);
    }
  }

  /**
   * What the slot holds after a task; empty where there is no /proc. Only a decoder could have started what left the tree:
   * after another task the rest of the machine is not looked at.
   */
  residue(task: SlotTask['type']): { residentBytes: number; strays: number } {
    if (this.#family === undefined) return { residentBytes: 0, strays: 0 };
    const table = task === 'identify' ? treeBelow(this.#family.root) : processTable();
    const family = familyOf(table, this.#family);
    return { residentBytes: residentBytes(family), strays: Math.max(0, family.length - 1) };
  }

  /** Ends a slot that has nothing to lose. */
  recycle(): void {
    this.#kill('recycle', 'RendererUnavailable', 'the slot was recycled');
  }

  #kill(cause: SlotRestartCause, reason: PreviewFailure['reason'], message: string): void {
    if (!this.alive) return;
    this.#killed = { cause, failure: new PreviewFailure(reason, message) };
    if (this.#family === undefined) this.#child.kill('SIGKILL');
    // The tree is walked while the child still holds it together; the sweep after its end takes the rest.
    else void killFamily(this.#family, 0);
  }

  #receive(reply: SlotReply, onReady: () => void): void {
    if (this.#killed !== undefined) return;
    if (reply?.type === 'ready') onReady();
    else if (reply?.type === 'started' && this.#task !== undefined) this.#task.started = true;
    else if (this.#task?.started) this.#settle(this.#task, reply);
    else this.#kill('crash', 'RendererCrashed', 'the slot broke its protocol');
  }

  #settle({ task, resolve, reject }: PromiseWithResolvers<unknown> & { task: SlotTask }, reply: SlotReply): void {
    try {
      if (reply?.type === 'done') resolve(parseAnswer(task, reply.value));
      else if (reply?.type === 'failed') reject(failureIn(reply));
      else throw new TypeError('type is unknown');
    } catch (error) {
      this.#kill('crash', 'RendererCrashed', `the slot broke its protocol: ${(error as Error).message}`);
    }
  }

  async #whenEnded(): Promise<SlotEnd> {
    const exit = await new Promise<string>((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
    this.#over = true;
    const left = this.#family === undefined ? 0 : await killFamily(this.#family);
    this.#channel.destroy();
    this.#child.stderr?.destroy();
    const { cause, failure } = this.#killed ?? this.#ownEnd(exit);
    // Whatever ended it, a task that it never read had no part in it.
    this.#task?.reject(this.#task.started === false ? new SlotLost(failure.message) : failure);
    return { cause, left, detail: [failure.message, this.#errors.trim()].filter(Boolean).join(': ') };
  }

  /** The child ended by itself, or by the kernel's hand. */
  #ownEnd(exit: string): { cause: SlotRestartCause; failure: PreviewFailure } {
    if (exit === 'signal SIGKILL' && kernelMemoryKills() > this.#memoryKills) {
      return {
        cause: 'memory',
        failure: new PreviewFailure('OutOfMemory', 'the kernel ended the decoder: the container was out of memory'),
      };
    }
    return { cause: 'crash', failure: new PreviewFailure('RendererCrashed', `the decoder ended with ${exit}`) };
  }
}

function failureIn(reply: SlotReply): PreviewFailure {
  const { reason, message } = parseFailure(reply);
  return new PreviewFailure(reason, message);
}

/** When the container runs out of memory the kernel takes a slot, not the supervisor. Only raising is always allowed, and pods begin at up to 999: the most. */
function preferAsVictim(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // No /proc, or a stricter kernel: the supervisor's own watch remains.
  }
}
