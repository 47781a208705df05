/** Pools of any scaling mode on a real control plane whose HorizontalPodAutoscalers have no metrics, with all that is asked of them. */
import { KubeError } from '../../../operator/kube/errors.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { POOL_LABEL, WORKERS_METRIC } from '../../../operator/pool/names.ts';
import { type ControlPlaneOptions, startControlPlane } from '../../cluster/control-plane.ts';
import { eventually } from '../../cluster/eventually.ts';
import { freePorts } from '../../cluster/ports.ts';
import { startRedis } from '../../cluster/redis.ts';
import { startFaultProxy } from '../../faults/proxy.ts';
import { installMetricsApi, OPERATOR_NAMESPACE } from '../local-metrics-api.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from '../operator.ts';
import { MINIMAL } from '../pool/rules.ts';
import { type Recording, recordReplicas } from './recorder.ts';

export const NAMESPACE = 'default';
export const OWNER = 'previews.mobius.dev/replicas-owner';
export const HAND_OVER = 'fieldManager=preview-worker-operator-hand-over';
export const HPA_SYNC_SECONDS = 2;

export type Mode = 'Fixed' | 'Auto' | 'External';
export const MODES: readonly Mode[] = ['Fixed', 'Auto', 'External'];
const OWNERS = { Fixed: 'operator', Auto: 'autoscaler', External: 'external' } as const;

/** Every hand-over begins with 5 workers. */
export const FROM = {
  Fixed: { mode: 'Fixed', replicas: 5 },
  Auto: { mode: 'Auto', auto: { provider: 'CPU', minReplicas: 3, maxReplicas: 9, targetCPUUtilizationPercentage: 75 } },
  External: { mode: 'External' },
} as const;

export type Deployment = KubeObject & { readonly spec: { readonly replicas: number } };
type Autoscaler = KubeObject & {
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly reason: string }[] };
};

type Metric = KubeObject & { readonly value: string };

export interface ScaledPoolsOptions {
  /** Of the operator. */
  readonly flags?: readonly string[];
  /** Further kinds, as `startControlPlane` has it; ours is there. */
  readonly beforeControllers?: ControlPlaneOptions['beforeControllers'];
  readonly leaderElection?: boolean;
  /** It serves the metrics API, as config/operator has it. */
  readonly metricsApi?: boolean;
  /** Beside it the one of jobs. */
  readonly queueApi?: boolean;
  /** Of the API server. */
  readonly auditRules?: readonly object[];
  /** Until `cluster.startAutoscaler`. */
  readonly withoutAutoscaler?: boolean;
}

export type ScaledPools = Awaited<ReturnType<typeof startScaledPools>>;

