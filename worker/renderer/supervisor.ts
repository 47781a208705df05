import { setTimeout as delay } from 'node:timers/promises';
import { PreviewFailure } from '../failures.ts';
import type { RendererChoice } from '../renderers/registry.ts';
import type { SlotRestartCause } from './connection.ts';
import type { RendererLog } from './log.ts';
import type { JobLimits } from './protocol.ts';
import { SlotLost, SlotProcess } from './slot-process.ts';
import type { SlotTask } from './slot-protocol.ts';

export interface SupervisorOptions {
  readonly slots: number;
  /** The most that any job gets, whatever it asks for. */
  readonly perJob: Pick<JobLimits, 'timeoutSeconds' | 'memoryBytes'>;
  readonly log: RendererLog;
  readonly renderers?: RendererChoice;
  /** See slot-environment.ts. */
  readonly fontConfig?: string;
  /** A slot is replaced after so many tasks: native decoders fragment and leak a little. */
  readonly recycleAfter?: number;
}

const RECYCLE_AFTER = 500;
/** A busy slot's memory is looked at so often; a decoder fills about 100 MB between two looks. */
const WATCH_MILLISECONDS = 75;
/** After a slot that never got ready, the next one waits: doubling from here to 5 s. */
const FIRST_RETRY_MILLISECONDS = 100;

