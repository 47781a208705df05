import { writeFile } from 'node:fs/promises';
import type { RendererChoice } from '../renderers/registry.ts';
import { fontConfigIn, installFonts } from './fonts.ts';
import type { RendererLog } from './log.ts';
import type { Capabilities, JobLimits } from './protocol.ts';
import { serveOneWorker } from './serve.ts';
import { Supervisor } from './supervisor.ts';

export interface RendererOptions {
  /** The unix socket the worker connects to. A stale file of that name is removed. */
  readonly socketPath: string;
  /** The folder that holds the jobs' folders, shared with the worker. */
  readonly scratch: string;
  readonly slots: number;
  /** The most that any job gets: a request may tighten these, never loosen them. */
  readonly perJob: JobLimits;
  readonly log: RendererLog;
  readonly renderers?: RendererChoice;
  /** Ends the renderer as the worker's hanging up does. */
  readonly signal?: AbortSignal;
  /** After SIGTERM, how long a worker that has not connected yet is still waited for. */
  readonly unclaimedSeconds?: number;
  /** Where Kubernetes reads why a container ended. */
  readonly terminationLog?: string;
}

/** EX_CONFIG of sysexits.h: this image can not render here. The operator looks for it in the containerStatus. */
export const SELF_TEST_FAILED = 78;

const UNCLAIMED_SECONDS = 10;
const SELF_TEST = { timeoutSeconds: 20, memoryBytes: 2 ** 30 };

/** The renderer process, from self-test until the worker hangs up. Resolves with the exit code once no child is left. */
export async function runRenderer(options: RendererOptions): Promise<number> {
  const { slots, perJob, log, scratch, socketPath, renderers = {} } = options;
  const { signal = new AbortController().signal, unclaimedSeconds = UNCLAIMED_SECONDS } = options;
  const fontConfig = fontConfigIn(scratch);
  const supervisor = new Supervisor({ slots, perJob, log, renderers, fontConfig });
  try {
    const capabilities = await quickTest(supervisor, options);
    if (!capabilities.selfTest.passed) {
      await noteTermination(options.terminationLog ?? '/dev/termination-log', capabilities.selfTest);
      log.error(capabilities.selfTest, 'self-test failed');
      return SELF_TEST_FAILED;
    }
    log.info({ ...capabilities.selfTest, slots }, 'renderer ready');
    await serveOneWorker({ socketPath, scratch, perJob, capabilities, supervisor, log, signal, unclaimedSeconds });
    return 0;
  } finally {
    await supervisor.stop();
  }
}

/** Lays out the fonts, starts the slots and renders a sample through every renderer. Whatever goes wrong is a self-test that failed. */
async function quickTest(supervisor: Supervisor, { slots, scratch }: RendererOptions): Promise<Capabilities> {
  const start = performance.now();
  try {
    await installFonts(scratch);
    await supervisor.start();
    const found = await supervisor.run({ type: 'self-test', folder: scratch }, SELF_TEST, new AbortController().signal);
    return { slots, ...(found as Omit<Capabilities, 'slots'>) };
  } catch (error) {
    const milliseconds = Math.round(performance.now() - start);
    return {
      slots,
      renderers: [],
      selfTest: { passed: false, milliseconds, reason: (error as Error).message.slice(0, 1000) },
    };
  }
}

/** One JSON line, only where Kubernetes has put the file: outside a pod nothing is created. */
async function noteTermination(path: string, selfTest: Capabilities['selfTest']): Promise<void> {
  const line = JSON.stringify({ error: 'SelfTestFailed', ...selfTest });
  await writeFile(path, `${line}\n`, { flag: 'r+' }).catch(() => {});
}
