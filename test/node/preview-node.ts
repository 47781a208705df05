/** The product on the real node, as a platform team installs it: the chart with its defaults, Redis with users, and a pool a test. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { PreviewClient } from '../../worker/client.ts';
import { CHART, helm, RELEASE } from '../chart/helm.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { surroundings } from '../cluster/preview-cluster.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { scene } from '../fixtures/images.ts';
import { type RealNode, startRealNode } from './real-node.ts';
import { NODE_ADDRESS, nodeFolder } from './surroundings.ts';

export const NAMESPACE = 'preview-worker';
/** The first letters tell it wherever it is looked for. */
export const PASSWORD = 'canary-5ecret';
/** Of the user of Redis who may do all, with every queue. */
export const ADMIN_PASSWORD = 'admin-s3cret';

export interface PreviewNode {
  readonly controlPlane: ControlPlane;
  readonly node: RealNode;
  readonly redis: TestRedis;
  readonly admin: Redis;
  readonly client: PreviewClient;
  /** The folders behind the claims. */
  readonly inbox: string;
  readonly previews: string;
  /** kubectl in the namespace of the pools. */
  kubectl(...args: readonly string[]): Promise<string>;
  apply(...objects: readonly object[]): Promise<void>;
}

let started: Promise<PreviewNode> | undefined;
const ending: (() => Promise<unknown> | unknown)[] = [];

/** One for all files of the suite. */
export function previewNode(): Promise<PreviewNode> {
  started ??= start();
  return started;
}
after(async function () {
  this.timeout(60_000);
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(): Promise<PreviewNode> {
  const begun = performance.now();
  const tell = (what: string) => console.log(`      ${((performance.now() - begun) / 1000).toFixed(1)} s: ${what}`);
  const folder = nodeFolder();
  const controlPlane = await startControlPlane({ scheduler: true, nodeAddress: NODE_ADDRESS });
  ending.push(controlPlane.stop);
  const node = await startRealNode(controlPlane, folder);
  ending.push(node.stop);
  tell('a node is Ready, with the images of this checkout');

  const redis = await startRedis({
    appendonly: true,
    password: ADMIN_PASSWORD,
    users: documentedUsers(PASSWORD),
    directives: [`bind 127.0.0.1 ${NODE_ADDRESS}`],
  });
  ending.push(redis.stop);
  const admin = new Redis(redis.port, { password: ADMIN_PASSWORD });
  ending.push(() => admin.disconnect());
  const [inbox, previews] = [join(folder, 'inbox'), join(folder, 'previews')];
  for (const path of [inbox, previews]) {
    await mkdir(path);
    await chmod(path, 0o777);
  }
  await chmod(folder, 0o711);
  await writeFile(join(inbox, 'photo.jpg'), await scene({ width: 300, height: 200 }).jpeg().toBuffer());

  const apply = async (...objects: readonly object[]) => {
    await controlPlane.kubectl(['apply', '-f', '-'], { input: objects.map((one) => JSON.stringify(one)).join('\n') });
  };
  await apply(
    surroundings({ redis: redis.url, inbox, previews }),
    credentials(PASSWORD),
    ...[NAMESPACE, RELEASE].map(restricted),
  );
  await helm(['install', RELEASE, CHART, '--namespace', RELEASE, '--wait', '--timeout=120s'], {
    kubeconfig: controlPlane.kubeconfigPath,
    seconds: 130,
  }).catch(async (error: unknown) => {
    console.error(await controlPlane.kubectl(['describe', 'pods', '--namespace', RELEASE]), node.logTails());
    throw error;
  });
  tell('the chart is installed, and its pods are Ready');

  const passwordFile = join(folder, 'producer-password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  const usernameFile = join(folder, 'producer-name');
  await writeFile(usernameFile, 'preview-producer', { mode: 0o600 });
  const client = new PreviewClient({ redis: { url: redis.url, usernameFile, passwordFile } });
  ending.push(() => client.close());
  return {
    ...{ controlPlane, node, redis, admin, client, inbox, previews, apply },
    kubectl: (...args) => controlPlane.kubectl(['--namespace', NAMESPACE, ...args]),
  };
}

/** What workers sign in to Redis with. */
export const credentials = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'redis-login', namespace: NAMESPACE },
  stringData: { username: 'preview-worker', password },
});

const restricted = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});