/** Keeps `slots` children ready and gives each task one of its own. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots = new Set<SlotProcess>();
  readonly #idle: SlotProcess[] = [];
  readonly #waiting: ((slot: SlotProcess) => void)[] = [];
  readonly #busy = new Set<SlotProcess>();
  readonly #tasks = new WeakMap<SlotProcess, number>();
  readonly #keepers: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(cause: SlotRestartCause) => void>();
  #watch: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Resolves when every slot is ready; rejects with the error of the first that can not start. */
  async start(): Promise<void> {
    await Promise.all(
      Array.from({ length: this.#options.slots }, () => {
        const slot = this.#spawn();
        this.#keepers.push(this.#keep(slot));
        return slot.ready;
      }),
    );
  }

  onSlotRestarted(listener: (cause: SlotRestartCause) => void): void {
    this.#listeners.add(listener);
  }

  /** Rejects with PreviewFailure, or with `signal.reason` when it aborts: by then the slot is dead. */
  async run(task: SlotTask, limits: SupervisorOptions['perJob'], signal: AbortSignal): Promise<unknown> {
    const { perJob } = this.#options;
    const bounds = {
      timeoutSeconds: Math.min(limits.timeoutSeconds, perJob.timeoutSeconds),
      memoryBytes: Math.min(limits.memoryBytes, perJob.memoryBytes),
      signal,
    };
    for (;;) {
      const slot = await this.#take(signal);
      try {
        // The cancellation may have come while the slot was handed over, when nothing listened to it.
        signal.throwIfAborted();
        return await slot.run(task, bounds);
      } catch (failure) {
        signal.throwIfAborted();
        if (!(failure instanceof SlotLost)) throw failure;
      } finally {
        this.#give(slot, task.type);
      }
    }
  }

  /**
   * As `run`, in a process that is made for it and ends with it, within these bounds alone. For self-tests: afterwards the
   * decoders of every format are loaded, of which few slots need more than one, and what a pool allows its jobs may be too
   * little for all of them. The task may come while the process starts.
   */
  async runApart(
    coming: Promise<SlotTask>,
    bounds: SupervisorOptions['perJob'],
    signal: AbortSignal,
  ): Promise<unknown> {
    // It may fail after this did, and is nobody's then.
    coming.catch(() => {});
    signal.throwIfAborted();
    if (this.#stopping.signal.aborted) throw ending();
    const slot = this.#spawn();
    const gone = slot.ended.then(() => void this.#slots.delete(slot));
    this.#keepers.push(gone);
    try {
      const [task] = await Promise.all([coming, slot.ready]);
      this.#occupy(slot);
      return await slot.run(task, { ...bounds, signal });
    } finally {
      this.#release(slot);
      slot.recycle();
      await gone;
    }
  }

  /** Kills every slot; resolves when no process of any is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#watch);
    for (const slot of this.#slots) slot.recycle();
    await Promise.all(this.#keepers);
  }

  #spawn(): SlotProcess {
    const slot = new SlotProcess(this.#options.renderers ?? {}, this.#options.fontConfig);
    this.#slots.add(slot);
    return slot;
  }

  /** One slot's place: a dead child is replaced at once, one that never got ready after a pause. */
  async #keep(first: SlotProcess): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#stopping;
    let pause = FIRST_RETRY_MILLISECONDS;
    for (let slot = first; ; slot = this.#spawn()) {
      const born = await slot.ready.then(
        () => true,
        () => false,
      );
      if (born) this.#offer(slot);
      const { cause, left, detail } = await slot.ended;
      this.#slots.delete(slot);
      const at = this.#idle.indexOf(slot);
      if (at !== -1) this.#idle.splice(at, 1);
      if (left > 0) log.error({ cause, left }, 'processes of a slot could not be killed');
      if (signal.aborted) return;
      log[cause === 'recycle' || cause === 'cancel' ? 'debug' : 'warn']({ cause, detail }, 'slot restarted');
      for (const listener of this.#listeners) listener(cause);
      if (born) pause = FIRST_RETRY_MILLISECONDS;
      else {
        await delay(pause, undefined, { signal }).catch(() => {});
        pause = Math.min(pause * 2, 5000);
        if (signal.aborted) return;
      }
    }
  }

  async #take(signal: AbortSignal): Promise<SlotProcess> {
    signal.throwIfAborted();
    if (this.#stopping.signal.aborted) throw ending();
    let slot = this.#idle.shift();
    while (slot !== undefined && !slot.alive) slot = this.#idle.shift();
    slot ??= await this.#wait(signal);
    this.#occupy(slot);
    return slot;
  }

  #occupy(slot: SlotProcess): void {
    this.#busy.add(slot);
    this.#watch ??= setInterval(() => this.#look(), WATCH_MILLISECONDS);
  }

  #release(slot: SlotProcess): void {
    this.#busy.delete(slot);
    if (this.#busy.size > 0) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #wait(signal: AbortSignal): Promise<SlotProcess> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        signal.removeEventListener('abort', cancelled);
        this.#stopping.signal.removeEventListener('abort', stopped);
      };
      const leave = (failure: unknown) => {
        settle();
        const at = this.#waiting.indexOf(take);
        if (at !== -1) this.#waiting.splice(at, 1);
        reject(failure);
      };
      const cancelled = () => leave(signal.reason);
      const stopped = () => leave(ending());
      const take = (slot: SlotProcess) => {
        settle();
        resolve(slot);
      };
      signal.addEventListener('abort', cancelled, { once: true });
      this.#stopping.signal.addEventListener('abort', stopped, { once: true });
      this.#waiting.push(take);
    });
  }

  #give(slot: SlotProcess, task: SlotTask['type']): void {
    this.#release(slot);
    if (!slot.alive) return;
    const tasks = (this.#tasks.get(slot) ?? 0) + 1;
    this.#tasks.set(slot, tasks);
    const { residentBytes, strays } = slot.residue(task);
    // What a slot holds between jobs is missing from the next job's limit, and a process left over is nobody's.
    const unfit = residentBytes > this.#options.perJob.memoryBytes / 2 || strays > 0;
    if (unfit || tasks >= (this.#options.recycleAfter ?? RECYCLE_AFTER)) slot.recycle();
    else this.#offer(slot);
  }

  #offer(slot: SlotProcess): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(slot);
    else next(slot);
  }

  #look(): void {
    for (const slot of this.#busy) slot.watch();
  }
}

function ending(): PreviewFailure {
  return new PreviewFailure('RendererUnavailable', 'the renderer is ending');
}
