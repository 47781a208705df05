/** docs/metrics.md: what operator and worker export, from their registries themselves. */
import type { Registry } from 'prom-client';
import { Metrics as OperatorMetrics } from '../operator/metrics.ts';
import { Metrics as WorkerMetrics } from '../worker/metrics.ts';
import { markdownTable } from './markdown-table.ts';

export interface ExportedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** Of the process and of Node.js, as prom-client makes them. */
const isOfProcess = ({ name }: ExportedMetric): boolean => /^(process|nodejs)_/.test(name);

const metricsOf = (registry: Registry): readonly ExportedMetric[] =>
  registry.getMetricsAsArray() as unknown as readonly ExportedMetric[];

export const operatorMetrics = (): readonly ExportedMetric[] =>
  metricsOf(
    new OperatorMetrics({
      queue: { depth: 0, longestSeconds: 0 },
      watchSilence: () => 0,
      pools: () => [],
      loadOf: () => undefined,
    }).registry,
  );

export const workerMetrics = (): readonly ExportedMetric[] =>
  metricsOf(new WorkerMetrics({ slots: () => ({ busy: 0, idle: 0 }), lastFetchAt: () => undefined }).registry);

/** Prometheus' convention: the unit is in the name. */
const UNITS: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/_info$/, 'always 1'],
  [/_timestamp_seconds$|_start_time_seconds$/, 'seconds since 1970'],
  [/_seconds(_total)?$/, 'seconds'],
  [/_bytes(_total)?$/, 'bytes'],
  [/_ratio$/, 'share, 0 to 1'],
  [/_per_hour$/, 'a number an hour'],
];

export const unitOf = (name: string): string => UNITS.find(([ending]) => ending.test(name))?.[1] ?? 'a number';

export const LABELS: Readonly<Record<string, string>> = {
  namespace: 'namespace of the pool; of a worker’s series Prometheus adds it',
  pool: 'name of the pool; to a worker’s series the ServiceMonitor adds it',
  condition: 'a type of [conditions.md](conditions.md)',
  lane: '`interactive`, `backfill` ([worker.md](worker.md#lanes))',
  state: 'of jobs `waiting`, `active`, `delayed`; of slots `busy`, `idle`',
  outcome: '`completed`, `failed`; of a worker also `dry_run`, `retried`, `returned`',
  reason:
    'of a job or its content one of [failures.md](failures.md), empty where it did not fail; of a watch the API server’s',
  renderer: 'one of those in [worker.md](worker.md); empty where none was asked',
  target: '`met`, `missed`',
  stage: 'a step of a job, such as `fetch`, `render`, `store`',
  cause: 'why a slot was replaced, such as `timeout`, `memory`, `crash`',
  connection: '`blocking`, by which jobs come, or `main`',
  level: '`quick`, `full`',
  version: 'of the operator, or of a renderer',
  controller: 'always `previewworkerpool`',
  result: '`success`, `requeue_after`, `error`',
  code: 'status of HTTP, `<error>` where no answer came',
  method: 'of HTTP',
  name: 'of the queue `previewworkerpool`, or of the Lease',
};

/** A `|` ends a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const table = (metrics: readonly ExportedMetric[]): string =>
  markdownTable([
    ['metric', 'type', 'unit', 'labels', 'what it tells'],
    ...metrics.map(({ name, type, help, labelNames }) => [
      `\`${name}\``,
      type,
      unitOf(name),
      labelNames.map((label) => `\`${label}\``).join(', '),
      cell(help),
    ]),
  ]);

export async function metricsReference(): Promise<string> {
  const [operator, worker] = [operatorMetrics(), workerMetrics()];
  const labels = Object.entries(LABELS).map(([label, meaning]) => [`\`${label}\``, meaning]);
  return `<!-- Generated from the metrics of operator and worker by \`npm run generate\`. Do not edit. -->

# Metrics

Operator and worker each serve \`/metrics\` for Prometheus: the operator on port 8080, a worker on the port \`http\` of its pod.
A histogram is three: \`_bucket\`, \`_sum\` and \`_count\`. What alerts make of them: [alerts.md](alerts.md).

## Of the operator

Every operator has them, a standby too; only the one that leads reconciles. Names are those of controller-runtime and client-go where
they have one. Scrape it with \`honorLabels: true\`: \`namespace\` and \`pool\` are the pool's. Series of a pool end with it; those of its
queue also while the queue can not be read.

${table(operator.filter((metric) => !isOfProcess(metric)))}

## Of a worker

Label values come from closed lists: no job, file or tenant is in them.

${table(worker.filter((metric) => !isOfProcess(metric)))}

## Labels

${markdownTable([['label', 'what it is'], ...labels])}

## Of the process

Both have these, of the process and of Node.js, as prom-client makes them on Linux. \`nodejs_eventloop_lag_seconds\` matters most: an
operator that stalls for longer than its renew deadline loses the Lease.

${table(operator.filter(isOfProcess))}
`;
}
