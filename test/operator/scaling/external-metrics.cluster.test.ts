import { readFile } from 'node:fs/promises';
import { Queue, Worker } from 'bullmq';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { KubeObject } from '../../../operator/kube/object.ts';
import type { Pool } from '../../../operator/pool/pool.ts';
import { API_SERVICE } from '../../../operator/scaling/metrics-api.ts';
import { eventually, throughout } from '../../cluster/eventually.ts';
import { freePorts } from '../../cluster/ports.ts';
import { pwp, withPodNetwork } from '../cli/pwp.ts';
import { leadMetricsApiTo, OPERATOR_NAMESPACE } from '../local-metrics-api.ts';
import { everyPodReady } from '../ready-pods.ts';
import { HPA_SYNC_SECONDS, NAMESPACE, type ScaledPools, startScaledPools } from './scaled-pools.ts';

const API_PATH = `/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`;
const auto = (changes: object = {}) => ({
  scaling: {
    mode: 'Auto',
    auto: { maxReplicas: 6, scaleToZeroAfterSeconds: 4, scaleDownWindowSeconds: 0, ...changes },
  },
});

type Autoscaler = KubeObject & {
  readonly spec: { readonly minReplicas: number; readonly metrics: readonly { readonly type: string }[] };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
  };
};

describe('pools that a HorizontalPodAutoscaler scales by the operator’s own metric', function () {
  this.timeout(240_000);
  let pools: ScaledPools;
  const queues: Queue[] = [];

  before(async () => {
    pools = await startScaledPools({ metricsApi: true, leaderElection: true });
    await startThePod();
  });
  afterEach(() => pools.stopRecording());
  after(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    await pools?.stop();
  });

  const queueOf = (name: string) => {
    const queue = new Queue(name, { connection: { host: '127.0.0.1', port: pools.redis.port } });
    queues.push(queue);
    return queue;
  };
  const add = (queue: Queue, jobs: number) =>
    queue.addBulk(Array.from({ length: jobs }, () => ({ name: 'job', data: {} })));
  const pool = (name: string) => pools.client.get<Pool>(pools.poolPath(name));
  const provider = (name: string, wanted: string) =>
    eventually(`${name} is scaled by ${wanted}`, async () => (await pool(name)).status?.provider === wanted, {
      seconds: 60,
    });
  const says = (name: string, type: string, wanted: string) =>
    eventually(
      `${name} says ${type} ${wanted}`,
      async () =>
        (await pool(name)).status?.conditions?.some(
          (condition) => condition.type === type && `${condition.status} ${condition.reason}` === wanted,
        ),
      { seconds: 90 },
    );

  /** What is told through the API server, which here can reach no pod: `operator-1` is the one that runs. */
  const explained = async (name: string) => {
    const network = await withPodNetwork({ ...pools.cluster, pod: pools.operatorUrl() });
    try {
      return await pwp({ server: network.url, token: pools.cluster.adminToken }, 'explain', name);
    } finally {
      await network.stop();
    }
  };
  /** With the labels and ports that are shipped. */
  const startThePod = async () => {
    const { client, cluster } = pools;
    await cluster.kubectl(['apply', '-f', 'config/operator/service-account.yaml']);
    const { template } = parse(await readFile('config/operator/deployment.yaml', 'utf8')).spec;
    const pods = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`;
    await client.create(pods, { ...template, metadata: { ...template.metadata, name: 'operator-1' } });
    const at = { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] };
    await client.mergePatch(`${pods}/operator-1/status`, { status: at });
  };

  it('is what Auto comes to: the activator wakes, the autoscaler follows the metric, the activator puts to sleep', async () => {
    await pools.applyPool('asked', auto());
    await provider('asked', 'ExternalMetrics');
    await pools.has('asked', 0);
    const recorded = await pools.record('asked');
    const autoscaler = async () => (await pools.autoscaler('asked')) as Autoscaler | undefined;
    expect((await autoscaler())?.spec).to.include({ minReplicas: 1 });
    expect((await autoscaler())?.spec.metrics.map(({ type }) => type)).to.deep.equal(['External']);
    const queue = queueOf('asked');
    await add(queue, 3);
    await eventually('it is awake', async () => (await pools.deployment('asked')).spec.replicas > 0);
    await add(queue, 2_000);
    await pools.has('asked', 6);
    await says('asked', 'AutoscalingActive', 'True AsExpected');
    const told = await explained('asked');
    expect(told, told.stderr).to.include({ code: 0, stderr: '' });
    expect(told.stdout).to.match(/^default\/asked: 6 workers, 0 ready; 6 wanted by its queue\n/);
    expect(told.stdout).to.match(
      /ExternalMetrics \(which Auto came to\), from 0 to 6: .*preview-asked by the operator’s/,
    );
    expect(told.stdout).to.match(/it was last told \d+ \(preview-workers-wanted\)/);
    expect(told.stdout).to.contain('ScalingActive True, ValidMetricFound');
    expect(told.stdout).to.match(/number was last written by kube-controller-manager through \/scale/);
    await queue.obliterate({ force: true });
    await pools.has('asked', 0);
    await recorded.caughtUp();
    pools.tell('ExternalMetrics: 3 jobs, 2,000 more, none', recorded.values);
    expect([recorded.values[0], Math.max(...recorded.values), recorded.values.at(-1)]).to.deep.equal([0, 6, 0]);
  });

  it('explains to who may get pods/proxy, and tells the rest and what they lack to others', async () => {
    const { cluster } = pools;
    await pools.applyPool('lacking', auto());
    await provider('lacking', 'ExternalMetrics');
    // The API server takes the path, finds the pod, and would go there were it not on loopback.
    const refused = await pwp({ ...cluster, token: cluster.adminToken }, 'explain', 'lacking');
    expect(refused.code).to.equal(1);
    expect(refused.stdout).to.match(/the operator \(operator-1\) can not be asked: .*address not allowed/);
    await cluster.kubectl(['apply', '-f', 'config/operator/people-roles.yaml']);
    const account = ['--namespace', 'default', 'create'];
    await cluster.kubectl([...account, 'serviceaccount', 'reader']);
    const binding = ['clusterrolebinding', 'reader', '--clusterrole=view', '--serviceaccount=default:reader'];
    await cluster.kubectl(['create', ...binding]);
    const reader = (await cluster.kubectl([...account, 'token', 'reader'])).trim();
    const lacking = await eventually('the reader may read the pool', async () => {
      const answer = await pwp({ ...cluster, token: reader }, 'explain', 'lacking');
      return answer.stdout !== '' && answer;
    });
    expect(lacking.code).to.equal(1);
    expect(lacking.stdout).to.match(
      /the right to get pods\/proxy in the namespace preview-worker-operator\. .*port-forward/,
    );
    expect(lacking.stdout).to.contain('HorizontalPodAutoscaler preview-lacking');
  });

  it('has the autoscaler take idle workers: those with a job are left', async () => {
    await pools.applyPool('thinned', auto({ minReplicas: 4 }));
    await says('thinned', 'AutoscalingActive', 'True AsExpected');
    const names = await everyPodReady(pools.client, NAMESPACE, 4, 'thinned');
    const ended = Promise.withResolvers<void>();
    // As workers do: under the name of their pod.
    const worker = new Worker('thinned', () => ended.promise, {
      name: names[1] ?? '',
      connection: { host: '127.0.0.1', port: pools.redis.port, maxRetriesPerRequest: null },
    });
    const queue = queueOf('thinned');
    try {
      await add(queue, 1);
      await eventually('it has the job', async () => (await queue.getActiveCount()) === 1, { seconds: 60 });
      await pools.applyPool('thinned', auto());
      await pools.has('thinned', 1);
      const left = await eventually(
        'one is left',
        async () => {
          const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
          const { items } = await pools.client.list<KubeObject>(path, {
            labelSelector: 'previews.mobius.dev/pool=thinned',
          });
          return items.length === 1 && items.map(({ metadata }) => metadata.name);
        },
        { seconds: 60 },
      );
      expect(left).to.deep.equal([names[1]]);
    } finally {
      ended.resolve();
      await worker.close();
    }
  });

  it('holds while the operator is away, and goes on with another one', async () => {
    await pools.applyPool('held', auto({ minReplicas: 2 }));
    await pools.has('held', 2);
    await says('held', 'AutoscalingActive', 'True AsExpected');
    await pools.scale('held', 4);
    await pools.stopTheOperator();
    const recorded = await pools.record('held');
    await throughout(4 * HPA_SYNC_SECONDS, async () =>
      expect((await pools.deployment('held')).spec.replicas).to.be.oneOf([2, 4]),
    );
    await pools.startTheOperator();
    await pools.has('held', 2);
    await recorded.caughtUp();
    pools.tell('ExternalMetrics, at 4 with 2 needed, the operator away and back', recorded.values);
    expect(recorded.values.every((value) => value === 4 || value === 2)).to.equal(true);
  });

  it('does not fall when the one that leads dies in a burst: who follows it has watched, and says nothing before it knows', async () => {
    const [port = 0] = await freePorts(1);
    const standby = await pools.startAnother(port);
    try {
      await pools.applyPool('burst', auto({ maxReplicas: 50, targetWaitSeconds: 30 }));
      await provider('burst', 'ExternalMetrics');
      const queue = queueOf('burst');
      await add(queue, 500);
      const first = await eventually('the pool is followed', () => pools.metric('burst').catch(() => undefined), {
        seconds: 60,
      });
      const recorded = await pools.record('burst');
      await add(queue, 500);
      const before = await eventually('the burst is seen', async () => {
        const wanted = await pools.metric('burst');
        return wanted > first && wanted;
      });
      await pools.killTheOperator();
      await leadMetricsApiTo(pools.cluster, port);
      const told: number[] = [];
      await eventually(
        'the standby answers and leads',
        async () => {
          const wanted = await pools.metric('burst').catch(() => undefined);
          if (wanted !== undefined) told.push(wanted);
          return told.length > 5 && (await standby.metric('leader_election_master_status')) === 1;
        },
        { seconds: 90, every: 500 },
      );
      await recorded.caughtUp();
      pools.tell('ExternalMetrics, 1,000 jobs, the leader killed', recorded.values);
      expect(Math.min(...told), `${before} before, then ${told.join(' ')}`).to.be.at.least(before);
      expect(recorded.values).to.deep.equal([...recorded.values].sort((one, other) => one - other));
    } finally {
      await Promise.all([standby.stop(), pools.stopTheOperator()]);
      await leadMetricsApiTo(pools.cluster, pools.metricsPort);
      await pools.startTheOperator();
    }
  });

  it('has the autoscaler look at CPU too where that is asked for, exactly while there are metrics of it', async () => {
    const { client } = pools;
    const [group, version] = ['metrics.k8s.io', 'v1beta1'];
    const cpuApi = `/apis/apiregistration.k8s.io/v1/apiservices/${version}.${group}`;
    const absent = { name: 'absent', namespace: 'kube-system', port: 443 };
    const served = (service: object | null) =>
      client.mergePatch(cpuApi, { spec: { service, insecureSkipTLSVerify: service !== null } });
    const metrics = (...wanted: readonly string[]) =>
      eventually(
        `it looks at ${wanted.join(' and ')}`,
        async () => {
          const autoscaler = (await pools.autoscaler('beside')) as Autoscaler | undefined;
          return autoscaler?.spec.metrics.map(({ type }) => type).join() === wanted.join();
        },
        { seconds: 90 },
      );
    await client.create('/apis/apiregistration.k8s.io/v1/apiservices', {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `${version}.${group}` },
      spec: {
        ...{ group, version, groupPriorityMinimum: 100, versionPriority: 100 },
        ...{ service: absent, insecureSkipTLSVerify: true },
      },
    });
    await pools.applyPool('beside', auto({ minReplicas: 1, targetCPUUtilizationPercentage: 75 }));
    await metrics('External');
    await says('beside', 'AutoscalingActive', 'True CPULeftOut');
    // Without a Service the API server takes it for its own, and for available.
    await served(null);
    await metrics('External', 'ContainerResource');
    await served(absent);
    await metrics('External');
    await says('beside', 'AutoscalingActive', 'True CPULeftOut');
    await client.delete(cpuApi);
  });

  it('is not where another has the group; who was decided stays for 10 minutes', async () => {
    await pools.applyPool('before', auto());
    await provider('before', 'ExternalMetrics');
    const another = { namespace: OPERATOR_NAMESPACE, name: 'another', port: pools.metricsPort };
    await pools.client.mergePatch(API_PATH, {
      spec: { service: another, caBundle: null, insecureSkipTLSVerify: true },
    });
    // Who has it is looked at each minute, and at the start.
    await pools.stopTheOperator();
    await pools.startTheOperator();
    await pools.applyPool('after', auto());
    await provider('after', 'Direct');
    expect(await pools.autoscaler('after')).to.equal(undefined);
    expect((await pool('before')).status?.provider).to.equal('ExternalMetrics');
    await pools.client.mergePatch(API_PATH, {
      spec: {
        service: { namespace: OPERATOR_NAMESPACE, name: 'preview-worker-operator-metrics', port: pools.metricsPort },
        insecureSkipTLSVerify: null,
      },
    });
  });
});
