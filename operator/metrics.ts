/** Metrics under controller-runtime's and client-go's names, so that stock dashboards and alerts work. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Pool } from './pool/pool.ts';
import { exportPools } from './pool-metrics.ts';
import type { WorkQueue } from './runtime/work-queue.ts';
import { exportLoads } from './scaling/load-metrics.ts';
import type { PoolLoad } from './scaling/loads.ts';
import { VERSION } from './version.ts';

const NAMED = { name: 'previewworkerpool' };
const CONTROLLER = { controller: 'previewworkerpool' };
const RESULTS = ['success', 'requeue_after', 'error'] as const;

export interface MetricsOptions {
  readonly queue: Pick<WorkQueue, 'depth' | 'longestSeconds'>;
  /** Seconds for which the watch that is silent for longest has heard nothing. */
  readonly watchSilence: () => number;
  readonly pools: () => readonly Pool[];
  readonly loadOf: (pool: string) => PoolLoad | undefined;
}

export class Metrics {
  readonly registry = new Registry();
  readonly #reconciles: Counter;
  readonly #reconcileSeconds: Histogram;
  readonly #requests: Counter;
  readonly #watchProblems: Counter;
  readonly #rollbacks: Counter;
  readonly #leading: Gauge;

  constructor({ queue, watchSilence, pools, loadOf }: MetricsOptions) {
    const registers = [this.registry];
    // The lag of the event loop is among them: one longer than the Lease's renew deadline loses the Lease.
    collectDefaultMetrics({ register: this.registry });
    this.#reconciles = new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciliations by result',
      labelNames: ['controller', 'result'],
      registers,
    });
    // One that never failed has no failure, and the first is seen to come.
    for (const result of RESULTS) this.#reconciles.inc({ ...CONTROLLER, result }, 0);
    this.#reconcileSeconds = new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Seconds a reconciliation took',
      labelNames: ['controller'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.#requests = new Counter({
      name: 'rest_client_requests_total',
      help: 'Requests to the API server; code <error> means that no answer came',
      labelNames: ['code', 'method'],
      registers,
    });
    this.#watchProblems = new Counter({
      name: 'preview_operator_watch_problems_total',
      help: 'Lists and watches that broke, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.#rollbacks = new Counter({
      name: 'preview_pool_rollbacks_total',
      help: 'Images that failed and were rolled back',
      labelNames: ['namespace', 'pool'],
      registers,
    });
    this.#leading = new Gauge({
      name: 'leader_election_master_status',
      help: '1 while this process holds the Lease of that name, else 0',
      labelNames: ['name'],
      registers,
    });
    const gauge = (name: string, help: string, labels: Readonly<Record<string, string>>, value: () => number) => {
      const self: Gauge = new Gauge({
        ...{ name, help, labelNames: Object.keys(labels), registers },
        collect: () => self.set(labels, value()),
      });
    };
    gauge('preview_operator_info', 'The operator, by version; always 1', { version: VERSION }, () => 1);
    gauge('workqueue_depth', 'Keys that wait to be reconciled', NAMED, () => queue.depth);
    gauge(
      'workqueue_longest_running_processor_seconds',
      'For how long the reconciliation that takes longest has run',
      NAMED,
      () => queue.longestSeconds,
    );
    gauge(
      'preview_operator_watch_silence_seconds',
      'For how long the watch that is silent for longest has heard nothing; the server speaks about each minute',
      {},
      watchSilence,
    );
    exportPools(this.registry, pools);
    exportLoads(this.registry, { pools, loadOf });
  }

  reconciled({
    seconds,
    error,
    requeueAfterSeconds,
  }: {
    seconds: number;
    error?: unknown;
    requeueAfterSeconds?: number;
  }): void {
    const result: (typeof RESULTS)[number] =
      error !== undefined ? 'error' : requeueAfterSeconds !== undefined ? 'requeue_after' : 'success';
    this.#reconciles.inc({ ...CONTROLLER, result });
    this.#reconcileSeconds.observe(CONTROLLER, seconds);
  }

  requested({ method, code }: { method: string; code: number }): void {
    this.#requests.inc({ method, code: code === 0 ? '<error>' : String(code) });
  }

  /** `namespace/name` of the pool. */
  rolledBack(key: string): void {
    this.#rollbacks.inc(labelsOf(key));
  }

  /** Takes the series of a pool that is gone away. */
  forget(key: string): void {
    this.#rollbacks.remove(labelsOf(key));
  }

  leads(lease: string, yes: boolean): void {
    this.#leading.set({ name: lease }, yes ? 1 : 0);
  }

  watchBroke(reason: string): void {
    this.#watchProblems.inc({ reason });
  }
}

function labelsOf(key: string): { namespace: string; pool: string } {
  const [namespace = '', pool = ''] = key.split('/');
  return { namespace, pool };
}
