/** The worker's process: everything is made here, and ended in order. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ageing } from './ageing.ts';
import type { WorkerConfig } from './config.generated.ts';
import { Consumer } from './consumer.ts';
import { Condition } from './health.ts';
import { Heartbeat } from './heartbeat.ts';
import { serveHttp } from './http.ts';
import { chosenRenderers, loosestLimits } from './limits.ts';
import type { WorkerLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { JOB_FOLDER_PREFIX, processJob } from './process.ts';
import { prove } from './proof.ts';
import { onProblem as onRedisProblem, openRedis } from './redis.ts';
import { RedisCondition } from './redis-condition.ts';
import { removeFolder } from './remove-folder.ts';
import { connectRenderer, type RendererConnection } from './renderer/connection.ts';
import { startLocalRenderer } from './renderer/local.ts';
import type { Settings } from './settings.ts';
import { Stats } from './stats.ts';
import { Catalogue } from './storage/catalogue.ts';
import { openSink, openSources } from './storage/registry.ts';
import { openTracing } from './tracing/open.ts';
import { Watch } from './watch.ts';

export interface WorkOptions {
  readonly config: WorkerConfig;
  readonly settings: Settings;
  /** Folder for the files of running jobs; made if absent. */
  readonly scratch: string;
  readonly log: WorkerLog;
  /** Ends the worker: running jobs get their grace, what is left is given back. */
  readonly signal: AbortSignal;
}

/** Beyond the jobs' grace: to hand them back and to close; the pod's own grace is 15 s longer than theirs. */
const CLOSING_SECONDS = 10;
const SINK_PAUSE_SECONDS = 5;

