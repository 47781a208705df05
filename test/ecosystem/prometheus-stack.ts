/**
 * The Prometheus Operator on a control plane of this machine: itself and its config-reloader from its module, under the CRDs
 * that it ships, and a Prometheus of its making. Its StatefulSet is asked for no pod, for the local node runs no init
 * containers: the pod is made here of the StatefulSet's template, without the one that does what its sidecar does again.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PROMETHEUS_OPERATOR_VERSION } from '../../scripts/tools/catalogue.ts';
import { provide } from '../../scripts/tools/provide.ts';
import type { ControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { type LocalNode, startLocalNode } from '../cluster/node/local-node.ts';
import { freePorts } from '../cluster/ports.ts';
import { ManagedProcess } from '../cluster/process.ts';
import { goModule } from './go-module.ts';

/** What this Prometheus selects by, as kube-prometheus-stack does. */
export const SELECTED = { release: 'stack' };

const NAMESPACE = 'monitoring';
const NODE = 'monitoring-node';
const POD = 'prometheus';

export interface PrometheusStack {
  /** What Prometheus answers at this path of its API, as its `data`. */
  ask<T>(path: string): Promise<T>;
  stop(): Promise<void>;
}

const module = () => goModule(`github.com/prometheus-operator/prometheus-operator@v${PROMETHEUS_OPERATOR_VERSION}`);

/** What the rest of this needs, where there is a way to have it. */
export async function provideStack(): Promise<void> {
  for (const tool of ['prometheus', 'prometheus-operator', 'prometheus-config-reloader'] as const) await provide(tool);
  await module();
}

/** All that the Prometheus Operator watches: it starts the controllers of the kinds that are there. */
export async function installMonitoringCrds({ kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<void> {
  await kubectl(['apply', '--server-side', '-f', join(await module(), 'example', 'prometheus-operator-crd')]);
  await kubectl(['wait', 'crd', '--all', '--for=condition=Established', '--timeout=60s']);
}

/**
 * The CRDs are there, and a rule: what Prometheus mounts follows from how many there are. Resolves once Prometheus answers, by
 * the configuration that was generated for it.
 */
export async function startPrometheusStack(cluster: ControlPlane): Promise<PrometheusStack> {
  const { kubectl, folder, kubeconfigPath } = cluster;
  const ending: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(surroundings()) });
    const [listen = 0] = await freePorts(1);
    const operator = new ManagedProcess({
      name: 'prometheus-operator',
      command: [await provide('prometheus-operator'), `--web.listen-address=127.0.0.1:${listen}`],
      env: { ...process.env, KUBECONFIG: kubeconfigPath },
      logFile: join(folder, 'prometheus-operator.log'),
    });
    ending.push(() => operator.stop());
    const node = await startNode(cluster);
    ending.push(() => node.stop());
    // Pods that name a node go there all the same.
    await kubectl(['cordon', NODE]);
    const address = await startPrometheus(kubectl);
    return {
      ask: async <T>(path: string) => {
        const response = await fetch(`http://${address}:9090${path}`);
        const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
        if (status !== 'success') throw new Error(`Prometheus: ${error}`);
        return data;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Each image is a folder with its program. */
async function startNode(controlPlane: ControlPlane): Promise<LocalNode> {
  const image = async (name: 'prometheus' | 'prometheus-config-reloader') => {
    const appFolder = join(controlPlane.folder, 'images', name);
    await mkdir(appFolder, { recursive: true, mode: 0o755 });
    await copyFile(await provide(name), join(appFolder, name));
    return { command: [`/app/${name}`], appFolder };
  };
  return startLocalNode({
    ...{ controlPlane, name: NODE, say: () => {}, logFolder: join(controlPlane.folder, NODE) },
    images: {
      'quay.io/prometheus/prometheus': await image('prometheus'),
      'quay.io/prometheus-operator/prometheus-config-reloader': await image('prometheus-config-reloader'),
    },
  });
}

interface Template {
  readonly metadata: object;
  readonly spec: {
    readonly initContainers: readonly { readonly name: string }[];
    readonly containers: readonly { readonly command?: readonly string[] }[];
  };
}

async function startPrometheus(kubectl: ControlPlane['kubectl']): Promise<string> {
  const get = async <T>(...what: string[]) =>
    JSON.parse(await kubectl(['get', ...what, '--namespace', NAMESPACE, '-o', 'json'])) as T;
  const { spec } = await eventually(
    'the Prometheus Operator has made its StatefulSet',
    () => get<{ spec: { template: Template } }>('statefulset/prometheus-stack'),
    { seconds: 90, every: 500 },
  );
  const { initContainers, containers, ...pod } = spec.template.spec;
  if (initContainers.some(({ name }) => name !== 'init-config-reloader'))
    throw new Error('the template has init containers that are not known here');
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    // By another name than its pods have, or the StatefulSet would take it for one too many.
    metadata: { ...spec.template.metadata, name: POD, namespace: NAMESPACE },
    // Where a program lies in its image is the image's affair here.
    spec: { ...pod, nodeName: NODE, containers: containers.map(({ command: _, ...container }) => container) },
  };
  await kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
  await kubectl([...['wait', `pod/${POD}`, '--namespace', NAMESPACE], ...['--for=condition=Ready', '--timeout=120s']]);
  return (await get<{ status: { podIP: string } }>(`pod/${POD}`)).status.podIP;
}

function surroundings(): object {
  const metadata = { name: 'prometheus', namespace: NAMESPACE };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'prometheus' };
  const reads = (apiGroup: string, ...resources: string[]) => ({
    ...{ apiGroups: [apiGroup], resources },
    verbs: ['get', 'list', 'watch'],
  });
  const everywhere = { matchLabels: {} };
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'prometheus' } },
      rules: [reads('', 'services', 'endpoints', 'pods'), reads('discovery.k8s.io', 'endpointslices')],
    },
    {
      ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'prometheus' } },
      ...{ roleRef, subjects: [{ kind: 'ServiceAccount', ...metadata }] },
    },
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: { name: 'stack', namespace: NAMESPACE },
      spec: {
        ...{ replicas: 0, serviceAccountName: 'prometheus', serviceDiscoveryRole: 'EndpointSlice' },
        ...{ serviceMonitorSelector: { matchLabels: SELECTED }, serviceMonitorNamespaceSelector: everywhere },
        ...{ ruleSelector: { matchLabels: SELECTED }, ruleNamespaceSelector: everywhere },
        ...{ scrapeInterval: '5s', evaluationInterval: '5s' },
      },
    },
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}
