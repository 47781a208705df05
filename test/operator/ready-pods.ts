/** Pods of workers on a control plane without a node: somebody has to say that they are ready. */
import { setTimeout } from 'node:timers/promises';
import type { KubeClient } from '../../operator/kube/client.ts';
import { unlessNotFound } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { POD_SELECTOR } from '../../operator/pool/names.ts';
import { eventually } from '../cluster/eventually.ts';

interface ReportedPod extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function sayReady(client: KubeClient, pod: string): Promise<void> {
  const now = new Date().toISOString();
  await client.mergePatch(`${pod}/status`, {
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now, lastProbeTime: null }],
    },
  });
}

/** The names of `count` pods, once the Deployment of `pool` counts them as ready. */
export async function everyPodReady(
  client: KubeClient,
  namespace: string,
  count: number,
  pool = 'photos',
): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const labelSelector = `${POD_SELECTOR},previews.mobius.dev/pool=${pool}`;
  const pods = await eventually(
    `${count} pods`,
    async () => {
      const { items } = await client.list<KubeObject>(path, { labelSelector });
      const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      return staying.length === count && staying.map(({ metadata }) => metadata.name);
    },
    { seconds: 60 },
  );
  for (const pod of pods) await sayReady(client, `${path}/${pod}`);
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/preview-${pool}`;
  await eventually(
    'its Deployment counts them as ready',
    async () =>
      (await client.get<KubeObject & { status?: { readyReplicas?: number } }>(deployment)).status?.readyReplicas ===
      count,
    { seconds: 60 },
  );
  return pods;
}

/** Says of every pod in these namespaces, as it comes, that it runs and is ready, until `stop`. */
export function keepPodsReady(client: KubeClient, namespaces: readonly string[]): { stop(): Promise<void> } {
  const ending = new AbortController();
  const isReady = ({ status }: ReportedPod) =>
    status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
  const once = async (path: string) => {
    const { items } = await client.list<ReportedPod>(path);
    // It may have gone since.
    for (const pod of items.filter((one) => !isReady(one)))
      await sayReady(client, `${path}/${pod.metadata.name}`).catch(unlessNotFound);
  };
  const watching = (async () => {
    while (!ending.signal.aborted) {
      for (const namespace of namespaces) await once(`/api/v1/namespaces/${namespace}/pods`);
      await setTimeout(200);
    }
  })();
  // Told by `stop`.
  watching.catch(() => {});
  return {
    stop: () => {
      ending.abort();
      return watching;
    },
  };
}
