/**
 * `npm run cluster [-- --no-operator]`: a real control plane with Redis, a node and the operator, until Ctrl-C. Everything
 * lives in `.cluster/` and is gone afterwards.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { NAMESPACE, startPreviewCluster } from '../test/cluster/preview-cluster.ts';

const { operator, folder: where } = new Command('npm run cluster --')
  .description(
    'Starts etcd, the Kubernetes API server, controller-manager, scheduler, a node, Redis and the operator on loopback, until Ctrl-C.',
  )
  .option('--no-operator', 'leave the operator out, to run it elsewhere')
  .option('--folder <path>', 'where it keeps its files while it runs', '.cluster')
  .parse()
  .opts<{ operator: boolean; folder: string }>();

const folder = resolve(where);
if (existsSync(folder)) {
  console.error(
    `${folder} exists: another cluster runs from this checkout, or one was cut off; end it, or delete the folder`,
  );
  process.exit(1);
}
const asked = new Promise<void>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done());
});

await mkdir(folder, { mode: 0o700 });
try {
  const cluster = await startPreviewCluster({ folder, operator, say: (step) => console.log(`starting: ${step} …`) });
  const { controlPlane, redis, inbox, previews } = cluster;
  let gone: Promise<string> = new Promise(() => {});
  if (cluster.operator) {
    const { process: running, url } = cluster.operator;
    gone = running.exited.then((how) => `the operator ended with ${how}:\n${running.logTail()}`);
    console.log(`operator    ${url}/metrics, log ${join(folder, 'operator', 'log')}`);
  }
  console.log(`kubeconfig  ${controlPlane.kubeconfigPath}
kubectl     ${controlPlane.kubectlPath}
redis       ${redis.url} (Secret redis, key url, in namespace ${NAMESPACE})
inbox       ${inbox} (claim inbox)
previews    ${previews} (claim previews)
pod logs    ${join(folder, 'pods')}
Services lead to no pod here: a pod is reached by its own address of 127.10.0.0/16. Try, in another terminal:

  export KUBECONFIG=${controlPlane.kubeconfigPath}
  alias kubectl=${controlPlane.kubectlPath}
  kubectl apply -f examples/pool.yaml
  kubectl -n ${NAMESPACE} wait --for=condition=Ready pwp/sample
  cp YOUR-PHOTO.jpg ${inbox}/photo.jpg
  npm run -s preview-worker -- submit --redis ${redis.url} --source file:///inbox/photo.jpg --preset grid --wait

Ctrl-C ends it and leaves nothing behind.`);
  const why = await Promise.race([asked, gone]);
  if (why) {
    console.error(why);
    process.exitCode = 1;
  }
  console.log('stopping …');
  await cluster.stop();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
