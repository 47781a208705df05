/** What `npm run walk-through` needs around it on this machine: a control plane, a node whose images are this checkout, Redis. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { startLocalNode } from '../cluster/node/local-node.ts';
import { startRedis } from '../cluster/redis.ts';
import { type Walk, walkOn } from './walk.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** What differs on the local node: no Service leads to a pod, and all pods share one network. */
const VALUES = {
  externalMetrics: { enabled: false },
  queueApi: { enabled: false },
  extraEnv: [{ name: 'LISTEN_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
};

export interface WalkingGround extends Walk {
  readonly cluster: ControlPlane;
  stop(): Promise<void>;
}

export async function startWalkingGround(): Promise<WalkingGround> {
  const [cluster, redis] = await Promise.all([startControlPlane({ scheduler: true }), startRedis()]);
  const node = await startLocalNode({
    controlPlane: cluster,
    images: {
      'mobius-preview-worker': await program('worker/main.ts'),
      'mobius-preview-worker-operator': await program('operator/main.ts'),
    },
    say: () => {},
  });
  const folder = join(cluster.folder, 'walk');
  return {
    ...(await walkOn({ cluster, folder, redisUrl: redis.url, values: VALUES })),
    cluster,
    stop: async () => {
      await node.stop();
      await Promise.all([cluster.stop(), redis.stop()]);
    },
  };
}

/** As its first line has it started. */
async function program(path: string) {
  const flags = (await readFile(path, 'utf8')).split('\n', 1)[0]?.match(/--\S+/g) ?? [];
  return { command: ['node', ...flags, path], appFolder: CHECKOUT };
}
