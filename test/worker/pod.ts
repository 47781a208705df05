/** A worker's pod without Kubernetes: its two processes, side by side as its two containers are, on a real Redis. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerConfig } from '../../worker/config.generated.ts';
import type { Health } from '../../worker/health.ts';
import { loosestLimits } from '../../worker/limits.ts';
import { RENDERER_MARK } from '../../worker/renderer/slot-environment.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';

const program = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const LIMITS: WorkerConfig['perJob'] = {
  timeoutSeconds: 20,
  memoryBytes: 400 * 2 ** 20,
  sourceBytes: 32 * 2 ** 20,
  pixels: 50_000_000,
  pages: 1,
  frames: 1,
  outputBytes: 32 * 2 ** 20,
};

const FIXTURES: readonly string[] = ['poison', 'slow', 'leaky'];

/** Folders that a test's pods share, as claims are shared in a cluster. */
export interface Site {
  readonly folder: string;
  readonly inbox: string;
  readonly previews: string;
  remove(): Promise<void>;
}

export async function makeSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'preview-site-'));
  const [inbox, previews] = [join(folder, 'inbox'), join(folder, 'previews')];
  await Promise.all([mkdir(inbox), mkdir(previews)]);
  return { folder, inbox, previews, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface PodOptions {
  readonly site: Site;
  readonly redisUrl: string;
  readonly name: string;
  readonly slots?: number;
  readonly graceSeconds?: number;
  readonly perJob?: Partial<WorkerConfig['perJob']>;
  readonly config?: Partial<WorkerConfig>;
  /** What to wait for: that it works (default), or only that it answers, because something keeps it from working. */
  readonly until?: 'ok' | 'answering' | 'started';
  /** A free one unless given. */
  readonly listenPort?: number;
  /** A module that the worker loads before its own: a fault from inside. */
  readonly preload?: string;
  /** Further variables of the worker. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of the pod's own unless given: a volume that is full or read-only. */
  readonly scratch?: string;
  /** Put before the renderer's command, as in `unshare --net`. */
  readonly rendererBehind?: readonly string[];
  /** Decoders of a test beside the real ones. */
  readonly fixtures?: readonly string[];
  /** Of the renderer: after so long its watchdog ends it. */
  readonly hungSeconds?: number;
}

export interface Pod {
  readonly url: string;
  readonly worker: ManagedProcess;
  readonly renderer: ManagedProcess;
  /** Its scratch folder. */
  readonly scratch: string;
  health(): Promise<Health>;
  get(path: string): Promise<{ status: number; body: string }>;
  /** The sum over all series of a metric, or over those whose labels hold `label`. */
  metric(name: string, label?: string): Promise<number>;
  /** What the worker has written to its log. */
  log(): Promise<string>;
  /** Processes that the renderer or its slots started and that still live, and zombies whose parent it is. */
  family(): string[];
  /** A container that ended, started again. */
  restartRenderer(): Promise<void>;
  /** SIGTERM to both, as a kubelet does it; resolves to how the two ended. */
  terminate(): Promise<{ worker: string; renderer: string }>;
  stop(): Promise<void>;
}

export async function startPod(options: PodOptions): Promise<Pod> {
  const { site, redisUrl, name, slots = 2, graceSeconds = 30, perJob = {}, config = {} } = options;
  const {
    until = 'ok',
    listenPort,
    preload,
    env = {},
    rendererBehind = [],
    fixtures = FIXTURES,
    hungSeconds,
  } = options;
  const folder = join(site.folder, name);
  const { scratch = join(folder, 'scratch') } = options;
  await mkdir(folder, { recursive: true });
  await mkdir(scratch, { recursive: true });
  const socketPath = join(scratch, 'r.sock');
  const configuration: WorkerConfig = {
    version: 1,
    queue: { name: 'previews', prefix: 'bull' },
    redis: { url: redisUrl },
    slots,
    perJob: { ...LIMITS, ...perJob },
    sources: { file: { roots: [{ path: site.inbox }] } },
    sink: { file: { path: site.previews } },
    presets: [{ name: 'grid', width: 64, height: 64, fit: 'inside', format: 'webp', quality: 80 }],
    shutdownGraceSeconds: graceSeconds,
    logLevel: 'info',
    ...config,
  };
  const configFile = join(folder, 'config.json');
  await writeFile(configFile, JSON.stringify(configuration));
  const port = listenPort ?? (await freePorts(1))[0] ?? 0;
  const url = `http://127.0.0.1:${port}`;
  const startRenderer = () =>
    new ManagedProcess({
      name: `${name}-renderer`,
      command: [
        ...rendererBehind,
        process.execPath,
        program('renderer-main.ts'),
        JSON.stringify({ socketPath, scratch, slots, perJob: loosestLimits(configuration), fixtures, hungSeconds }),
      ],
      logFile: join(folder, 'renderer.log'),
      env: { MALLOC_ARENA_MAX: '2', [RENDERER_MARK]: name },
    });
  let renderer = startRenderer();
  const worker = new ManagedProcess({
    name,
    command: [
      process.execPath,
      ...(preload === undefined ? [] : ['--import', program(preload)]),
      program('../../worker/main.ts'),
      'work',
    ],
    logFile: join(folder, 'worker.log'),
    env: {
      PREVIEW_CONFIG: configFile,
      PREVIEW_SCRATCH: scratch,
      PREVIEW_SOCKET: socketPath,
      PREVIEW_LISTEN_PORT: String(port),
      POD_NAME: name,
      ...env,
    },
  });
  const health = async () => (await (await fetch(`${url}/api/preview/worker/health`)).json()) as Health;
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  const stop = async () => {
    await worker.stop(graceSeconds + 15);
    await renderer.stop();
  };
  try {
    await worker.ready(
      async () => until === 'started' || (await health()).status === 'ok' || until === 'answering',
      30,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    worker,
    get renderer() {
      return renderer;
    },
    scratch,
    health,
    get,
    async metric(name, label = '') {
      const lines = (await get('/metrics')).body.split('\n');
      const series = lines.filter((line) => new RegExp(`^${name}(\\{.*\\})? `).test(line) && line.includes(label));
      return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    log: () => readFile(join(folder, 'worker.log'), 'utf8'),
    family: () => familyOf(renderer.pid, `${RENDERER_MARK}=${name}`),
    async restartRenderer() {
      await renderer.exited;
      renderer = startRenderer();
      await eventually('the worker works again', async () => (await health()).status === 'ok', { seconds: 30 });
    },
    async terminate() {
      worker.kill('SIGTERM');
      renderer.kill('SIGTERM');
      const [one, other] = await Promise.all([worker.exited, renderer.exited]);
      return { worker: one, renderer: other };
    },
    stop,
  };
}

function familyOf(root: number, mark: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === root) return [];
    try {
      const [, name = '', state = '', parent = ''] =
        /\((.*)\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (state === 'Z') return Number(parent) === root ? [`${pid} zombie ${name}`] : [];
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark) ? [`${pid} ${name}`] : [];
    } catch {
      return [];
    }
  });
}