/** Works until the signal aborts. Rejects when something could not be ended in order. */
export async function work({ config, settings, scratch, log, signal }: WorkOptions): Promise<void> {
  const { queue, slots, shutdownGraceSeconds } = config;
  const { pod } = settings;
  await emptyScratch(scratch);
  const tracing = await openTracing(settings.tracing, {
    service: 'preview-worker',
    instance: pod,
    onProblem: (problem) => log.warn({ problem }, 'traces'),
  });
  const source = await openSources(config.sources);
  const catalogue = new Catalogue(await openSink(config.sink));
  const redis = openRedis({ settings: config.redis, patience: 'endless', name: pod });
  onRedisProblem(redis, (error) => log.warn({ error }, 'redis'));
  redis.on('ready', () => log.info({}, 'redis connected'));

  const redisCondition = new RedisCondition(redis, queue);
  const watch: Watch = new Watch({
    redis,
    queue,
    slots,
    consumer: () => condition.consumer,
    probe: () => openRedis({ settings: config.redis, patience: 'brief', name: `${pod}-probe` }),
    onHeal: (connection) => metrics.healed(connection),
    log,
  });
  const condition = new Condition({ redis: redisCondition, watch, sink: catalogue.sink, slots });
  const metrics = new Metrics({
    slots: () => ({ busy: condition.busy, idle: slots - condition.busy }),
    lastFetchAt: () => condition.consumer?.fetching.lastAt,
    waitTargetSeconds: config.waitTargetSeconds,
  });
  const onProblem = (error: Error) => log.warn({ error: error.message }, 'stats');
  const stats = new Stats(redis, queue, onProblem);
  const ageing = new Ageing({ redis, queue, onProblem });
  const http = await serveHttp({
    host: settings.listenHost,
    port: settings.listenPort,
    condition,
    registry: metrics.registry,
  });
  log.info({ address: http.address, queue: queue.name, slots, build: condition.build }, 'worker started');
  const heartbeat = new Heartbeat({
    redis,
    queue,
    pod,
    describe: () => describe(config, settings, condition),
    onBeat: () => stats.beat(),
    onBeaten(error) {
      redisCondition.written(error);
      if (error !== undefined) onProblem(error);
    },
  });

  /** Rejects when the renderer does not pass the full self-test, or is gone before that is known. */
  const proven = async (renderer: RendererConnection) => {
    condition.renderer = renderer;
    metrics.renderers(renderer.capabilities.renderers);
    metrics.selfTest('quick', renderer.capabilities.selfTest);
    const full = await prove({ redis, queue, build: condition.build, renderer, signal, onProblem });
    condition.tested(full);
    void heartbeat.beat();
    if (full === undefined) return;
    metrics.selfTest('full', full);
    if (!full.passed) throw new Error(`the full self-test failed: ${full.reason}`);
    log.info(full, 'full self-test passed');
  };

  /** From a renderer's proof to its last word, or to the signal. */
  const serve = async (renderer: RendererConnection) => {
    const over = Promise.race([renderer.closed, aborted(signal)]);
    if (!(await sinkWritable(condition, log, over))) return;
    const { span, telemetry } = tracing ?? {};
    const tools = { renderer, source, catalogue, config, scratch, observe: metrics, ...(span && { span }) };
    const consumer = new Consumer({
      queue,
      redis,
      name: pod,
      slots,
      process: (payload, stop, onStage) => processJob(payload, tools, stop, onStage),
      observe: {
        started(start) {
          metrics.started(start);
          stats.started(start);
        },
        ended(end) {
          metrics.ended(end);
          stats.ended(end);
          // A job that says otherwise of the sink than its last look is a reason to look again.
          const { ok } = condition.sink;
          if (ok ? end.reason === 'SinkUnavailable' : end.outcome === 'completed') void condition.probeSink();
        },
      },
      ...(telemetry && { telemetry }),
      log,
    });
    condition.consumer = consumer;
    void heartbeat.beat();
    log.info({ renderers: renderer.capabilities.renderers }, 'taking jobs');
    try {
      await over;
      const graceSeconds = signal.aborted ? shutdownGraceSeconds : 0;
      if (signal.aborted) log.info({ running: consumer.busy, graceSeconds }, 'stopping');
      else log.error({ running: consumer.busy }, 'the renderer is gone: its jobs go back to the queue');
      await consumer.stop({ graceSeconds, closingSeconds: CLOSING_SECONDS });
    } finally {
      condition.consumer = undefined;
    }
  };

  /** In a pod an unfit renderer is started again by its kubelet, and its operator reads how it ended; elsewhere nobody does. */
  const unfit = (error: Error) => {
    signal.throwIfAborted();
    if (settings.socket === undefined) throw error;
    log.error({ error: error.message }, 'nothing is fetched: the renderer did not pass its self-test');
  };

  signal.addEventListener('abort', () => {
    condition.stopping = true;
  });
  try {
    while (!signal.aborted) {
      const renderer = await openRenderer({ config, settings, scratch, log, signal }, metrics);
      try {
        await proven(renderer.connection).then(() => serve(renderer.connection), unfit);
      } finally {
        condition.renderer = undefined;
        await renderer.stop();
      }
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    await heartbeat.stop().catch(onProblem);
    await stats.stop();
    ageing.stop();
    watch.close();
    condition.close();
    http.close();
    redis.disconnect();
    if ((await tracing?.stop()) === false) log.warn({}, 'the last spans were not sent in time, and are lost');
  }
  log.info({}, 'worker stopped');
}

/** In a pod the renderer has a container of its own; elsewhere it is a child of this process. */
async function openRenderer(
  { config, settings, scratch, signal }: WorkOptions,
  metrics: Metrics,
): Promise<{ connection: RendererConnection; stop: () => Promise<void> }> {
  const { socket } = settings;
  const onSlotRestarted = metrics.slotRestarted.bind(metrics);
  if (socket === undefined) {
    const { slots, logLevel } = config;
    const bounds = { perJob: loosestLimits(config), renderers: chosenRenderers(config) };
    return startLocalRenderer({ scratch, slots, ...bounds, logLevel, signal, onSlotRestarted });
  }
  const connection = await connectRenderer({ socketPath: socket, signal, onSlotRestarted });
  return { connection, stop: async () => connection.close() };
}

/** A job rendered for a sink that takes nothing would be an attempt burnt. False when `over` comes first, also to a probe that hangs. */
async function sinkWritable(condition: Condition, log: WorkerLog, over: Promise<void>): Promise<boolean> {
  for (;;) {
    const found = await Promise.race([condition.probeSink(), over]);
    if (found === undefined || found.ok) return found !== undefined;
    log.error({ reason: found.reason, remedy: found.remedy }, 'the sink can not be written: no job is taken');
    const pause = delay(SINK_PAUSE_SECONDS * 1000, false, { ref: false });
    if (await Promise.race([pause, over.then(() => true)])) return false;
  }
}

function describe({ pool }: WorkerConfig, { template }: Settings, condition: Condition) {
  const { ok, reason = '' } = condition.sink;
  const lastFetchAt = condition.consumer?.fetching.lastAt;
  return {
    ...(pool === undefined ? {} : { pool: `${pool.namespace}/${pool.name}` }),
    template,
    build: condition.build,
    renderers: (condition.renderer?.capabilities.renderers ?? []).map(({ name, version, formats }) => ({
      name,
      version,
      formats: [...formats],
    })),
    slots: condition.slots,
    busy: condition.busy,
    ...(lastFetchAt === undefined ? {} : { lastFetchAt }),
    selfTest: condition.selfTest,
    sink: { writable: ok, ...(ok ? {} : { reason: reason.slice(0, 256) }) },
  };
}

/** What a worker that was killed has left: a scratch volume outlives its containers. */
async function emptyScratch(scratch: string): Promise<void> {
  await mkdir(scratch, { recursive: true });
  for (const name of await readdir(scratch)) {
    if (name.startsWith(JOB_FOLDER_PREFIX)) await removeFolder(join(scratch, name));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
