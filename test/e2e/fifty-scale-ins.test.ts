import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { POD_SELECTOR } from '../../operator/pool/names.ts';
import { DELETION_COST } from '../../operator/pool/worker-pod.ts';
import { PreviewClient } from '../../worker/client.ts';
import { eventually } from '../cluster/eventually.ts';
import { NAMESPACE, type PreviewCluster, startPreviewCluster } from '../cluster/preview-cluster.ts';
import { scene } from '../fixtures/images.ts';
import { adminClient } from '../operator/operator.ts';
import { type Departures, recordDepartures, SLOW_SOURCES, type SlowSite, startSlowSite } from './scale-ins.ts';

const SCALE_INS = 50;
const WORKERS = 5;
/** At once, each for 4 to 12 s. */
const JOBS = 2;
const SHORTEST_SECONDS = 4;
const LONGEST_SECONDS = 12;
const CLUSTER_ROLE = '/apis/rbac.authorization.k8s.io/v1/clusterroles/preview-worker-operator';

interface Span {
  readonly worker: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly starts: number;
}
type Role = KubeObject & { readonly rules: readonly { readonly resources: string[]; readonly verbs: string[] }[] };
type Deployment = KubeObject & {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
};

// A quarter of an hour for each half: `npm run test:faults`. One scale-in is with the pool that sleeps, in waiting-time.e2e.test.ts.
describe(`${SCALE_INS} scale-ins under load`, function () {
  this.timeout(2 * SCALE_INS * 90_000);
  let cluster: PreviewCluster;
  let producer: PreviewClient;
  let client: KubeClient;
  let queue: Queue;
  let site: SlowSite;

  before(async () => {
    cluster = await startPreviewCluster();
    const photo = await scene({ width: 300, height: 200 }).jpeg().toBuffer();
    const seconds = () => SHORTEST_SECONDS + Math.random() * (LONGEST_SECONDS - SHORTEST_SECONDS);
    site = await startSlowSite(photo, () => sleep(seconds() * 1000));
    producer = new PreviewClient({ redis: { url: cluster.redis.url } });
    queue = new Queue('previews', { connection: { url: cluster.redis.url } });
    client = adminClient(cluster.controlPlane);
    const pool = {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name: 'thinned', namespace: NAMESPACE },
      spec: {
        image: 'mobius-preview-worker:dev',
        queue: { name: 'previews', redis: { urlFrom: { name: 'redis', key: 'url' } } },
        worker: {
          slots: 1,
          sources: SLOW_SOURCES,
          sink: { file: { path: '/previews', claimName: 'previews' } },
          presets: [{ name: 'grid', width: 160, height: 160 }],
        },
        scaling: {
          mode: 'Auto',
          auto: { provider: 'Direct', minReplicas: WORKERS, maxReplicas: WORKERS, scaleDownWindowSeconds: 0 },
        },
      },
    };
    await cluster.controlPlane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(pool) });
  });
  after(async () => {
    site?.stop();
    await queue?.close();
    await client?.close();
    await producer?.close();
    await cluster?.stop();
  });

  const deployment = () => client.get<Deployment>(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/preview-thinned`);
  const atLeast = (minReplicas: number) =>
    cluster.kubectl(
      'patch',
      'pwp/thinned',
      '--type=merge',
      '-p',
      JSON.stringify({ spec: { scaling: { auto: { minReplicas } } } }),
    );

  /** Jobs one after the other until `isOver`. */
  const work = async (spans: Span[], isOver: () => boolean) => {
    while (!isOver()) {
      const outputs = [{ preset: 'grid' }];
      const { id } = await producer.submit({ version: 1, source: { uri: site.url }, outputs, force: true });
      await producer.result(id, { timeoutSeconds: 180 });
      const job = await queue.getJob(id);
      const {
        processedBy: worker = '',
        processedOn: from = 0,
        finishedOn: to = 0,
        attemptsStarted: starts = 0,
      } = job ?? {};
      spans.push({ worker, from, to, starts });
    }
  };

  const scaleIns = async (what: string, departures: Departures) => {
    const begin = departures.seen.length;
    const spans: Span[] = [];
    let isOver = false;
    const working = Promise.all(Array.from({ length: JOBS }, () => work(spans, () => isOver)));
    try {
      for (let turn = 0; turn < SCALE_INS; turn += 1) {
        await atLeast(WORKERS);
        await eventually(`${WORKERS} are ready`, async () => (await deployment()).status.readyReplicas === WORKERS, {
          seconds: 120,
        });
        await eventually('all jobs run', async () => (await queue.getActiveCount()) === JOBS, { seconds: 60 });
        const before = departures.seen.length;
        await atLeast(JOBS);
        const left = await eventually(
          'fewer are wanted',
          async () => {
            const { replicas } = (await deployment()).spec;
            return replicas < WORKERS && replicas;
          },
          { seconds: 120 },
        );
        await eventually('the others go', () => departures.seen.length >= before + WORKERS - left, { seconds: 60 });
      }
    } finally {
      isOver = true;
      await working;
    }
    const gone = departures.seen.slice(begin);
    const idle = gone.filter(
      ({ pod, at }) => !spans.some(({ worker, from, to }) => worker === pod && from <= at && at < to),
    );
    const aborted = spans.filter(({ starts }) => starts > 1).length;
    const share = idle.length / gone.length;
    console.log(
      `      ${what}: ${SCALE_INS} scale-ins, ${gone.length} workers gone, ${idle.length} of them idle (${(share * 100).toFixed(1)} %); ${spans.length} jobs, ${aborted} aborted`,
    );
    return { share, aborted };
  };

  it('take idle workers while there are any, and abort no job; without the right to mark them they go on', async () => {
    const departures = await recordDepartures(client, NAMESPACE);
    const marked = await scaleIns('with a deletion cost', departures);
    const { rules, ...role } = await client.get<Role>(CLUSTER_ROLE);
    const isOfPods = ({ resources }: Role['rules'][number]) => resources.includes('pods');
    const poorer = rules.map((rule) => (isOfPods(rule) ? { ...rule, verbs: ['list', 'watch'] } : rule));
    await client.update(CLUSTER_ROLE, { ...role, rules: poorer });
    await cluster.kubectl('annotate', 'pods', '-l', POD_SELECTOR, `${DELETION_COST}-`);
    const unmarked = await scaleIns('without', departures);
    await departures.stop();
    expect([marked.aborted, unmarked.aborted]).to.deep.equal([0, 0]);
    expect(marked.share).to.be.at.least(0.95);
  });
});
