/** Ends a renderer whose loop has stopped: its container has no probe, because one would start a program each time. */
import { Worker } from 'node:worker_threads';
import { program } from './program.ts';

/** What `watchdog-thread.ts` is told. */
export interface WatchdogArguments {
  /** One 32-bit count of the loop's turns. */
  readonly turns: SharedArrayBuffer;
  readonly lookMilliseconds: number;
  /** So many looks in a row at the same count end the process. */
  readonly looks: number;
  readonly terminationLog: string;
}

/** Longer than any honest stall, shorter than the worker's own patience beyond a task's limit of time (60 s). */
const HUNG_SECONDS = 50;
const LOOKS = 10;

/**
 * Watches this process's loop from a thread until `stop` is called. A loop that did not turn for `hungSeconds` can not be
 * asked to end: SIGKILL, and one JSON line in the termination log. Looks are counted, not seconds, so that a process that
 * was frozen and goes on, with its thread, lives.
 */
export function watchLoop(options: { terminationLog: string; hungSeconds?: number | undefined }): { stop(): void } {
  const { terminationLog, hungSeconds = HUNG_SECONDS } = options;
  const turns = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const lookMilliseconds = (hungSeconds * 1000) / LOOKS;
  const workerData: WatchdogArguments = { turns, lookMilliseconds, looks: LOOKS, terminationLog };
  const thread = new Worker(program('watchdog-thread'), {
    workerData,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  // A renderer without its watchdog renders as well as before.
  thread.on('error', () => {});
  thread.unref();
  const count = new Int32Array(turns);
  const turning = setInterval(() => Atomics.add(count, 0, 1), lookMilliseconds / 2);
  turning.unref();
  return {
    stop() {
      clearInterval(turning);
      void thread.terminate();
    },
  };
}
