import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import type { KubeClient } from '../../operator/kube/client.ts';
import { KubeError } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { freePorts } from '../cluster/ports.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { type FaultProxy, startFaultProxy } from '../faults/proxy.ts';
import { operatorToken } from './access.ts';
import { granted, used } from './granted.ts';
import { leadMetricsApiTo } from './local-metrics-api.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { kedaCrd, monitoringCrd } from './optional-crds.ts';
import { MINIMAL } from './pool/rules.ts';
import { everyPodReady } from './ready-pods.ts';

const ACCOUNT = 'preview-worker-operator';
/** Asked by the admission of owner references, which no request of ours shows; the plugin is on, and would refuse each child. */
const BY_ADMISSION = 'update previews.mobius.dev/previewworkerpools/finalizers';

type Pool = KubeObject & { status?: { observedGeneration?: number; conditions?: { type: string; status: string }[] } };

for (const { folder, namespace, flags, hasMetricsApi } of [
  {
    folder: 'config/operator',
    namespace: 'previews',
    flags: ['--external-metrics', 'true', '--queue-api', 'true'],
    hasMetricsApi: true,
  },
  {
    folder: 'config/operator-namespaced',
    namespace: ACCOUNT,
    flags: ['--watch-namespaces', ACCOUNT],
    hasMetricsApi: false,
  },
]) {
  describe(`the operator with the rights that ${folder} ships`, function () {
    this.timeout(240_000);
    let cluster: ControlPlane;
    let redis: TestRedis;
    let client: KubeClient;
    let proxy: FaultProxy;
    let operator: RunningOperator | undefined;
    let rights: Set<string>;
    let metricsPort: number;

    before(async () => {
      [cluster, redis] = await Promise.all([
        startControlPlane({
          admissionPlugins: ['OwnerReferencesPermissionEnforcement'],
          beforeControllers: async ({ kubectl }) => {
            await installCrd({ kubectl });
            const crds = [monitoringCrd('ServiceMonitor'), monitoringCrd('PrometheusRule'), kedaCrd];
            await kubectl(['apply', '-f', '-'], { input: crds.map((crd) => JSON.stringify(crd)).join('\n') });
          },
        }),
        startRedis({ password: 'secret' }),
      ]);
      client = adminClient(cluster);
      await cluster.kubectl(['create', 'namespace', namespace]);
      await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-k', folder]);
      [metricsPort = 0] = await freePorts(1);
      if (hasMetricsApi) await leadMetricsApiTo(cluster, metricsPort);
      proxy = await startFaultProxy(cluster);
      const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
      const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, 'utf8')));
      rights = granted(
        texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS())),
        ACCOUNT,
      );
    });
    after(async () => {
      await operator?.stop();
      await client?.close();
      await proxy?.stop();
      await Promise.all([cluster?.stop(), redis?.stop()]);
    });

    const apply = async (changes: Record<string, unknown>) => {
      const pool = await client.apply<Pool>(`${POOLS_PATH(namespace)}/photos`, {
        apiVersion: 'previews.mobius.dev/v1alpha1',
        kind: 'PreviewWorkerPool',
        metadata: { name: 'photos' },
        spec: {
          ...MINIMAL,
          queue: { name: 'previews', redis: { url: redis.url, passwordFrom: { name: 'redis', key: 'password' } } },
          ...changes,
        },
      });
      await eventually(
        'the pool is reported on',
        async () => {
          const { status } = await client.get<Pool>(`${POOLS_PATH(namespace)}/photos`);
          return status?.observedGeneration === pool.metadata.generation;
        },
        { seconds: 60 },
      );
    };
    const isThere = (path: string) =>
      client.get(path).then(
        () => true,
        (error: unknown) => (error instanceof KubeError && error.isNotFound ? false : Promise.reject(error)),
      );
    const gone = (path: string) => eventually(`${path} is gone`, async () => !(await isThere(path)), { seconds: 60 });
    const there = (path: string) => eventually(`${path} is there`, () => isThere(path), { seconds: 60 });
    const of = (group: string, plural: string, name = 'preview-photos') =>
      `${group ? `/apis/${group}` : '/api/v1'}/namespaces/${namespace}/${plural}/${name}`;
    const replicas = (wanted: number) =>
      eventually(
        `${wanted} replicas`,
        async () =>
          (await client.get<KubeObject & { spec: { replicas: number } }>(of('apps/v1', 'deployments'))).spec
            .replicas === wanted,
        { seconds: 60 },
      );

    it('is allowed each request that the life of a pool takes, and uses each right that it has', async () => {
      await client.create(`/api/v1/namespaces/${namespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'redis' },
        stringData: { password: 'secret' },
      });
      const token = await operatorToken(cluster);
      const access = { token, namespace: ACCOUNT };
      const { adminToken } = cluster;
      operator = await startOperator({
        server: proxy.url,
        adminToken,
        access,
        flags: [...flags, ...(hasMetricsApi ? ['--external-metrics-port', String(metricsPort)] : [])],
        leaderElection: true,
      });
      await operator.ready();
      const monitoring = { serviceMonitor: {}, alerts: {}, dashboard: {} };
      const auto = { provider: 'CPU', minReplicas: 2, maxReplicas: 4, targetCPUUtilizationPercentage: 75 };
      await apply({ scaling: { mode: 'Fixed', replicas: 3 }, networkPolicy: {}, monitoring });
      await replicas(3);
      await there(of('monitoring.coreos.com/v1', 'prometheusrules'));
      await apply({ scaling: { mode: 'Auto', auto } });
      await there(of('autoscaling/v2', 'horizontalpodautoscalers'));
      await apply({ scaling: { mode: 'Auto', auto: { provider: 'KEDA' } } });
      await there(of('keda.sh/v1alpha1', 'scaledobjects'));
      await apply({ scaling: { mode: 'Auto', auto } });
      await gone(of('keda.sh/v1alpha1', 'scaledobjects'));
      if (hasMetricsApi)
        await eventually(
          'the metrics API answers somebody',
          () =>
            client.get('/apis/external.metrics.k8s.io/v1beta1').then(
              () => true,
              () => false,
            ),
          { seconds: 60 },
        );
      await apply({ scaling: { mode: 'Auto', auto }, suspend: true });
      await replicas(0);
      const direct = { provider: 'Direct', maxReplicas: 4, scaleDownWindowSeconds: 0 };
      await apply({ scaling: { mode: 'Auto', auto: { ...direct, minReplicas: 3 } } });
      await replicas(3);
      await everyPodReady(client, namespace, 3);
      await apply({ scaling: { mode: 'Auto', auto: { ...direct, minReplicas: 2 } } });
      await replicas(2);
      await apply({
        scaling: { mode: 'Fixed', replicas: 0 },
        template: { serviceAccountName: 'default' },
      });
      for (const path of [
        of('autoscaling/v2', 'horizontalpodautoscalers'),
        of('networking.k8s.io/v1', 'networkpolicies'),
        of('monitoring.coreos.com/v1', 'servicemonitors'),
        of('monitoring.coreos.com/v1', 'prometheusrules'),
        of('', 'serviceaccounts'),
      ])
        await gone(path);
      await client.delete(`${POOLS_PATH(namespace)}/photos`);
      await gone(of('apps/v1', 'deployments'));
      await operator.stop();

      const refused = proxy.requests.filter(({ code }) => code === 401 || code === 403);
      expect(refused.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([]);
      const uses = new Set([...proxy.requests.flatMap(used), BY_ADMISSION]);
      expect([...rights].sort()).to.deep.equal([...uses].sort());
      console.log(`      ${proxy.requests.length} requests, ${rights.size} rights, each used`);
    });

    it('has no right by a wildcard, and none to list Secrets', async () => {
      expect([...rights].filter((right) => right.includes('*'))).to.deep.equal([]);
      // Its own certificate is the one that it may write.
      const ofSecrets = hasMetricsApi ? ['get /secrets', 'update /secrets'] : ['get /secrets'];
      expect([...rights].filter((right) => right.endsWith('/secrets')).sort()).to.deep.equal(ofSecrets);
      const as = [`--as=system:serviceaccount:${ACCOUNT}:${ACCOUNT}`, '--namespace', 'default'];
      const may = (verb: string, resource: string) =>
        cluster.kubectl(['auth', 'can-i', verb, resource, ...as]).then(
          () => true,
          () => false,
        );
      for (const verb of ['list', 'watch', 'create', 'update', 'patch', 'delete'])
        expect(await may(verb, 'secrets'), verb).to.equal(false);
      expect(await may('get', 'secrets')).to.equal(folder === 'config/operator');
    });

    it('runs in a namespace that enforces restricted pods', async () => {
      const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
      await client.mergePatch(`/api/v1/namespaces/${ACCOUNT}`, { metadata: { labels } });
      const deployment = await client.get<{ spec: { template: { spec: object } } }>(
        `/apis/apps/v1/namespaces/${ACCOUNT}/deployments/${ACCOUNT}`,
      );
      const { spec } = deployment.spec.template;
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec };
      await client.create(`/api/v1/namespaces/${ACCOUNT}/pods`, pod, { dryRun: 'All' });
    });

    if (folder === 'config/operator')
      it('lets people with view, edit and admin of a namespace look at and change its pools', async () => {
        const may = async (role: string, verb: string) => {
          const user = `--as=${role}`;
          const asked = ['auth', 'can-i', verb, 'previewworkerpools', '--namespace', namespace, user];
          return cluster.kubectl(asked).then(
            () => true,
            () => false,
          );
        };
        for (const role of ['view', 'edit', 'admin'])
          await cluster.kubectl([
            'create',
            'rolebinding',
            role,
            `--clusterrole=${role}`,
            `--user=${role}`,
            '-n',
            namespace,
          ]);
        await eventually('the roles are aggregated', () => may('view', 'list'), { seconds: 30 });
        expect(await may('view', 'patch')).to.equal(false);
        for (const verb of ['get', 'create', 'patch', 'delete']) {
          expect(await may('edit', verb), `edit may ${verb}`).to.equal(true);
          expect(await may('admin', verb), `admin may ${verb}`).to.equal(true);
        }
      });
  });
}
