/** Pods of workers on a control plane without a node: somebody has to say that they are ready. */
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { POD_SELECTOR } from '../../operator/pool/names.ts';
import { eventually } from '../cluster/eventually.ts';

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
  const now = new Date().toISOString();
  for (const pod of pods)
    await client.mergePatch(`${path}/${pod}/status`, {
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now, lastProbeTime: null }],
      },
    });
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
