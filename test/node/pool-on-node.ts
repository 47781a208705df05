/** One pool on the real node, in whose queue nobody else is at work. */
import { NAMESPACE, type PreviewNode, previewNode } from './preview-node.ts';
import { NODE_ADDRESS } from './surroundings.ts';

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly restartCount: number;
      readonly lastState: { readonly terminated?: { readonly reason: string; readonly exitCode: number } };
    }[];
  };
}

export interface PoolOnNode extends PreviewNode {
  /** Those that nobody has deleted. */
  pods(): Promise<Pod[]>;
  ready(): Promise<unknown>;
  /** What a program of the image says there, by `kubectl exec`. */
  inside(pod: string, container: 'worker' | 'renderer', ...command: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** Room on two cores for pods that ask for a core each elsewhere. */
const SMALL = { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '640Mi' } };

export async function startPool(name: string, spec: object = {}, worker: object = {}): Promise<PoolOnNode> {
  const node = await previewNode();
  const { kubectl, redis, apply } = node;
  await apply({
    apiVersion: 'previews.mobius.dev/v1alpha1',
    kind: 'PreviewWorkerPool',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      queue: {
        name: 'previews',
        redis: {
          url: `redis://${NODE_ADDRESS}:${redis.port}`,
          usernameFrom: { name: 'redis-login', key: 'username' },
          passwordFrom: { name: 'redis-login', key: 'password' },
        },
      },
      worker: {
        slots: 1,
        sources: { file: { roots: [{ path: '/inbox', claimName: 'inbox' }] } },
        sink: { file: { path: '/previews', claimName: 'previews' } },
        presets: [{ name: 'grid', width: 512, height: 512, fit: 'cover', format: 'webp', quality: 80 }],
        ...worker,
      },
      template: { resources: { renderer: SMALL } },
      ...spec,
    },
  });
  const pods = async () => {
    const selector = `previews.mobius.dev/pool=${name}`;
    const { items } = JSON.parse(await kubectl('get', 'pods', '-l', selector, '-o', 'json')) as { items: Pod[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const ready = () =>
    kubectl('wait', '--for=condition=Ready', `pwp/${name}`, '--timeout=90s').catch(async (error: unknown) => {
      console.error(await kubectl('get', 'pwp', name, '-o', 'yaml'), await kubectl('describe', 'pods'));
      throw error;
    });
  await ready();
  return {
    ...{ ...node, pods, ready },
    inside: (pod, container, ...command) => kubectl('exec', pod, '--container', container, '--', ...command),
    remove: async () => {
      await kubectl('delete', 'pwp', name);
      await kubectl('wait', '--for=delete', 'pods', '-l', `previews.mobius.dev/pool=${name}`, '--timeout=90s');
    },
  };
}
