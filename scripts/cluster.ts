/**
 * `npm run cluster [-- --no-operator]`: a real control plane with Redis, a node and the operator, until Ctrl-C. Everything
 * lives in `.cluster/` and is gone afterwards.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { startPreviewCluster } from '../test/cluster/preview-cluster.ts';
import { aborted, askedToEnd } from './asked-to-end.ts';
import { introduce } from './introduce.ts';

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
    existsSync(join(folder, 'pki'))
      ? `${folder} exists: another cluster runs from this checkout, or one was cut off; end it, or delete the folder`
      : `${folder} exists, and no cluster made it: name a folder with --folder that does not exist`,
  );
  process.exit(1);
}
const signal = askedToEnd();

await mkdir(folder, { mode: 0o700 });
try {
  const say = (step: string) => console.log(`starting: ${step} …`);
  const cluster = await startPreviewCluster({ folder, operator, say, signal });
  let gone: Promise<string> = new Promise(() => {});
  if (cluster.operator) {
    const { process: running } = cluster.operator;
    gone = running.exited.then((how) => `the operator ended with ${how}:\n${running.logTail()}`);
  }
  console.log(introduce(cluster));
  const why = await Promise.race([aborted(signal), gone]);
  if (why) {
    console.error(why);
    process.exitCode = 1;
  }
  console.log('stopping …');
  await cluster.stop();
} catch (error) {
  console.error(`the cluster could not be started: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
