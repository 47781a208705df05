/** Pools and Secrets of a test on the real API server, all in one namespace. */
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import type { Condition } from '../../operator/pool/pool.ts';
import type { PoolStatus } from '../../operator/pool/spec.generated.ts';
import { eventually } from '../cluster/eventually.ts';
import { POOLS_PATH } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

const NAMESPACE = 'default';

export function poolsOn(client: KubeClient) {
  const path = (name: string) => `${POOLS_PATH(NAMESPACE)}/${name}`;
  let asked = 0;
  const status = async (name: string) => (await client.get<KubeObject & { status?: PoolStatus }>(path(name))).status;
  return {
    status,
    apply: (name: string, redis: object, queue: object = {}) =>
      client.apply(path(name), {
        apiVersion: 'previews.mobius.dev/v1alpha1',
        kind: 'PreviewWorkerPool',
        metadata: { name },
        spec: { ...MINIMAL, queue: { name: 'previews', redis, ...queue } },
      }),
    remove: (name: string) => client.delete(path(name)),
    secret: (name: string, stringData: Record<string, string>) =>
      client.apply(`/api/v1/namespaces/${NAMESPACE}/secrets/${name}`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name },
        stringData,
      }),
    /** Has the operator look now, and waits until it has. */
    async look(name: string): Promise<void> {
      asked += 1;
      const annotations = { 'previews.mobius.dev/requested-at': String(asked) };
      await client.mergePatch(path(name), { metadata: { annotations } });
      await eventually(
        `pool ${name} was looked at`,
        async () => (await status(name))?.lastHandledReconcileAt === annotations['previews.mobius.dev/requested-at'],
      );
    },
    /** Once the condition has this reason. */
    condition: (name: string, type: string, reason: string, seconds = 40): Promise<Condition> =>
      eventually(
        `${type} of pool ${name} says ${reason}`,
        async () => (await status(name))?.conditions?.find((one) => one.type === type && one.reason === reason),
        { seconds },
      ),
  };
}
