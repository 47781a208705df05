/**
 * Everything that the sample pool needs, as on a real cluster: control plane, Redis and its Secret, a node whose worker
 * image is this checkout, the claims `inbox` and `previews`, the CRD and the operator with its metrics API.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { grantAccess, type OperatorAccess } from '../operator/access.ts';
import { installMetricsApi } from '../operator/local-metrics-api.ts';
import { installCrd, type RunningOperator, startOperator } from '../operator/operator.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type LocalNode, startLocalNode } from './node/local-node.ts';
import { freePorts } from './ports.ts';
import { startRedis, type TestRedis } from './redis.ts';

export const NAMESPACE = 'preview-worker';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

export interface PreviewCluster {
  readonly controlPlane: ControlPlane;
  /** Of the operator: what its shipped roles allow. */
  readonly access: OperatorAccess;
  readonly redis: TestRedis;
  readonly node: LocalNode;
  /** Absent when it was asked to stay away. */
  readonly operator?: RunningOperator;
  /** The folders behind the claims. */
  readonly inbox: string;
  readonly previews: string;
  /** kubectl in the namespace of the sample. */
  kubectl(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface PreviewClusterOptions {
  /** Holds everything and is removed by `stop`; a new temporary one when absent. */
  readonly folder?: string;
  readonly operator?: boolean;
  /** The folder behind the claim `previews`, kept by `stop`; absent: one that goes with the cluster. */
  readonly previews?: string;
  /** Redis wants it; the Secret holds it. */
  readonly redisPassword?: string;
  /** What stands for the worker image: `worker/main.ts` unless given. */
  readonly workerCommand?: readonly string[];
  /** Commands that stand for further images. */
  readonly images?: Readonly<Record<string, readonly string[]>>;
  /** Further kinds, as `startControlPlane` has it; ours is there. */
  readonly beforeControllers?: (cluster: Pick<ControlPlane, 'kubectl'>) => Promise<unknown>;
  /** Told what is being started. */
  readonly say?: (step: string) => void;
  /** Ends the start between two steps. */
  readonly signal?: AbortSignal;
}

export async function startPreviewCluster(options: PreviewClusterOptions = {}): Promise<PreviewCluster> {
  const { operator: withOperator = true, signal } = options;
  const say = (step: string) => {
    signal?.throwIfAborted();
    options.say?.(step);
  };
  const ending: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    say('etcd, API server, CRD, controller-manager, scheduler');
    const controlPlane = await startControlPlane({
      scheduler: true,
      beforeControllers: async (cluster) => {
        await installCrd(cluster);
        await options.beforeControllers?.(cluster);
      },
      ...(options.folder === undefined ? {} : { folder: options.folder }),
    });
    ending.push(controlPlane.stop);
    const { folder, kubectl } = controlPlane;

    say('Redis, namespace, Secret and claims');
    const { redisPassword: password, workerCommand = ['node', 'worker/main.ts'], images = {} } = options;
    const redis = await startRedis(password === undefined ? {} : { password });
    const redisUrl = password === undefined ? redis.url : redis.url.replace('//', `//:${password}@`);
    ending.push(redis.stop);
    const access = await grantAccess(controlPlane);
    const inbox = join(folder, 'inbox');
    const previews = options.previews ?? join(folder, 'previews');
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(surroundings({ redis: redisUrl, inbox, previews })) });
    for (const path of [inbox, previews]) {
      await mkdir(path, { recursive: true });
      // Workers run as user 1000 and write by their group; the sources are read by all.
      await chmod(path, 0o777);
    }

    say('node');
    await readableByAll(CHECKOUT);
    const logFolder = join(folder, 'pods');
    const node = await startLocalNode({
      controlPlane,
      logFolder,
      images: Object.fromEntries(
        Object.entries({ 'mobius-preview-worker': workerCommand, ...images }).map(([name, command]) => [
          name,
          { command, appFolder: CHECKOUT },
        ]),
      ),
      say: () => {},
    });
    ending.push(node.stop);

    const cluster = {
      ...{ controlPlane, access, redis, node, inbox, previews, stop },
      kubectl: (...args: readonly string[]) => kubectl(['--namespace', NAMESPACE, ...args]),
    };
    if (!withOperator) return cluster;
    say('operator');
    const [metricsPort = 0] = await freePorts(1);
    await installMetricsApi(controlPlane, metricsPort, { queues: true });
    const operator = await startOperator({
      ...controlPlane,
      access,
      folder: join(folder, 'operator'),
      flags: [
        ...['--external-metrics', 'true', '--queue-api', 'true'],
        ...['--external-metrics-port', String(metricsPort)],
      ],
      leaderElection: true,
    });
    ending.push(operator.stop);
    await operator.ready();
    signal?.throwIfAborted();
    return { ...cluster, operator };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As root, pods run as user 1000, on the files of this checkout. */
async function readableByAll(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  for (const path of [folder, join(folder, 'package.json'), join(folder, 'node_modules')]) {
    if (((await stat(path)).mode & 0o004) !== 0) continue;
    throw new Error(`${path} is not readable by all, and pods run as a user of their own: chmod -R o+rX ${folder}`);
  }
}

/** Namespace, Secret and claims of the sample. */
export function surroundings({ redis, inbox, previews }: { redis: string; inbox: string; previews: string }): object {
  const metadata = (name: string) => ({ name, namespace: NAMESPACE });
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'Secret', metadata: metadata('redis'), stringData: { url: redis } },
    ...claim('inbox', inbox),
    ...claim('previews', previews),
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}

/** A volume bound to its claim from the start: nothing provisions here. */
function claim(name: string, path: string): object[] {
  const spec = { accessModes: ['ReadWriteMany'], storageClassName: '' };
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        ...spec,
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path },
        claimRef: { namespace: NAMESPACE, name },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: NAMESPACE },
      spec: { ...spec, volumeName: name, resources: { requests: { storage: '1Gi' } } },
    },
  ];
}
