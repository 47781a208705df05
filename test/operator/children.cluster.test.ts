import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeError } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { execute } from '../../operator/reconcile/execute.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { folder, MINIMAL } from './pool/rules.ts';

interface Budget extends KubeObject {
  readonly spec: { readonly maxUnavailable: number | string };
  readonly status?: { readonly disruptionsAllowed: number; readonly expectedPods: number };
}
interface Policy extends KubeObject {
  readonly spec: { readonly ingress?: unknown; readonly egress: unknown; readonly policyTypes: string[] };
}
const NAMESPACE = 'default';
const budgetPath = (pool: string) => `/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets/preview-${pool}`;
const policyPath = (pool: string) =>
  `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/networkpolicies/preview-${pool}`;

describe('disruption budget and network policy on the real control plane', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let redis: TestRedis;
  let client: KubeClient;
  let operator: RunningOperator;

  before(async () => {
    [cluster, redis] = await Promise.all([startControlPlane({ beforeControllers: installCrd }), startRedis()]);
    client = adminClient(cluster);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await Promise.all([cluster?.stop(), redis?.stop()]);
  });

  const applyPool = (name: string, changes: Record<string, unknown> = {}) =>
    client.apply<KubeObject>(`${POOLS_PATH(NAMESPACE)}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: { ...MINIMAL, queue: { name: 'previews', redis: { url: redis.url } }, ...changes },
    });
  const found = <T>(path: string) =>
    client.get<T>(path).catch((error: KubeError) => (error.isNotFound ? undefined : Promise.reject(error)));
  const there = <T>(path: string, holds: (object: T) => boolean = () => true) =>
    eventually(`${path} as wanted`, async () => {
      const object = await found<T>(path);
      return object && holds(object) ? object : undefined;
    });

  describe('the disruption budget', () => {
    const pods = async (pool: string) =>
      (
        await client.list<KubeObject>(`/api/v1/namespaces/${NAMESPACE}/pods`, {
          labelSelector: `previews.mobius.dev/pool=${pool}`,
        })
      ).items;
    /** No node is here: what its kubelet would say. */
    const say = (pod: string, ready: 'True' | 'False') =>
      client.mergePatch(`/api/v1/namespaces/${NAMESPACE}/pods/${pod}/status`, {
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }] },
      });
    const evict = (pod: string) =>
      client
        .create(`/api/v1/namespaces/${NAMESPACE}/pods/${pod}/eviction`, {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: pod, namespace: NAMESPACE },
        })
        .then(
          () => 'evicted',
          (error: KubeError) => (error.status === 429 ? 'refused' : Promise.reject(error)),
        );

    it('lets a drain take a tenth of the workers, rounded up, and those that are not ready at any time', async () => {
      await applyPool('drained', { scaling: { mode: 'Fixed', replicas: 5 } });
      const names = await eventually('five pods', async () => {
        const all = (await pods('drained')).map(({ metadata }) => metadata.name);
        return all.length === 5 ? all : undefined;
      });
      for (const name of names) await say(name, 'True');
      await there<Budget>(budgetPath('drained'), ({ status }) => status?.disruptionsAllowed === 1);
      expect(await evict(names[0] ?? '')).to.equal('evicted');
      await there<Budget>(budgetPath('drained'), ({ status }) => status?.disruptionsAllowed === 0);
      expect(await evict(names[1] ?? '')).to.equal('refused');
      await say(names[2] ?? '', 'False');
      await eventually('the API server knows', async () => (await evict(names[2] ?? '')) === 'evicted');
      expect(await evict(names[3] ?? '')).to.equal('refused');
    });

    it('follows spec.disruptionBudget', async () => {
      await applyPool('budget', { disruptionBudget: { maxUnavailable: 3 } });
      expect((await there<Budget>(budgetPath('budget'))).spec.maxUnavailable).to.equal(3);
    });
  });

  describe('the network policy', () => {
    const DNS = {
      ports: [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
    };
    const tcp = (...ports: number[]) => ({ ports: ports.map((port) => ({ protocol: 'TCP', port })) });
    const monitoring = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } };
    const secret = { queue: { name: 'previews', redis: { urlFrom: { name: 'r', key: 'url' } } } };
    let hosts = 1;
    /** Nobody listens there. A host of its own for each: that one refuses is known at once the first time only. */
    const redisAt = (port = '', scheme = 'redis') => ({
      queue: { name: 'previews', redis: { url: `${scheme}://127.0.0.${++hosts}${port}` } },
    });
    const reading = (sources: object, sink: object = { file: folder('/previews') }) => ({
      ...redisAt(),
      worker: { sources, sink },
      networkPolicy: {},
    });
    const files = { file: { roots: [folder('/inbox')] } };
    const keys = { credentialsFrom: { name: 'keys' } };
    const block = (cidr: string, ...except: string[]) => ({
      ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) },
    });
    const METADATA = ['169.254.0.0/16', '168.63.129.16/32', '192.0.0.192/32'];
    const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
    const toThePublic = { to: [block('0.0.0.0/0', ...METADATA, ...PRIVATE), block('2000::/3')] };
    const toAnybody = {
      to: [
        { namespaceSelector: {} },
        block('0.0.0.0/0', ...METADATA, '100.100.100.200/32'),
        block('2000::/3'),
        block('fc00::/7', 'fd00:ec2::/32', 'fd20:ce::/32', 'fd00:42::/32'),
      ],
    };

    const CASES: readonly {
      readonly title: string;
      readonly spec: Record<string, unknown>;
      readonly ingress?: unknown;
      readonly egress: unknown;
    }[] = [
      {
        title: 'an empty object lets nobody in, and out to names and to the port of Redis',
        spec: { ...redisAt(':7000'), networkPolicy: {} },
        egress: [DNS, tcp(7000)],
      },
      {
        title: 'empty lists are no rules',
        spec: { ...redisAt(), networkPolicy: { ingressFrom: [], extraEgress: [] } },
        egress: [DNS, tcp(6379)],
      },
      {
        title: 'an IPv6 address is no port',
        spec: { queue: { name: 'previews', redis: { url: 'rediss://[::1]' } }, networkPolicy: {} },
        egress: [DNS, tcp(6379)],
      },
      {
        title: 'Sentinels get their ports, and the servers they tell of the two usual ones',
        spec: {
          queue: { name: 'previews', redis: { sentinel: { masterName: 'm', nodes: [{ host: 's', port: 26379 }] } } },
          networkPolicy: {},
        },
        egress: [DNS, tcp(6379, 6380, 26379)],
      },
      {
        title: 'a Cluster gets the ports of its nodes, each once',
        spec: {
          queue: {
            name: 'previews',
            prefix: '{bull}',
            redis: { cluster: { nodes: [7000, 7001, 7000].map((port, at) => ({ host: `r${at}`, port })) } },
          },
          networkPolicy: {},
        },
        egress: [DNS, tcp(7000, 7001)],
      },
      {
        title: 'a URL in a Secret gets the two usual ports',
        spec: { ...secret, networkPolicy: {} },
        egress: [DNS, tcp(6379, 6380)],
      },
      {
        title: 'peers are passed on as they are',
        spec: {
          ...redisAt(),
          networkPolicy: {
            ingressFrom: [
              monitoring,
              { podSelector: {} },
              { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
          },
        },
        ingress: [
          {
            from: [
              monitoring,
              { podSelector: {} },
              { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            ],
            ...tcp(3000),
          },
        ],
        egress: [DNS, tcp(6379)],
      },
      {
        title: 'further egress keeps its destinations',
        spec: {
          ...redisAt(),
          networkPolicy: { extraEgress: [{ to: [{ podSelector: {} }], ports: [{ port: 8000, endPort: 8010 }] }] },
        },
        egress: [
          DNS,
          tcp(6379),
          { to: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 8000, endPort: 8010 }] },
        ],
      },
      {
        title: 'the metadata services of clouds only when they are allowed',
        spec: { ...redisAt(), networkPolicy: { allowInstanceMetadata: true } },
        egress: [
          DNS,
          tcp(6379),
          {
            to: ['169.254.0.0/16', 'fd00:ec2::/32', 'fd20:ce::/32'].map((cidr) => block(cidr)),
            ...tcp(80, 988),
          },
        ],
      },
      {
        title: 'sources.http opens the ports of the web, to the public only',
        spec: reading({ http: { allowedHosts: ['files.example.com'] } }),
        egress: [DNS, tcp(6379), { ...toThePublic, ...tcp(80, 443) }],
      },
      {
        title: 'sources.http with private networks opens them to anybody but metadata services',
        spec: reading({ http: { allowPrivateNetworks: true } }),
        egress: [DNS, tcp(6379), { ...toAnybody, ...tcp(80, 443) }],
      },
      {
        title: 'S3 at AWS opens 443, to the public only',
        spec: reading({ s3: { region: 'eu-west-1' } }),
        egress: [DNS, tcp(6379), { ...toThePublic, ...tcp(443) }],
      },
      {
        title: 'an object store with keys opens its own port and nothing else',
        spec: reading({ s3: { endpoint: 'http://minio:9000', ...keys } }),
        egress: [DNS, tcp(6379, 9000)],
      },
      {
        title: 'an object store with an identity for keys opens AWS too',
        spec: reading(files, { s3: { bucket: 'previews', endpoint: 'http://[fd00::9]:9000/base' } }),
        egress: [DNS, tcp(6379, 9000), { ...toThePublic, ...tcp(443) }],
      },
      {
        title: 'an object store at a port of the web is reached wherever it lies, but never metadata services',
        spec: reading(files, { s3: { bucket: 'previews', endpoint: 'http://minio.storage.svc', ...keys } }),
        egress: [DNS, tcp(6379), { ...toAnybody, ...tcp(80) }],
      },
      {
        title: 'the wider of two reaches counts for a port',
        spec: reading({ http: {} }, { s3: { bucket: 'previews', endpoint: 'https://s3.example.com', ...keys } }),
        egress: [DNS, tcp(6379), { ...toThePublic, ...tcp(80) }, { ...toAnybody, ...tcp(443) }],
      },
      {
        title: 'Redis at a port of the web leaves no rule without ports',
        spec: { ...redisAt(':443', 'rediss'), networkPolicy: {} },
        egress: [DNS, { ...toAnybody, ...tcp(443) }],
      },
    ];

    for (const [at, { title, spec, ingress, egress }] of CASES.entries()) {
      it(`${title}: read back from the API server`, async () => {
        await applyPool(`policy-${at}`, spec);
        const { spec: live } = await there<Policy>(policyPath(`policy-${at}`));
        expect(live.policyTypes).to.deep.equal(['Ingress', 'Egress']);
        expect(live.ingress).to.deep.equal(ingress);
        expect(live.egress).to.deep.equal(egress);
        await client.delete(`${POOLS_PATH(NAMESPACE)}/policy-${at}`);
      });
    }

    it('is repaired when somebody widens it', async () => {
      await applyPool('widened', { networkPolicy: { ingressFrom: [monitoring] } });
      const { spec } = await there<Policy>(policyPath('widened'));
      const wider = [
        { ingress: [{ ports: [{ port: 3000, protocol: 'TCP' }] }] },
        { ingress: [{ from: [{ ...monitoring, podSelector: {} }, { ipBlock: { cidr: '0.0.0.0/0' } }] }] },
        { egress: [{}] },
        { egress: [{ ports: [{ protocol: 'TCP', port: 1, endPort: 65535 }] }] },
        { egress: [DNS, { ports: [{ protocol: 'TCP', port: Number(new URL(redis.url).port), endPort: 65535 }] }] },
      ];
      for (const change of wider) {
        await client.mergePatch(policyPath('widened'), { spec: change });
        await there<Policy>(policyPath('widened'), (live) => JSON.stringify(live.spec) === JSON.stringify(spec));
      }
    });
  });

  describe('a child that is switched off', () => {
    it('goes, and comes back when it is switched on', async () => {
      await applyPool('switched', { networkPolicy: {} });
      const { metadata } = await there<Policy>(policyPath('switched'));
      await applyPool('switched', { networkPolicy: { enabled: false } });
      await eventually('it is gone', async () => (await found(policyPath('switched'))) === undefined);
      await applyPool('switched', { networkPolicy: { enabled: true } });
      expect((await there<Policy>(policyPath('switched'))).metadata.uid).to.not.equal(metadata.uid);
      await applyPool('switched');
      await eventually('it is gone again', async () => (await found(policyPath('switched'))) === undefined);
    });

    it('goes also when the operator was away as it was switched off', async () => {
      await applyPool('away', { networkPolicy: {} });
      await there<Policy>(policyPath('away'));
      await operator.stop();
      await applyPool('away');
      operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
      await eventually('it is gone', async () => (await found(policyPath('away'))) === undefined, { seconds: 60 });
    });

    it('stays when it is another object by now than the one that was seen', async () => {
      const path = policyPath('precondition');
      const made = await client.apply<KubeObject>(path, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'preview-precondition' },
        spec: { podSelector: {} },
      });
      const child = { kind: 'NetworkPolicy', metadata: made.metadata };
      const uid = made.metadata.uid ?? '';
      const earlier = '00000000-0000-0000-0000-000000000000';
      expect(await execute(client, [{ verb: 'delete', child, uid: earlier }])).to.include({ problem: undefined });
      expect((await found<Policy>(path))?.metadata.uid).to.equal(uid);
      for (const time of ['first', 'second']) {
        const { problem } = await execute(client, [{ verb: 'delete', child, uid }]);
        expect(problem, time).to.equal(undefined);
        expect(await found(path), time).to.equal(undefined);
      }
    });

    it("stays when it is not the pool's, whatever labels it carries", async () => {
      const pool = await applyPool('neighbour');
      await there<Budget>(budgetPath('neighbour'));
      const policy = (name: string, ownerReferences?: object[]) => ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: {
          name,
          labels: {
            'app.kubernetes.io/managed-by': 'preview-worker-operator',
            'previews.mobius.dev/pool': 'neighbour',
          },
          ...(ownerReferences ? { ownerReferences } : {}),
        },
        spec: { podSelector: {} },
      });
      const owner = {
        apiVersion: 'previews.mobius.dev/v1alpha1',
        kind: 'PreviewWorkerPool',
        name: 'neighbour',
        uid: pool.metadata.uid,
      };
      await client.apply(policyPath('neighbour'), policy('preview-neighbour'));
      await client.apply(policyPath('uncontrolled'), policy('preview-uncontrolled', [owner]));
      await client.apply(policyPath('stray'), policy('preview-stray', [{ ...owner, controller: true }]));
      await eventually('what is superfluous is gone', async () => (await found(policyPath('stray'))) === undefined);
      expect(await found(policyPath('neighbour'))).to.not.equal(undefined);
      expect(await found(policyPath('uncontrolled'))).to.not.equal(undefined);
    });
  });
});
