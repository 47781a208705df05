/**
 * How long the first job of a burst waits for a pool that sleeps: with KEDA's trigger on the queue's lists, and with our
 * providers. One pool on one cluster, one contender after the other, for the group of external metrics has one owner.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { parse } from 'yaml';
import type { KubeObject } from '../../operator/kube/object.ts';
import { PreviewClient } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { allRendered, submitPhoto } from '../e2e/photo-jobs.ts';
import { installKedaCrds, startKeda } from '../ecosystem/keda.ts';
import { scene } from '../fixtures/images.ts';
import { installMetricsApi } from '../operator/local-metrics-api.ts';
import { adminClient, startOperator } from '../operator/operator.ts';
import { type Recording, recordReplicas } from '../operator/scaling/recorder.ts';
import { table } from './markdown.ts';
import { median } from './rounds.ts';

const BURST = 20;
/** Idle for so long, and the workers go. */
const COOL_DOWN_SECONDS = 10;
/** KEDA's default. */
const POLL_SECONDS = 30;
/** Until the pods of the try before are gone. */
const REST_SECONDS = 5;
const AUTO = { minReplicas: 0, maxReplicas: 4, targetWaitSeconds: 30, scaleToZeroAfterSeconds: COOL_DOWN_SECONDS };
const DEPLOYMENT = 'preview-sleeper';

export interface Waits {
  readonly title: string;
  /** From the first job's addition to the Deployment's first replica, a number a try. */
  readonly woken: number[];
  /** To the first job's start. */
  readonly taken: number[];
}

interface Contender {
  readonly title: string;
  readonly scaling: object;
  /**
   * The jobs of all tries come at moments that lie evenly in so many seconds: KEDA's last look is the one that put the pool
   * to sleep.
   */
  readonly spreadSeconds: number;
  /** Starts what it takes; returns how to end that. */
  readonly begin: (cluster: PreviewCluster) => Promise<() => Promise<unknown>>;
}

const CONTENDERS: readonly Contender[] = [
  { title: 'KEDA, redis trigger', scaling: { mode: 'External' }, spreadSeconds: POLL_SECONDS, begin: withKeda },
  {
    title: 'provider Direct',
    scaling: { mode: 'Auto', auto: { ...AUTO, provider: 'Direct' } },
    spreadSeconds: REST_SECONDS,
    begin: (cluster) => withOperator(cluster),
  },
  {
    title: 'provider ExternalMetrics',
    scaling: { mode: 'Auto', auto: { ...AUTO, provider: 'ExternalMetrics' } },
    spreadSeconds: REST_SECONDS,
    begin: withMetricsApi,
  },
];

/** As many tries each as `rounds` of `tries`, the contenders in turn: what else the machine does then troubles all alike. */
export async function waitsFromZero(
  { rounds, tries }: { readonly rounds: number; readonly tries: number },
  say: (text: string) => void,
): Promise<readonly Waits[]> {
  const cluster = await startPreviewCluster({ operator: false, beforeControllers: installKedaCrds });
  const client = adminClient(cluster.controlPlane);
  const producer = new PreviewClient({ redis: { url: cluster.redis.url } });
  const queue = new Queue('previews', { connection: { url: cluster.redis.url } });
  let recording: Recording | undefined;
  const replicas = () => recording?.values.at(-1);
  let end: (() => Promise<unknown>) | undefined;
  try {
    await writeFile(join(cluster.inbox, 'photo.jpg'), await scene({ width: 300, height: 200 }).jpeg().toBuffer());
    const example = parse(await readFile('examples/pool-that-sleeps.yaml', 'utf8'));
    const isAtRest = async () => {
      const { items } = await client.list<KubeObject>(`/api/v1/namespaces/${NAMESPACE}/pods`);
      return items.length === 0 && replicas() === 0;
    };
    const oneTry = async ({ woken, taken }: Waits, afterSeconds: number) => {
      await eventually('the pool is asleep', () => replicas() === 0, { seconds: 180 });
      const rest = sleep(afterSeconds * 1000);
      await eventually('its pods are gone', isAtRest, { seconds: 120, every: 250 });
      await rest;
      const begun = Date.now();
      const waking = eventually('it is woken', () => replicas() !== 0, { seconds: 120, every: 5 }).then(() =>
        woken.push((Date.now() - begun) / 1000),
      );
      const ids = await Promise.all(Array.from({ length: BURST }, () => submitPhoto(producer)));
      await allRendered(producer, ids);
      await waking;
      const jobs = await Promise.all(ids.map((id) => queue.getJob(id)));
      const added = Math.min(...jobs.map((job) => job?.timestamp ?? Number.NaN));
      taken.push((Math.min(...jobs.map((job) => job?.processedOn ?? Number.NaN)) - added) / 1000);
    };

    const all = CONTENDERS.map(({ title }): Waits => ({ title, woken: [], taken: [] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const [place, { title, scaling, spreadSeconds, begin }] of CONTENDERS.entries()) {
        const pool = { ...example, spec: { ...example.spec, scaling } };
        await cluster.controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(pool) });
        end = await begin(cluster);
        // One for all tries would outlive what the API server lets a watch live.
        recording = await recordReplicas(client, NAMESPACE, DEPLOYMENT);
        const waits = all[place] as Waits;
        for (let turn = 0; turn < tries; turn += 1) {
          const share = (turn * rounds + round + 0.5) / (rounds * tries);
          await oneTry(waits, REST_SECONDS + share * spreadSeconds);
          say(`${title}: woken after ${waits.woken.at(-1)} s, first job taken after ${waits.taken.at(-1)} s`);
        }
        await recording.stop();
        await end();
        end = undefined;
      }
    }
    return all;
  } finally {
    await end?.();
    await recording?.stop();
    await queue.close();
    await client.close();
    await producer.close();
    await cluster.stop();
  }
}

