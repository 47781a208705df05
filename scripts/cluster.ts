/**
 * `npm run cluster [-- --no-operator]`: a real control plane with Redis and the operator, until Ctrl-C. Everything lives
 * in `.cluster/` and is gone afterwards.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { startControlPlane } from '../test/cluster/control-plane.ts';
import { startRedis } from '../test/cluster/redis.ts';
import { installCrd, startOperator } from '../test/operator/operator.ts';

const NAMESPACE = 'preview-worker';

const { operator: withOperator, folder: where } = new Command('npm run cluster --')
  .description(
    'Starts etcd, the Kubernetes API server, controller-manager, scheduler, Redis and the operator on loopback, until Ctrl-C.',
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

const ending: (() => Promise<void>)[] = [];
const end = async () => {
  for (const step of ending.splice(0).reverse()) await step();
};
const asked = new Promise<void>((done) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done());
});

try {
  console.log('starting the control plane and Redis …');
  await mkdir(folder, { mode: 0o700 });
  ending.push(() => rm(folder, { recursive: true, force: true }));
  const cluster = await startControlPlane({ folder, scheduler: true });
  ending.push(cluster.stop);
  const redis = await startRedis();
  ending.push(redis.stop);

  await installCrd(cluster);
  await cluster.kubectl(['create', 'namespace', NAMESPACE]);
  await cluster.kubectl(['create', 'secret', 'generic', 'redis', '-n', NAMESPACE, `--from-literal=url=${redis.url}`]);

  let gone: Promise<string> = new Promise(() => {});
  if (withOperator) {
    const own = join(folder, 'operator');
    const operator = await startOperator({ ...cluster, folder: own });
    ending.push(operator.stop);
    await operator.ready();
    gone = operator.process.exited.then((how) => `the operator ended with ${how}:\n${operator.process.logTail()}`);
    console.log(`operator    ${operator.url}/metrics, log ${join(own, 'log')}`);
  }
  console.log(`kubeconfig  ${cluster.kubeconfigPath}
kubectl     ${cluster.kubectlPath}
redis       ${redis.url} (Secret redis, key url, in namespace ${NAMESPACE})
There is no node yet: pods stay Pending. Try:

  export KUBECONFIG=${cluster.kubeconfigPath}
  ${cluster.kubectlPath} apply -f examples/pool.yaml
  ${cluster.kubectlPath} get pwp

Ctrl-C ends it and leaves nothing behind.`);
  const why = await Promise.race([asked, gone]);
  if (why) {
    console.error(why);
    process.exitCode = 1;
  }
  console.log('stopping …');
} finally {
  await end();
}
process.exit();
