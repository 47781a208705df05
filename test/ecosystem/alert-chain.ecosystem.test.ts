/**
 * From a pool's spec to an alert and back: the Prometheus Operator makes of our ServiceMonitors and PrometheusRules what a
 * Prometheus scrapes real workers and a real operator by, and evaluates. The rules are as a pool has them: time is not
 * shortened, so that it takes a quarter of an hour. In a network of its own, where Services may lead to pods; root on Linux.
 */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { parse } from 'yaml';
import { provide } from '../../scripts/tools/provide.ts';
import { PreviewClient } from '../../worker/client.ts';
import { type Manifest, RELEASE, rendered } from '../chart/helm.ts';
import { eventually } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { submitPhoto } from '../e2e/photo-jobs.ts';
import { IN_POD_NETWORK, isInPodNetwork, POD_NETWORK_HOST } from '../faults/own-network.ts';
import { scene } from '../fixtures/images.ts';
import { type RunningOperator, startOperator } from '../operator/operator.ts';
import {
  installMonitoringCrds,
  type PrometheusStack,
  provideStack,
  SELECTED,
  startPrometheusStack,
} from './prometheus-stack.ts';

const MINUTES = 60_000;
const GOOD = 'mobius-preview-worker:dev';
const NOWHERE = 'nowhere.example/worker:2';
/** What is made to happen to a pool, and the alert that tells it. */
const LIVE = [
  // Its Redis freezes.
  'PreviewPoolNotReady deaf',
  'PreviewConsumptionStopped deaf',
  // Its producers use another queue.
  'PreviewPoolQueueNeverSeen unheard',
  // Its queue lets one job start in ten minutes.
  'PreviewWaitTargetBurnFast late',
  // It gets an image that there is nowhere. It serves, but as nobody wanted it: not Ready.
  'PreviewPoolRolledBack rolled',
  'PreviewPoolNotReady rolled',
] as const;
const ALERTS = new Set(LIVE.map((one) => one.split(' ')[0]));
const POOLS = ['deaf', 'unheard', 'late', 'rolled'] as const;

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}
interface Alert {
  readonly labels: { readonly alertname: string; readonly pool: string };
  readonly state: 'pending' | 'firing';
}

if (isInPodNetwork()) describeChain();
else
  describe('monitoring by the Prometheus Operator', function () {
    this.timeout(60 * MINUTES);

    it('holds in a network of its own, where Services lead to pods', async () => {
      // Inside there is no way to build anything.
      await provideStack();
      await provide('helm');
      const { TEST_TALLY: _, TEST_FIGURES: __, ...env } = process.env;
      const mocha = [process.execPath, 'node_modules/mocha/bin/mocha.js', fileURLToPath(import.meta.url)];
      const [program = '', ...args] = [...IN_POD_NETWORK, ...mocha];
      const child = spawn(program, args, { env, stdio: 'inherit' });
      const code = await new Promise((resolve) => child.once('exit', resolve));
      expect(code, 'the tests printed above').to.equal(0);
    });
  });

