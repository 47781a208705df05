import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RendererChoice } from '../renderers/registry.ts';
import { fontConfigIn, installFonts } from './fonts.ts';
import type { RendererLog } from './log.ts';
import type { Capabilities, JobLimits, SelfTest, SelfTestLevel } from './protocol.ts';
import { serveOneWorker } from './serve.ts';
import { Supervisor } from './supervisor.ts';
import { watchLoop } from './watchdog.ts';

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
  /** A loop that did not turn for so long ends the process: see watchdog.ts. */
  readonly hungSeconds?: number;
}

/** EX_CONFIG of sysexits.h: this image can not render here. The operator looks for it in the containerStatus. */
export const SELF_TEST_FAILED = 78;

/** EX_TEMPFAIL of sysexits.h: scratch can not be written, which says nothing about the image. The operator looks for it too. */
export const SCRATCH_UNAVAILABLE = 75;
const OF_THE_VOLUME: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);
/** More than fonts and samples take. */
const PROBE_BYTES = 16 * 2 ** 20;

const UNCLAIMED_SECONDS = 10;
const SELF_TEST = {
  quick: { timeoutSeconds: 20, memoryBytes: 2 ** 30 },
  full: { timeoutSeconds: 120, memoryBytes: 2 ** 30 },
} as const;

/** The renderer process, from self-test until the worker hangs up. Resolves with the exit code once no child is left. */
export async function runRenderer(given: RendererOptions): Promise<number> {
  // The worker names jobs' folders by their real path.
  const options = { ...given, scratch: await realpath(given.scratch).catch(() => given.scratch) };
  const { slots, perJob, log, scratch, socketPath, renderers = {} } = options;
  const { signal = new AbortController().signal, unclaimedSeconds = UNCLAIMED_SECONDS } = options;
  const { terminationLog = '/dev/termination-log', hungSeconds } = options;
  const fontConfig = fontConfigIn(scratch);
  const supervisor = new Supervisor({ slots, perJob, log, renderers, fontConfig });
  const watchdog = watchLoop({ terminationLog, hungSeconds });
  try {
    const capabilities = await quickTest(supervisor, options);
    if (!capabilities.selfTest.passed) return await unfit(capabilities.selfTest, options);
    log.info({ ...capabilities.selfTest, slots }, 'renderer ready');
    const fullTest = async (stop: AbortSignal) => (await tested(supervisor, 'full', scratch, stop)).selfTest;
    const serving = { socketPath, scratch, perJob, capabilities, supervisor, fullTest, log, signal, unclaimedSeconds };
    // Until the last slot is gone: a signal between the worker's hanging up and that would leave some behind.
    process.on('SIGTERM', patient).on('SIGINT', patient);
    const failed = await serveOneWorker(serving);
    return failed === undefined ? 0 : await unfit(failed, options);
  } finally {
    await supervisor.stop();
    watchdog.stop();
    process.off('SIGTERM', patient).off('SIGINT', patient);
  }
}

const patient = () => {};

/** Lays out the fonts while the slots start, and tests. Whatever goes wrong is a self-test that failed. */
async function quickTest(supervisor: Supervisor, { slots, scratch }: RendererOptions): Promise<Capabilities> {
  const start = performance.now();
  try {
    // Decoders read the fonts' names when they first draw: processes may start without them, and are asked nothing before.
    const testing = tested(supervisor, 'quick', scratch, new AbortController().signal, () => installFonts(scratch));
    const [found] = await Promise.all([testing, supervisor.start()]);
    return { slots, ...found };
  } catch (error) {
    return { slots, renderers: [], selfTest: failed(error, start) };
  }
}

/** `first` is done while the process starts. That either fails is a self-test that failed. Rejects with the signal's reason. */
async function tested(
  supervisor: Supervisor,
  level: SelfTestLevel,
  scratch: string,
  signal: AbortSignal,
  first: () => Promise<void> = async () => {},
): Promise<Omit<Capabilities, 'slots'>> {
  const start = performance.now();
  const folder = first().then(() => mkdtemp(join(scratch, 'self-test-')));
  const task = folder.then((path) => ({ type: 'self-test', level, folder: path }) as const);
  try {
    const found = await supervisor.runApart(task, SELF_TEST[level], signal);
    return found as Omit<Capabilities, 'slots'>;
  } catch (error) {
    signal.throwIfAborted();
    return { renderers: [], selfTest: failed(error, start) };
  } finally {
    // Here, not in the slot: that may be dead.
    await folder.then(
      (path) => rm(path, { recursive: true, force: true }),
      () => {},
    );
  }
}

function failed(error: unknown, start: number): SelfTest {
  const milliseconds = Math.round(performance.now() - start);
  return { passed: false, milliseconds, reason: (error as Error).message.slice(0, 1000) };
}

/** Notes why, and resolves with the exit code. */
async function unfit(
  selfTest: SelfTest,
  { terminationLog = '/dev/termination-log', log, scratch }: RendererOptions,
): Promise<number> {
  const volume = await volumeProblem(scratch);
  const [error, told, code] =
    volume === undefined
      ? ['SelfTestFailed', selfTest, SELF_TEST_FAILED]
      : ['ScratchUnavailable', { ...selfTest, reason: `${volume}: ${selfTest.reason}` }, SCRATCH_UNAVAILABLE];
  // One line, only where Kubernetes has put the file: outside a pod nothing is created.
  await writeFile(terminationLog, `${JSON.stringify({ error, ...told })}\n`, { flag: 'r+' }).catch(() => {});
  log.error(told, volume === undefined ? 'self-test failed' : 'the scratch folder can not be written');
  return code;
}

/** The error that a full, read-only or broken volume gives. */
async function volumeProblem(scratch: string): Promise<string | undefined> {
  const probe = join(scratch, `.room-${process.pid}`);
  try {
    await writeFile(probe, Buffer.alloc(PROBE_BYTES));
    return undefined;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return OF_THE_VOLUME.has(code) ? code : undefined;
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
