/**
 * `node test/bench/rules.bench.ts [POOLS]`: what the alerts of a fleet, of 1,000 pools when no number is given, cost a real Prometheus,
 * by its own accounts: seconds of evaluation a round, with a set of rules a pool and with one set for all, by turns. Operator
 * and workers export what they really do; each pool has one worker.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rulesOf, sharedRules } from '../../operator/desired/alerts.ts';
import type { Rule } from '../../operator/desired/rule.ts';
import { Metrics as OperatorMetrics } from '../../operator/metrics.ts';
import { Metrics as WorkerMetrics } from '../../worker/metrics.ts';
import { eventually } from '../cluster/eventually.ts';
import { startPrometheus } from '../ecosystem/prometheus.ts';
import { ALERT_SETTINGS } from '../operator/desired/alert-settings.ts';
import { filledPool } from '../operator/pool/filled.ts';
import { told } from './markdown.ts';
import { median } from './rounds.ts';

const POOLS = Number(process.argv[2] ?? 1_000);
const TURNS = 3;
const EVERY_SECONDS = 15;

const pools = Array.from({ length: POOLS }, (_, at) => {
  const pool = filledPool({ monitoring: { alerts: ALERT_SETTINGS } }, `pool-${at}`);
  const conditions = ['Ready', 'Degraded', 'Stalled', 'RedisReady', 'SinkReady', 'QueueSeen'].map((type) => ({
    ...{ type, status: type === 'Degraded' || type === 'Stalled' ? ('False' as const) : ('True' as const) },
    ...{ reason: 'Well', message: '', lastTransitionTime: new Date().toISOString() },
  }));
  return { ...pool, status: { replicas: 1, readyReplicas: 1, conditions } };
});
const lane = { waiting: 1, active: 1, started: 100, finished: 99, failed: 0, busyMs: 50_000, oldestSeconds: 1 };
const load = {
  ...{ at: 0, lanes: { interactive: lane, backfill: lane }, oldestSeconds: 1, unprioritized: 0, delayed: 0 },
  ...{
    nextDueSeconds: undefined,
    paused: false,
    globalConcurrency: null,
    rateLimit: undefined,
    added: 100,
    isCounted: true,
  },
};
const operator = new OperatorMetrics({
  ...{ queue: { depth: 0, longestSeconds: 0 }, watchSilence: () => 0, pools: () => pools },
  loadOf: () => ({ load, arrivals: { interactive: 100, backfill: 100 }, workerSeconds: 100 }),
});
const worker = new WorkerMetrics({ slots: () => ({ busy: 1, idle: 1 }), lastFetchAt: () => Date.now() });
worker.started({ lane: 'interactive', waitedSeconds: 1 });

const server = createServer(({ url }, response) => {
  const { registry } = url === '/operator' ? operator : worker;
  registry.metrics().then((text) => response.setHeader('content-type', registry.contentType).end(text));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
const targets = [
  { address, labels: { __metrics_path__: '/operator' } },
  ...pools.map(({ metadata: { namespace = '', name } }) => ({
    address,
    labels: { namespace, pool: name, instance: name, __metrics_path__: `/${name}` },
  })),
];
const groups = (rules: readonly (readonly [name: string, rules: readonly Rule[]])[]) => ({
  groups: rules.map(([name, of]) => ({ name, rules: of })),
});
const forms = {
  apart: groups(pools.map((pool) => [pool.metadata.name, rulesOf(pool, ALERT_SETTINGS)])),
  shared: groups([['pools', sharedRules()]]),
};

interface Group {
  readonly lastEvaluation: string;
  /** Seconds. */
  readonly evaluationTime: number;
}

const prometheus = await startPrometheus({ everySeconds: EVERY_SECONDS });
const groupsNow = async () => {
  const { data } = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as { data: { groups: Group[] } };
  return data.groups;
};
async function numberOf(query: string): Promise<number> {
  const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
/** Once each group was evaluated over all series: what scrapes nothing is evaluated in no time. */
async function secondsOf(form: keyof typeof forms): Promise<number> {
  await prometheus.watch(targets, forms[form]);
  const patience = { seconds: 10 * EVERY_SECONDS, every: 1_000 };
  for (const [query, expected] of [
    ['sum(up)', targets.length],
    ['count(preview_pool_alerts_enabled == 1)', POOLS],
    ['count(namespace_pool_lane:preview_job_waits:rate5m)', 2 * POOLS],
  ] as const)
    await eventually(`${query} is ${expected}`, async () => (await numberOf(query)) === expected, patience);
  const complete = Date.now();
  const evaluated = await eventually(
    `each of the rules ${form} was evaluated`,
    async () => {
      const now = await groupsNow();
      const isDone = now.every(({ lastEvaluation }) => Date.parse(lastEvaluation) > complete);
      return now.length === forms[form].groups.length && isDone && now;
    },
    patience,
  );
  return evaluated.reduce((sum, { evaluationTime }) => sum + evaluationTime, 0);
}

try {
  const seconds = { apart: [] as number[], shared: [] as number[] };
  for (let turn = 0; turn < TURNS; turn++)
    for (const form of ['apart', 'shared'] as const) {
      const taken = await secondsOf(form);
      seconds[form].push(taken);
      const rules = forms[form].groups.reduce((sum, group) => sum + group.rules.length, 0);
      console.log(`${POOLS} pools, ${form}: ${rules} rules, ${taken.toFixed(3)} s of evaluation a round`);
    }
  const ratios = seconds.apart.map((taken, turn) => taken / (seconds.shared[turn] ?? Number.NaN));
  const ratio = { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
  console.log(`apart ÷ shared: ${told(ratio)}`);
} finally {
  await prometheus.stop();
  server.close();
}