async function withOperator(
  { controlPlane, access }: PreviewCluster,
  flags: readonly string[] = [],
): Promise<() => Promise<unknown>> {
  const folder = join(controlPlane.folder, 'operator');
  const operator = await startOperator({ ...controlPlane, access, folder, flags });
  await operator.ready();
  return operator.stop;
}

async function withMetricsApi(cluster: PreviewCluster): Promise<() => Promise<unknown>> {
  const { kubectl } = cluster.controlPlane;
  const [port = 0] = await freePorts(1);
  await installMetricsApi({ kubectl }, port);
  const stopOperator = await withOperator(cluster, [
    ...['--external-metrics', 'true'],
    ...['--external-metrics-port', String(port)],
  ]);
  return async () => {
    await stopOperator();
    await kubectl(['delete', '-f', 'config/operator/metrics-api.yaml']);
  };
}

/** One trigger for either list that a job of the queue can wait in; all as KEDA has it, but the time to go to sleep. */
async function withKeda(cluster: PreviewCluster): Promise<() => Promise<unknown>> {
  const { controlPlane, redis } = cluster;
  const stopOperator = await withOperator(cluster);
  const { kubectl } = controlPlane;
  const deployment = ['get', `deployment/${DEPLOYMENT}`, '-n', NAMESPACE];
  await eventually('the pool has its Deployment', async () => (await kubectl(deployment)) !== '');
  const keda = await startKeda(controlPlane);
  const trigger = (list: string) => ({
    type: 'redis',
    metadata: { address: new URL(redis.url).host, listName: `bull:previews:${list}` },
  });
  const scaledObject = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'sleeper', namespace: NAMESPACE },
    spec: {
      scaleTargetRef: { name: DEPLOYMENT },
      maxReplicaCount: AUTO.maxReplicas,
      cooldownPeriod: COOL_DOWN_SECONDS,
      triggers: [trigger('wait'), trigger('prioritized')],
    },
  };
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(scaledObject) });
  return async () => {
    await kubectl(['delete', 'scaledobject/sleeper', '-n', NAMESPACE, '--timeout=60s']);
    await keda.stop();
    await stopOperator();
  };
}

/** With how many times as long KEDA takes. */
export function waitsTable(all: readonly Waits[]): string {
  const told = (values: readonly number[], digits: number) => {
    const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
      value.toFixed(digits),
    );
    return `${middle} s (${least} … ${most})`;
  };
  const [keda] = all;
  const rows = all.map((waits) => {
    const ratio = keda && waits !== keda ? (median(keda.taken) / median(waits.taken)).toFixed(1) : '';
    return [waits.title, waits.taken.length, told(waits.woken, 2), told(waits.taken, 1), ratio];
  });
  return table(
    ['woken by', 'tries', 'first pod asked for after', 'first job taken after', 'KEDA takes times as long'],
    rows,
  );
}