function describeChain(): void {
  describe('monitoring by the Prometheus Operator, in a network of its own', function () {
    this.timeout(20 * MINUTES);
    let cluster: PreviewCluster;
    let operator: RunningOperator;
    let stack: PrometheusStack;
    /** Of the pool `deaf`. */
    let redis: TestRedis;

    before(async () => {
      redis = await startRedis();
      cluster = await startPreviewCluster({ operator: false, beforeControllers: installMonitoringCrds });
      await writeFile(join(cluster.inbox, 'photo.jpg'), await scene({ width: 300, height: 200 }).jpeg().toBuffer());
      operator = await startOperator({
        ...{ ...cluster.controlPlane, access: cluster.access, folder: join(cluster.controlPlane.folder, 'operator') },
        // Prometheus would not be led to loopback.
        flags: ['--listen-host', '0.0.0.0'],
      });
      await operator.ready();
      await apply(...(await operatorService(Number(new URL(operator.url).port))));
      await apply(...(await Promise.all(POOLS.map(pool))));
      await eventually('the pools have their rules', async () => (await prometheusRules()).length === POOLS.length);
      stack = await startPrometheusStack(cluster.controlPlane);
    });
    after(async () => {
      if (redis) process.kill(redis.pid, 'SIGCONT');
      await stack?.stop();
      await operator?.stop();
      await cluster?.stop();
      await redis?.stop();
    });

    const apply = async (...items: readonly object[]) => {
      const list = { apiVersion: 'v1', kind: 'List', items };
      await cluster.controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) });
    };
    const pool = async (name: (typeof POOLS)[number]) => {
      const sample = parse(await readFile('examples/pool.yaml', 'utf8')) as { spec: { worker: object } };
      return {
        ...sample,
        metadata: { name, namespace: NAMESPACE },
        spec: {
          ...sample.spec,
          image: GOOD,
          queue: { name, redis: name === 'deaf' ? { url: redis.url } : { urlFrom: { name: 'redis', key: 'url' } } },
          worker: { ...sample.spec.worker, slots: 1 },
          scaling:
            name === 'late'
              ? { mode: 'Auto', auto: { provider: 'Direct', maxReplicas: 1, targetWaitSeconds: 5 } }
              : { mode: 'Fixed', replicas: 1 },
          monitoring: {
            serviceMonitor: { labels: SELECTED, interval: '5s' },
            alerts: { labels: SELECTED, thresholds: { notReadyMinutes: 5, queueNeverSeenMinutes: 5 } },
          },
        },
      };
    };
    /** The operator is no pod here: its Service leads to this machine, and its ServiceMonitor is the chart's. */
    const operatorService = async (port: number): Promise<object[]> => {
      const monitoring = { serviceMonitor: { enabled: true, labels: SELECTED, interval: '5s' } };
      const objects = await rendered({ monitoring });
      const of = (kind: string) =>
        objects.find((one) => one.kind === kind && one.metadata.name === RELEASE) as Manifest & { spec: object };
      const service = of('Service');
      const metadata = { name: RELEASE, namespace: RELEASE };
      return [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: RELEASE } },
        { ...service, spec: { ...service.spec, selector: undefined } },
        {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { ...metadata, labels: { 'kubernetes.io/service-name': RELEASE } },
          addressType: 'IPv4',
          endpoints: [{ addresses: [POD_NETWORK_HOST], conditions: { ready: true } }],
          ports: [{ name: 'http', port, protocol: 'TCP' }],
        },
        of('ServiceMonitor'),
      ];
    };
    const prometheusRules = async () => {
      const { items } = JSON.parse(await cluster.kubectl('get', 'prometheusrules', '-o', 'json')) as {
        items: { spec: { groups: { name: string; rules: { alert?: string; record?: string }[] }[] } }[];
      };
      return items;
    };
    const change = (name: (typeof POOLS)[number], spec: object) =>
      cluster.kubectl('patch', 'pwp', name, '--type=merge', '-p', JSON.stringify({ spec }));
    const urlOf = (name: (typeof POOLS)[number]) => (name === 'deaf' ? redis : cluster.redis).url;
    /** No sooner than then the queue is in Redis. */
    const submit = async (name: (typeof POOLS)[number], jobs = 1) => {
      const client = new PreviewClient({ redis: { url: urlOf(name) }, queue: name });
      for (let at = 0; at < jobs; at += 1) await submitPhoto(client);
      await client.close();
    };
    /** Jobs of the pool `late` that start within ten minutes, with their queue neither paused nor the pool suspended. */
    const limitRate = async (isOn: boolean) => {
      const { hostname: host, port } = new URL(urlOf('late'));
      const queue = new Queue('late', { connection: { host, port: Number(port) } });
      if (isOn) await queue.setGlobalRateLimit(1, 10 * MINUTES);
      else await queue.removeGlobalRateLimit();
      if (!isOn) await queue.removeRateLimitKey();
      await queue.close();
    };
    const ready = (name: string) => cluster.kubectl('wait', '--for=condition=Ready', `pwp/${name}`, '--timeout=180s');
    const value = async (query: string) => {
      const { result } = await stack.ask<{ result: { value: [number, string] }[] }>(
        `/api/v1/query?query=${encodeURIComponent(query)}`,
      );
      return result.map(({ value: [, text] }) => Number(text));
    };
    /** Of these alerts, each once a pool. */
    const firing = async () => {
      const { alerts } = await stack.ask<{ alerts: Alert[] }>('/api/v1/alerts');
      const those = alerts.filter(({ state, labels }) => state === 'firing' && ALERTS.has(labels.alertname));
      return [...new Set(those.map(({ labels }) => `${labels.alertname} ${labels.pool}`))].sort();
    };

    it('Prometheus scrapes the operator and each worker, whose series bear their pool', async () => {
      for (const name of ['deaf', 'unheard', 'rolled']) await ready(name);
      await eventually(
        'all targets are up',
        async () => {
          const { activeTargets } = await stack.ask<{ activeTargets: Target[] }>('/api/v1/targets?state=active');
          const up = activeTargets.filter(({ health }) => health === 'up').map(({ labels }) => labels['pool']);
          if (up.length < activeTargets.length) throw new Error(JSON.stringify(activeTargets));
          // The operator's own target has no pool.
          return up.sort().join() === 'deaf,rolled,unheard,';
        },
        { seconds: 90, every: 1000 },
      );
      expect(await value('preview_slots{pool="rolled",state="idle"}')).to.deep.equal([1]);
      const conditions = `preview_pool_condition{namespace="${NAMESPACE}",pool="rolled",condition="Ready"}`;
      expect(await value(conditions)).to.deep.equal([1]);
    });

    it('Prometheus has loaded every rule of every pool, and evaluates it', async () => {
      interface Rule {
        readonly name: string;
        readonly health: string;
        readonly lastError?: string;
      }
      const groups = (await prometheusRules()).flatMap(({ spec }) => spec.groups);
      for (const { name, rules } of groups)
        await eventually(
          `${name} is evaluated`,
          async () => {
            const loaded = await stack.ask<{ groups: { name: string; rules: Rule[] }[] }>('/api/v1/rules');
            const found = loaded.groups.find((group) => group.name === name)?.rules ?? [];
            const bad = found.filter(({ health }) => health !== 'ok');
            if (bad.length > 0) throw new Error(JSON.stringify(bad));
            expect(found.map((rule) => rule.name)).to.deep.equal(rules.map(({ alert, record }) => alert ?? record));
            return true;
          },
          { seconds: 90, every: 1000 },
        );
    });

    it('five alerts fire, each for the pool that it is about and for no other', async () => {
      for (const name of ['deaf', 'rolled'] as const) await submit(name);
      await eventually('a fetch of the pool was answered', async () => {
        return (await value('preview_last_fetch_timestamp_seconds{pool="deaf"}')).some((at) => at > 0);
      });
      for (const name of ['deaf', 'rolled'])
        await cluster.kubectl('wait', '--for=condition=QueueSeen', `pwp/${name}`, '--timeout=120s');
      process.kill(redis.pid, 'SIGSTOP');
      await change('rolled', { image: NOWHERE });
      await limitRate(true);
      await submit('late', 3);
      const begun = Date.now();
      const seen = new Set<string>();
      await eventually(
        'all of them fire',
        async () => {
          const now = await firing();
          for (const one of now.filter((name) => !seen.has(name)))
            console.log(`      ${one}: after ${Math.round((Date.now() - begun) / 1000)} s`);
          for (const one of now) seen.add(one);
          expect(now).to.deep.equal([...LIVE].sort());
          return true;
        },
        { seconds: 14 * 60, every: 1000 },
      );
      // No other had fired meanwhile.
      expect([...seen].sort()).to.deep.equal([...LIVE].sort());
    });

    it('and they resolve once what they tell of is mended', async () => {
      process.kill(redis.pid, 'SIGCONT');
      await change('rolled', { image: GOOD });
      await limitRate(false);
      await submit('unheard');
      await eventually(
        'none of them fires',
        async () => {
          expect(await firing()).to.deep.equal([]);
          return true;
        },
        { seconds: 5 * 60, every: 1000 },
      );
    });
  });
}
