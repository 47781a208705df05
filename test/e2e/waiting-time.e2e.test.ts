import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { parse, parseAllDocuments } from 'yaml';
import type { KubeClient } from '../../operator/kube/client.ts';
import { PreviewClient } from '../../worker/client.ts';
import { eventually, throughout } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { scene } from '../fixtures/images.ts';
import { adminClient, type RunningOperator, startOperator } from '../operator/operator.ts';
import { type Recording, recordReplicas } from '../operator/scaling/recorder.ts';
import { allRendered, submitPhoto } from './photo-jobs.ts';
import { recordDepartures, SLOW_SOURCES, type SlowSite, startSlowSite } from './scale-ins.ts';

const CYCLES = process.env['FAULTS_FULL'] ? 10 : 1;
const JOBS = 300;
const TARGET_WAIT_SECONDS = 30;
const SCALE_TO_ZERO_SECONDS = 10;

describe('a pool that sleeps and follows the time that jobs wait', function () {
  this.timeout(CYCLES * 600_000 + 120_000);
  let cluster: PreviewCluster;
  let producer: PreviewClient;
  let client: KubeClient;
  let queue: Queue;
  let recording: Recording;
  let site: SlowSite;
  let answered = Promise.withResolvers<void>();
  let restricted: RunningOperator | undefined;

  before(async () => {
    cluster = await startPreviewCluster();
    const photo = await scene({ width: 300, height: 200 }).jpeg().toBuffer();
    await writeFile(join(cluster.inbox, 'photo.jpg'), photo);
    site = await startSlowSite(photo, () => answered.promise);
    producer = new PreviewClient({ redis: { url: cluster.redis.url } });
    queue = new Queue('previews', { connection: { url: cluster.redis.url } });
    client = adminClient(cluster.controlPlane);
    recording = await recordReplicas(client, NAMESPACE, 'preview-sleeper');
    const example = parse(await readFile('examples/pool-that-sleeps.yaml', 'utf8'));
    Object.assign(example.spec.worker.sources, SLOW_SOURCES);
    // What only takes longer otherwise.
    Object.assign(example.spec.scaling.auto, {
      scaleToZeroAfterSeconds: SCALE_TO_ZERO_SECONDS,
      scaleDownWindowSeconds: 5,
    });
    const file = join(cluster.controlPlane.folder, 'sleeper.json');
    await writeFile(file, JSON.stringify(example));
    await cluster.kubectl('apply', '-f', file);
    await cluster.kubectl('wait', '--for=condition=Ready', 'pwp/sleeper', '--timeout=60s');
  });
  after(async () => {
    await restricted?.stop();
    await recording?.stop();
    site?.stop();
    await queue?.close();
    await client?.close();
    await producer?.close();
    await cluster?.stop();
  });

  const replicas = () => recording.values.at(-1);

  /** As where the operator may be given no more: Roles in the namespace, and nothing of the cluster's. */
  const restrictToTheNamespace = async () => {
    const { controlPlane, operator, access } = cluster;
    await operator?.stop();
    const pruned = ['apiservice/v1beta1.external.metrics.k8s.io', 'clusterrolebinding/preview-worker-operator'];
    await cluster.kubectl('delete', ...pruned, 'clusterrolebinding/preview-worker-operator-metrics');
    const role = parseAllDocuments(await readFile('config/watched-namespace/pool-role.yaml', 'utf8')).map((one) => {
      one.setIn(['metadata', 'namespace'], NAMESPACE);
      return one.toString();
    });
    await controlPlane.kubectl(['apply', '--server-side', '-f', '-'], { input: role.join('---\n') });
    return startOperator({
      ...{ ...controlPlane, access, leaderElection: true },
      // Its kubeconfig is not to lie where that of the administrator does.
      folder: join(controlPlane.folder, 'restricted'),
      flags: ['--watch-namespaces', NAMESPACE],
    });
  };

  for (const { provider, way, begin } of [
    { provider: 'ExternalMetrics', way: 'by a HorizontalPodAutoscaler', begin: async () => {} },
    {
      ...{ provider: 'Direct', way: 'by an operator with rights in this namespace alone' },
      begin: async () => {
        restricted = await restrictToTheNamespace();
        await restricted.ready();
      },
    },
  ]) {
    it(`${JOBS} jobs at once find workers ${way}, each has its preview, and the workers go again`, async () => {
      await begin();
      const decided = `--for=jsonpath={.status.provider}=${provider}`;
      await cluster.kubectl('wait', 'pwp/sleeper', decided, '--timeout=60s');
      expect(replicas()).to.equal(0);
      const shares: number[] = [];
      for (let cycle = 0; cycle < CYCLES; cycle += 1) {
        const begin = recording.values.length;
        const ids = await Promise.all(Array.from({ length: JOBS }, () => submitPhoto(producer)));
        await allRendered(producer, ids);
        const jobs = await Promise.all(ids.map((id) => queue.getJob(id)));
        const waits = jobs.map(
          (job) => ((job?.processedOn ?? Number.POSITIVE_INFINITY) - (job?.timestamp ?? 0)) / 1000,
        );
        shares.push(waits.filter((seconds) => seconds <= TARGET_WAIT_SECONDS).length / JOBS);
        await eventually('it is back at 0', () => replicas() === 0, { seconds: SCALE_TO_ZERO_SECONDS + 60 });
        const values = recording.values.slice(begin);
        console.log(
          `      ${provider}: first job taken after ${Math.min(...waits).toFixed(1)} s, last after ${Math.max(...waits).toFixed(1)} s; replicas 0 → ${values.join(' → ')}`,
        );
        expect(Math.max(...values)).to.be.within(1, 4);
        expect(values.length, 'changes').to.be.at.most(6);
      }
      const least = Math.min(...shares);
      console.log(`      started within ${TARGET_WAIT_SECONDS} s: ${(least * 100).toFixed(1)} % at least`);
      await cluster.kubectl(
        ...['wait', 'pwp/sleeper', '--timeout=30s'],
        "--for=jsonpath={.status.conditions[?(@.type=='Ready')].reason}=ScaledToZero",
      );
      await cluster.kubectl('wait', '--for=condition=Ready', 'pwp/sleeper', '--timeout=1s');
    });

    it(`a paused queue wakes nobody ${way}; resumed, it gets no more workers than its global concurrency can use`, async () => {
      await queue.pause();
      await queue.setGlobalConcurrency(2);
      const ids = await Promise.all(Array.from({ length: 40 }, () => submitPhoto(producer)));
      await throughout(6, async () => expect(replicas()).to.equal(0));
      const begin = recording.values.length;
      await queue.resume();
      await allRendered(producer, ids);
      await eventually('it is back at 0', () => replicas() === 0, { seconds: SCALE_TO_ZERO_SECONDS + 60 });
      expect(recording.values.slice(begin)).to.deep.equal([1, 0]);
      await queue.removeGlobalConcurrency();
    });
  }

  it('of four workers those without a job go first, and the job of the fourth ends where it began', async () => {
    const scale = (minReplicas: number) =>
      cluster.kubectl(
        'patch',
        'pwp/sleeper',
        '--type=merge',
        '-p',
        `{"spec":{"scaling":{"auto":{"minReplicas":${minReplicas}}}}}`,
      );
    await scale(4);
    const path = 'jsonpath={.status.readyReplicas}';
    await eventually(
      'four workers are ready',
      async () => (await cluster.kubectl('get', 'deployment', 'preview-sleeper', '-o', path)) === '4',
      { seconds: 180 },
    );
    const departures = await recordDepartures(client, NAMESPACE);
    answered = Promise.withResolvers();
    const outputs = [{ preset: 'grid' }];
    const { id } = await producer.submit({ version: 1, source: { uri: site.url }, outputs, force: true });
    await eventually('a worker has it', async () => (await queue.getActiveCount()) === 1, { seconds: 60 });
    await scale(0);
    await eventually('one worker is left', () => replicas() === 1, { seconds: 120 });
    await eventually('three go', () => departures.seen.length === 3, { seconds: 60 });
    const worker = (await queue.getJob(id))?.processedBy;
    expect(departures.seen.map(({ pod }) => pod)).to.not.include(worker);
    answered.resolve();
    await allRendered(producer, [id]);
    const job = await queue.getJob(id);
    expect([job?.attemptsStarted, job?.processedBy]).to.deep.equal([1, worker]);
    await departures.stop();
  });
});
