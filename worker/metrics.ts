import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { WorkerConfig } from './config.generated.ts';
import type { JobEnd, JobStart } from './consumer.ts';
import { FAILURES, type FailureReason } from './failures.ts';
import type { Lane } from './lanes.ts';
import { type Observer, POISONS } from './process.ts';
import type { SlotRestartCause } from './renderer/connection.ts';
import { type RendererInfo, type SelfTest, type SelfTestLevel, SLOT_RESTART_CAUSES } from './renderer/protocol.ts';
import type { HealedConnection } from './watch.ts';

export interface MetricsOptions {
  readonly slots: () => { readonly busy: number; readonly idle: number };
  /** Milliseconds since the epoch. */
  readonly lastFetchAt: () => number | undefined;
  /** As the configuration has it. */
  readonly waitTargetSeconds?: WorkerConfig['waitTargetSeconds'];
}

/** Those of a pool that names none. */
const WAIT_TARGETS: Readonly<Record<Lane, number>> = { interactive: 30, backfill: 1800 };

/** Seconds; waits are short when all is well and long when it is not. The targets are among them. */
const WAIT_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800];
const WORK_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Everything that a worker exports: base units, and label values from closed lists only. */
export class Metrics implements Observer {
  readonly registry = new Registry();
  readonly #jobs: Counter;
  readonly #started: Counter;
  readonly #unprioritized: Counter;
  readonly #targets: Readonly<Record<Lane, number>>;
  readonly #waits: Counter;
  readonly #wait: Histogram;
  readonly #duration: Histogram;
  readonly #stage: Histogram;
  readonly #outputBytes: Counter;
  readonly #slotRestarts: Counter;
  readonly #cacheHits: Counter;
  readonly #quarantined: Counter;
  readonly #heals: Counter;
  readonly #renderers: Gauge;
  readonly #selfTest: Gauge;

  constructor({ slots, lastFetchAt, waitTargetSeconds }: MetricsOptions) {
    this.#targets = { ...WAIT_TARGETS, ...waitTargetSeconds };
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    const counter = (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name, help, labelNames, registers });
    const histogram = (name: string, help: string, buckets: number[], labelNames: string[] = []) =>
      new Histogram({ name, help, buckets, labelNames, registers });

    this.#jobs = counter('preview_jobs_total', 'Jobs answered, by outcome and reason', [
      'outcome',
      'reason',
      'renderer',
    ]);
    this.#started = counter('preview_jobs_started_total', 'Jobs started, by lane', ['lane']);
    this.#unprioritized = counter(
      'preview_jobs_started_unprioritized_total',
      'Jobs started that had priority 0: urgent ones, and those of producers that name no priority',
    );
    this.#waits = counter(
      'preview_job_waits_total',
      'Jobs started for the first time, by whether they had waited no longer than the target of their lane',
      ['lane', 'target'],
    );
    // A lane that is quiet has missed nothing, and the first that is late is seen to come.
    for (const lane of Object.keys(WAIT_TARGETS))
      for (const target of ['met', 'missed']) this.#waits.inc({ lane, target }, 0);
    this.#wait = histogram(
      'preview_job_wait_seconds',
      'From when a job could first run to its start',
      [...new Set([...WAIT_BUCKETS, ...Object.values(this.#targets)])].sort((one, other) => one - other),
    );
    this.#duration = histogram('preview_job_duration_seconds', 'From start to answer', WORK_BUCKETS);
    this.#stage = histogram('preview_stage_duration_seconds', 'Time in a stage of a job', WORK_BUCKETS, ['stage']);
    this.#outputBytes = counter('preview_output_bytes_total', 'Bytes of previews stored');
    this.#slotRestarts = counter('preview_slot_restarts_total', 'Render slots replaced, by cause', ['cause']);
    this.#cacheHits = counter('preview_cache_hits_total', 'Jobs answered without rendering');
    this.#quarantined = counter('preview_quarantine_total', 'Contents put into quarantine, by reason', ['reason']);
    this.#heals = counter(
      'preview_consumption_heals_total',
      'Connections to Redis that were replaced because nothing came through',
      ['connection'],
    );
    // A series that begins at 1 has not increased for Prometheus: of a pool whose pods come and go each would be the first.
    for (const reason of Object.keys(FAILURES)) this.#jobs.inc({ outcome: 'failed', reason, renderer: '' }, 0);
    for (const reason of POISONS) this.#quarantined.inc({ reason }, 0);
    for (const cause of SLOT_RESTART_CAUSES) this.#slotRestarts.inc({ cause }, 0);
    for (const connection of ['blocking', 'main']) this.#heals.inc({ connection }, 0);
    this.#renderers = new Gauge({
      name: 'preview_renderer_info',
      help: 'Renderers of this worker; always 1',
      labelNames: ['renderer', 'version'],
      registers,
    });
    this.#selfTest = new Gauge({
      name: 'preview_self_test_seconds',
      help: 'What the self-test took that the renderer passed, by level; full only where its build had not passed before',
      labelNames: ['level'],
      registers,
    });
    const gauge = (name: string, help: string, labelNames: string[], collect: (self: Gauge) => void) => {
      const self: Gauge = new Gauge({ name, help, labelNames, registers, collect: () => collect(self) });
    };
    gauge('preview_slots', 'Render slots, by state', ['state'], (self) => {
      for (const [state, count] of Object.entries(slots())) self.set({ state }, count);
    });
    gauge('preview_last_fetch_timestamp_seconds', 'When the queue last answered a fetch; 0 for never', [], (self) =>
      self.set((lastFetchAt() ?? 0) / 1000),
    );
  }

  started({ lane, isUnprioritized = false, waitedSeconds }: JobStart): void {
    this.#started.inc({ lane });
    if (isUnprioritized) this.#unprioritized.inc();
    if (waitedSeconds === undefined) return;
    this.#wait.observe(waitedSeconds);
    this.#waits.inc({ lane, target: waitedSeconds <= this.#targets[lane] ? 'met' : 'missed' });
  }

  ended({ outcome, reason = '', seconds, result }: JobEnd): void {
    const rendered = result !== undefined && 'renderer' in result ? result : undefined;
    this.#jobs.inc({ outcome, reason, renderer: rendered?.renderer.name ?? '' });
    this.#duration.observe(seconds);
    if (rendered?.cached) this.#cacheHits.inc();
  }

  stage(stage: string, seconds: number): void {
    this.#stage.observe({ stage }, seconds);
  }

  stored(bytes: number): void {
    this.#outputBytes.inc(bytes);
  }

  quarantined(reason: FailureReason): void {
    this.#quarantined.inc({ reason });
  }

  healed(connection: HealedConnection): void {
    this.#heals.inc({ connection });
  }

  slotRestarted(cause: SlotRestartCause): void {
    this.#slotRestarts.inc({ cause });
  }

  selfTest(level: SelfTestLevel, { passed, milliseconds }: SelfTest): void {
    if (passed) this.#selfTest.set({ level }, milliseconds / 1000);
    else this.#selfTest.remove(level);
  }

  renderers(renderers: readonly RendererInfo[]): void {
    this.#renderers.reset();
    for (const { name, version } of renderers) this.#renderers.set({ renderer: name, version }, 1);
  }
}
