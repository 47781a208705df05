import { join } from 'node:path';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import { KubeError } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { QUEUE_API_SERVICE } from '../../operator/queue-api/api.ts';
import { API_SERVICE } from '../../operator/scaling/metrics-api.ts';
import { provide } from '../../scripts/tools/provide.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts';
import { pwp } from '../operator/cli/pwp.ts';
import { adminClient, POOLS_PATH, type RunningOperator, startOperator } from '../operator/operator.ts';
import { MINIMAL } from '../operator/pool/rules.ts';
import { keepPodsReady } from '../operator/ready-pods.ts';
import { CHART, helm, objectsIn, RELEASE } from './helm.ts';
import { apisAt, flagsOf, operatorOf, previousChart, tokenOf } from './releases.ts';

const CRD = 'previewworkerpools.previews.mobius.dev';
const PREVIEWS = 'previews';

/** What there is to do where an operator has no right in the whole cluster. */
const HAS_NONE =
  /^pwp: this cluster has no queues.previews.mobius.dev: .*with --watch-namespaces has none: .*pwp status.*preview-worker retry/;

type Deployment = KubeObject & { spec: { template: object }; metadata: { uid: string; generation: number } };

describe('a release of the chart', function () {
  this.timeout(240_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let proxy: FaultProxy;
  let operator: RunningOperator | undefined;
  let pods: { stop(): Promise<void> };
  let apiPort = 0;

  before(async function () {
    // The first time Helm is built.
    this.timeout(20 * 60_000);
    await provide('helm');
    [cluster, redis] = await Promise.all([startControlPlane(), startRedis()]);
    client = adminClient(cluster);
    proxy = await startFaultProxy(cluster);
    [apiPort = 0] = await freePorts(1);
    for (const name of [PREVIEWS, 'team-a']) await cluster.kubectl(['create', 'namespace', name]);
    pods = keepPodsReady(client, [RELEASE, PREVIEWS, 'team-a']);
  });
  after(async () => {
    await operator?.stop();
    await pods?.stop();
    await client?.close();
    await proxy?.stop();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const release = (command: string, ...args: readonly string[]) =>
    helm([command, RELEASE, '--namespace', RELEASE, '--wait', '--timeout=120s', ...args], {
      kubeconfig: cluster.kubeconfigPath,
      seconds: 130,
    });
  const get = <T extends object = KubeObject>(path: string) => client.get<T>(path);
  const isThere = (path: string) =>
    get(path).then(
      () => true,
      (error: unknown) => (error instanceof KubeError && error.isNotFound ? false : Promise.reject(error)),
    );
  /** By what the release says, under its ServiceAccount. */
  const start = async (namespace = RELEASE, name = RELEASE) => {
    const deployment = await operatorOf(client, namespace, name);
    const access = { token: await tokenOf(cluster, deployment), namespace };
    operator = await startOperator({
      ...{ server: proxy.url, adminToken: cluster.adminToken, access, leaderElection: true },
      flags: [...flagsOf(deployment), '--external-metrics-port', String(apiPort)],
    });
    await operator.ready();
  };
  const refused = () =>
    proxy.requests.filter(({ code }) => code === 401 || code === 403).map(({ method, path }) => `${method} ${path}`);
  const pool = (namespace: string, name = 'photos') => ({
    apiVersion: 'previews.mobius.dev/v1alpha1',
    kind: 'PreviewWorkerPool',
    metadata: { name, namespace },
    spec: {
      ...MINIMAL,
      queue: { name: 'previews', redis: { url: redis.url } },
      scaling: { mode: 'Fixed', replicas: 2 },
    },
  });
  const isReady = (namespace: string, name = 'photos') =>
    eventually(
      `the pool of ${namespace} is ready`,
      async () => {
        const { status } = await get<{ status?: { conditions?: { type: string; status: string }[] } }>(
          `${POOLS_PATH(namespace)}/${name}`,
        );
        return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
      },
      { seconds: 60 },
    );
  /** What would be another after a roll. */
  const workers = async () => {
    const { metadata, spec } = await get<Deployment>(`/apis/apps/v1/namespaces/${PREVIEWS}/deployments/preview-photos`);
    const { items } = await client.list<KubeObject>(`/api/v1/namespaces/${PREVIEWS}/pods`);
    return {
      ...{ uid: metadata.uid, generation: metadata.generation, template: spec.template },
      pods: items.map((one) => one.metadata.uid).sort(),
    };
  };
  const certificate = async () =>
    (await get<{ data?: Record<string, string> }>(`/api/v1/namespaces/${RELEASE}/secrets/${RELEASE}-metrics`)).data;
  const leadApis = async () => {
    const manifest = await helm(['get', 'manifest', RELEASE, '--namespace', RELEASE], {
      kubeconfig: cluster.kubeconfigPath,
    });
    const objects = objectsIn(manifest);
    const input = apisAt(objects, apiPort)
      .map((object) => JSON.stringify(object))
      .join('\n');
    await cluster.kubectl(['apply', '--server-side', '--field-manager=helm', '--force-conflicts', '-f', '-'], {
      input,
    });
    const apis = objects.filter(({ kind }) => kind === 'APIService').map(({ metadata }) => metadata.name);
    for (const name of apis) {
      const [version, ...group] = name.split('.');
      await eventually(`${name} answers`, () => isThere(`/apis/${group.join('.')}/${version}`).catch(() => false), {
        seconds: 60,
      });
    }
    return apis;
  };
  /** As the ServiceAccount `viewer` of PREVIEWS. */
  const asked = async (...args: readonly string[]) => {
    const token = (await cluster.kubectl(['create', 'token', 'viewer', '--namespace', PREVIEWS])).trim();
    return pwp({ ...cluster, token }, ...args, '--namespace', PREVIEWS);
  };
  let untouched: Awaited<ReturnType<typeof workers>>;

  it('of the chart before this one installs and is waited for', async () => {
    const { path, from } = await previousChart(join(cluster.folder, 'previous'));
    await release('install', path, '--create-namespace');
    await client.apply(`${POOLS_PATH(PREVIEWS)}/photos`, pool(PREVIEWS));
    console.log(`      installed from ${from}`);
  });

  it('is upgraded to this chart, and runs that pool under the roles it brings', async () => {
    await release('upgrade', CHART);
    await start();
    expect(await leadApis()).to.have.members([API_SERVICE, QUEUE_API_SERVICE]);
    await isReady(PREVIEWS);
    expect(refused()).to.deep.equal([]);
    expect(await certificate()).to.have.property('tls.key');
    untouched = await workers();
  });

  it('is asked by kubectl pwp for pools, jobs and loads, by who may view under the roles that it brings', async () => {
    await cluster.kubectl(['create', 'serviceaccount', 'viewer', '--namespace', PREVIEWS]);
    const binding = ['rolebinding', 'viewer', '--clusterrole=view', `--serviceaccount=${PREVIEWS}:viewer`];
    await cluster.kubectl(['create', ...binding, '--namespace', PREVIEWS]);
    expect((await asked('status')).stdout).to.match(/^NAME .*\nphotos +True +WorkersReady/);
    const queue = new Queue('previews', { connection: { url: redis.url } });
    try {
      await queue.add('preview', { version: 1, source: { uri: 'file:///a.jpg' }, outputs: [] }, { jobId: 'one' });
      const jobs = await eventually('jobs are told', async () => {
        const told = await asked('jobs', 'photos');
        return told.code === 0 && told;
      });
      expect(jobs.stdout).to.match(/^ID .*\none +waiting/);
      await eventually('the load is told', async () => /^photos .* 1 /m.test((await asked('top')).stdout), {
        seconds: 60,
      });
    } finally {
      await queue.obliterate({ force: true });
      await queue.close();
    }
  });

  it('is upgraded to other values, and rolls no pool and loses no certificate', async () => {
    const kept = await certificate();
    await release('upgrade', CHART, '--set', 'replicas=3,settings.concurrency=8');
    await leadApis();
    await isReady(PREVIEWS);
    expect(await workers()).to.deep.equal(untouched);
    expect(await certificate()).to.deep.equal(kept);
  });

  it('waits for a pool that it brings until that is ready, and says of one that is not', async () => {
    const values = (image: object) => ['--set-json', `extraObjects=${JSON.stringify([image])}`];
    await cluster.kubectl(['create', 'namespace', 'team-b']);
    const stuck = release('upgrade', CHART, ...values(pool('team-b')), '--timeout=5s').then(
      () => 'waited for nothing',
      ({ message }: Error) => message,
    );
    // Nobody says of the pods in team-b that they are ready.
    expect(await stuck).to.include('PreviewWorkerPool/team-b/photos not ready');
    await release('upgrade', CHART, ...values(pool('team-a')));
    const { status } = await get<{ status: { readyReplicas: number } }>(
      '/apis/apps/v1/namespaces/team-a/deployments/preview-photos',
    );
    expect(status.readyReplicas).to.equal(2);
  });

  it('is rolled back, and rolls no pool', async () => {
    await release('rollback', '2');
    await leadApis();
    await isReady(PREVIEWS);
    expect(await workers()).to.deep.equal(untouched);
    expect(refused()).to.deep.equal([]);
  });

  it('is uninstalled, and leaves the definition, the pools and their workers', async () => {
    // Before its roles go: it gives its Lease back.
    await operator?.stop();
    await release('uninstall');
    for (const name of [API_SERVICE, QUEUE_API_SERVICE])
      expect(await isThere(`/apis/apiregistration.k8s.io/v1/apiservices/${name}`), name).to.equal(false);
    expect(await isThere(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${CRD}`)).to.equal(true);
    expect(await isThere(`${POOLS_PATH(PREVIEWS)}/photos`)).to.equal(true);
    expect(await workers()).to.deep.equal(untouched);
    const leftovers = await cluster.kubectl([
      ...['get', 'clusterroles,clusterrolebindings,apiservices', '-o', 'name'],
      ...['-l', 'app.kubernetes.io/part-of=preview-worker'],
    ]);
    expect(leftovers).to.equal('');
  });

  it('is installed again over the definition that was left, where external metrics are another’s, and no pool rolls', async () => {
    await release('install', CHART, '--set', 'externalMetrics.enabled=false');
    proxy.forget();
    await start();
    expect(await leadApis()).to.deep.equal([QUEUE_API_SERVICE]);
    await client.mergePatch(`${POOLS_PATH(PREVIEWS)}/photos`, {
      metadata: { annotations: { 'previews.mobius.dev/requested-at': 'now' } },
    });
    await eventually('the pool is looked at', async () => {
      const { status } = await get<{ status: { lastHandledReconcileAt?: string } }>(`${POOLS_PATH(PREVIEWS)}/photos`);
      return status.lastHandledReconcileAt === 'now';
    });
    expect(await workers()).to.deep.equal(untouched);
    expect(refused()).to.deep.equal([]);
    await operator?.stop();
    await release('uninstall');
  });

  it('for one namespace has a right in no other, and runs the pools of that one', async () => {
    const values = ['--set', 'watchNamespaces={team-a},crds.enabled=false'];
    const install = ['install', 'tenant', CHART, '--namespace', 'team-a', '--wait', '--timeout=120s', ...values];
    await helm(install, { kubeconfig: cluster.kubeconfigPath, seconds: 130 });
    const kinds = objectsIn(
      await helm(['get', 'manifest', 'tenant', '--namespace', 'team-a'], { kubeconfig: cluster.kubeconfigPath }),
    ).map(({ kind }) => kind);
    expect(kinds.filter((kind) => /^Cluster|APIService|CustomResource/.test(kind))).to.deep.equal([]);
    proxy.forget();
    await start('team-a', 'tenant-preview-worker-operator');
    // Another than before: what is left of that one is collected when the collector has learnt of its kind.
    await client.apply(`${POOLS_PATH('team-a')}/scans`, pool('team-a', 'scans'));
    await isReady('team-a', 'scans');
    expect(refused()).to.deep.equal([]);
    for (const command of [['jobs', 'photos'], ['retry', 'photos', '--failed'], ['top']]) {
      const { code, stderr } = await asked(...command);
      expect([code, stderr], command[0]).to.satisfy(([is, text]: [number, string]) => is === 1 && HAS_NONE.test(text));
    }
    const as = '--as=system:serviceaccount:team-a:tenant-preview-worker-operator';
    const may = (namespace: string) =>
      cluster.kubectl(['auth', 'can-i', 'patch', 'deployments', '--namespace', namespace, as]).then(
        () => true,
        () => false,
      );
    expect([await may('team-a'), await may(PREVIEWS)]).to.deep.equal([true, false]);
  });
});