export async function startScaledPools({
  flags = [],
  beforeControllers = async () => {},
  leaderElection = false,
  metricsApi = false,
  queueApi = false,
  withoutAutoscaler = false,
  auditRules,
}: ScaledPoolsOptions = {}) {
  const [cluster, redis] = await Promise.all([
    startControlPlane({
      hpaSyncSeconds: HPA_SYNC_SECONDS,
      withoutAutoscaler,
      beforeControllers: async (begun) => {
        await installCrd(begun);
        await beforeControllers(begun);
      },
      ...(auditRules ? { auditRules } : {}),
    }),
    startRedis(),
  ]);
  const client = adminClient(cluster);
  const [metricsPort = 0] = await freePorts(1);
  if (metricsApi) await installMetricsApi(cluster, metricsPort, { queues: queueApi });
  const proxy = await startFaultProxy(cluster);
  let operator: RunningOperator | undefined;
  let recording: Recording | undefined;
  const told: string[] = [];

  /** One more of the same; whoever starts it stops it. */
  const startAnother = async (port: number) => {
    const { adminToken } = cluster;
    const another = await startOperator({
      server: proxy.url,
      adminToken,
      access: { token: adminToken, namespace: metricsApi ? OPERATOR_NAMESPACE : NAMESPACE },
      flags: [
        ...flags,
        ...(queueApi ? ['--queue-api', 'true'] : []),
        ...(metricsApi ? ['--external-metrics', 'true', '--external-metrics-port', String(port)] : []),
      ],
      leaderElection,
    });
    await another.ready();
    return another;
  };
  const startTheOperator = async () => {
    operator = await startAnother(metricsPort);
    return operator;
  };
  const operatorUrl = () => operator?.url ?? '';
  const stopTheOperator = () => operator?.stop();
  /** As a node that loses its power. */
  const killTheOperator = async () => {
    operator?.process.kill('SIGKILL');
    await operator?.process.exited;
    await operator?.stop();
  };

  const poolPath = (name: string) => `${POOLS_PATH(NAMESPACE)}/${name}`;
  const applyPool = (name: string, changes: object) =>
    client.apply(poolPath(name), {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: { ...MINIMAL, queue: { name, redis: { url: redis.url } }, ...changes },
    });
  const pathOf = (name: string) => `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/preview-${name}`;
  const autoscalerPath = (name: string) =>
    `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers/preview-${name}`;
  /** What a HorizontalPodAutoscaler is told; rejects as it is told that there is no number. */
  const metric = async (name: string): Promise<number> => {
    const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/${WORKERS_METRIC}`;
    const { items } = await client.list<Metric>(path, { labelSelector: `${POOL_LABEL}=${name}` });
    return Number(items[0]?.value);
  };
  const deployment = (name: string) => client.get<Deployment>(pathOf(name));
  const autoscaler = (name: string) =>
    client.get<Autoscaler>(autoscalerPath(name)).catch((error: unknown) => {
      if (error instanceof KubeError && error.isNotFound) return undefined;
      throw error;
    });
  const scale = (name: string, replicas: number) =>
    client.mergePatch(`${pathOf(name)}/scale`, { spec: { replicas } }, 'the-owner-outside');

  /** The mode is carried out: owner, autoscaler and status agree. */
  const carriedOut = (name: string, mode: Mode) =>
    eventually(
      `${name} is carried out as ${mode}`,
      async () => {
        const [{ metadata, spec }, hpa, pool] = await Promise.all([
          deployment(name),
          autoscaler(name),
          client.get<KubeObject & { status?: { observedGeneration?: number } }>(poolPath(name)),
        ]);
        return (
          metadata.annotations?.[OWNER] === OWNERS[mode] &&
          (hpa !== undefined) === (mode === 'Auto') &&
          pool.status?.observedGeneration === pool.metadata.generation &&
          spec
        );
      },
      { seconds: 60 },
    );
  const has = (name: string, replicas: number) =>
    eventually(`${name} has ${replicas}`, async () => (await deployment(name)).spec.replicas === replicas, {
      seconds: 60,
    });
  const record = async (name: string) => {
    recording = await recordReplicas(client, NAMESPACE, `preview-${name}`);
    return recording;
  };
  const stopRecording = async () => {
    await recording?.stop();
    recording = undefined;
  };
  /** With 5 workers, and recorded from there. */
  const begin = async (name: string, mode: Mode) => {
    await applyPool(name, { scaling: FROM[mode] });
    await carriedOut(name, mode);
    if (mode !== 'Fixed') await scale(name, 5);
    await has(name, 5);
    return record(name);
  };
  const tell = (what: string, values: readonly number[] | string) =>
    told.push(`      ${what.padEnd(82)} ${typeof values === 'string' ? values : values.join(' → ')}`);

  const stop = async () => {
    console.log(told.join('\n'));
    await stopRecording();
    await stopTheOperator();
    await client.close();
    await proxy.stop();
    await Promise.all([cluster.stop(), redis.stop()]);
  };
  await startTheOperator();
  return {
    ...{ cluster, redis, client, proxy, metricsPort, applyPool, poolPath, pathOf, autoscalerPath, metric },
    ...{ deployment, autoscaler, scale },
    ...{ carriedOut, has, begin, record, stopRecording, tell, stop },
    ...{ operatorUrl, startAnother, startTheOperator, stopTheOperator, killTheOperator },
  };
}
