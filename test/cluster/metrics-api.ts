/**
 * metrics.k8s.io for the pods of a local node, as metrics-server serves it, so that the HorizontalPodAutoscaler of a real
 * controller-manager scales on what the kernel accounts. Behind the API server's aggregator by a Service of type
 * ExternalName. It is a test tool: on loopback, with the API server's own certificate, and it asks nobody who he is.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adminClient } from '../operator/operator.ts';
import type { ControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import type { LocalNode } from './node/local-node.ts';
import type { Pod } from './node/pod.ts';
import { type Usage, usageOf } from './node/usage.ts';

const GROUP_VERSION = 'metrics.k8s.io/v1beta1';
const SAMPLE_SECONDS = 2;

export interface MetricsApi {
  stop(): Promise<void>;
}

interface Sample extends Usage {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface ContainerMetrics {
  readonly name: string;
  readonly usage: { readonly cpu: string; readonly memory: string };
}

export async function startMetricsApi(cluster: ControlPlane, node: LocalNode): Promise<MetricsApi> {
  const client = adminClient(cluster);
  const stopping = new AbortController();
  const samples = new Map<string, Sample>();
  let served: { pod: Pod; at: number; containers: ContainerMetrics[] }[] = [];

  const look = async () => {
    const { items } = await client.list<Pod>('/api/v1/pods', { fieldSelector: `spec.nodeName=${node.name}` });
    const next: typeof served = [];
    for (const pod of items) {
      const { namespace, name, uid } = pod.metadata;
      const containers: ContainerMetrics[] = [];
      for (const container of pod.spec.containers) {
        const sample = { ...(await usageOf(await node.pids(namespace, name, container.name))), at: Date.now() };
        const before = samples.get(`${uid}/${container.name}`);
        samples.set(`${uid}/${container.name}`, sample);
        if (!before || sample.cpuSeconds < before.cpuSeconds) continue;
        const cores = (sample.cpuSeconds - before.cpuSeconds) / ((sample.at - before.at) / 1000);
        const usage = { cpu: `${Math.round(cores * 1e9)}n`, memory: `${sample.memoryBytes}` };
        containers.push({ name: container.name, usage });
      }
      // As metrics-server does: a pod of which a part is not known yet is not there.
      if (containers.length === pod.spec.containers.length) next.push({ pod, at: Date.now(), containers });
    }
    served = next;
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(() => {});
      await sleep(SAMPLE_SECONDS * 1000, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  const answer = (url: URL): object | undefined => {
    if (url.pathname === `/apis/${GROUP_VERSION}`) return RESOURCES;
    const [, namespace] = /^\/apis\/metrics\.k8s\.io\/v1beta1\/namespaces\/([^/]+)\/pods$/.exec(url.pathname) ?? [];
    if (namespace === undefined) return undefined;
    const wanted = (url.searchParams.get('labelSelector') ?? '').split(',').filter(Boolean);
    const isWanted = ({ metadata }: Pod) =>
      metadata.namespace === namespace &&
      wanted.every((pair) => {
        const [key = '', value] = pair.split('=');
        return metadata.labels?.[key] === value;
      });
    const items = served.flatMap(({ pod, at, containers }) =>
      isWanted(pod)
        ? [
            {
              metadata: { name: pod.metadata.name, namespace, labels: pod.metadata.labels },
              timestamp: new Date(at).toISOString(),
              window: `${SAMPLE_SECONDS}s`,
              containers,
            },
          ]
        : [],
    );
    return { kind: 'PodMetricsList', apiVersion: GROUP_VERSION, metadata: {}, items };
  };

  const pki = (file: string) => readFile(join(cluster.folder, 'pki', file), 'utf8');
  const server = createServer(
    { cert: await pki('apiserver.crt'), key: await pki('apiserver.key') },
    (request, response) => {
      const body = answer(new URL(request.url ?? '/', 'https://localhost'));
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 }));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    stopping.abort();
    await looking;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await client.close();
  };
  try {
    const { port } = server.address() as AddressInfo;
    await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(registration(port)) });
    await eventually('metrics.k8s.io is served', () => client.get<object>(`/apis/${GROUP_VERSION}`), { seconds: 60 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

const RESOURCES = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: GROUP_VERSION,
  resources: [{ name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] }],
};

function registration(port: number): object {
  const [group, version] = GROUP_VERSION.split('/');
  const service = { name: 'metrics-server', namespace: 'kube-system' };
  const items = [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${version}.${group}` },
      spec: {
        ...{ group, version, groupPriorityMinimum: 100, versionPriority: 100 },
        service: { ...service, port },
        // The certificate names localhost, the API server asks for the Service.
        insecureSkipTLSVerify: true,
      },
    },
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}
