import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeError } from '../../operator/kube/errors.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { figure } from '../faults/figures.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { folder, worker } from './pool/rules.ts';

type Container = { name: string; securityContext: object; volumeMounts: { mountPath: string }[] };
type Pod = KubeObject & {
  spec: { serviceAccountName: string; securityContext: object; containers: Container[]; [field: string]: unknown };
};
const NAMESPACE = 'strict';
const keys = { name: 's3' };

/** Every field of the template at once. */
const TEMPLATE = {
  labels: { team: 'a' },
  annotations: { 'example.com/note': 'b' },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ operator: 'Exists' }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'gpu', operator: 'Exists' }] } },
      ],
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { team: 'a' } } },
      ],
    },
  },
  topologySpreadConstraints: [
    { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1, minDomains: 2 },
  ],
  priorityClassName: 'high',
  runtimeClassName: 'gvisor',
  serviceAccountName: 'cloud',
  resources: { worker: { limits: { memory: '1Gi' } }, renderer: { limits: { memory: '4Gi', cpu: 2 } } },
  env: [{ name: 'AWS_REGION', value: 'eu-central-1' }],
  fsGroup: 2000,
  supplementalGroups: [3000],
  scratch: { medium: 'Memory', sizeLimit: '2Gi' },
};

describe('pools in a namespace where Pod Security restricted is enforced', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let operator: RunningOperator;

  before(async () => {
    cluster = await startControlPlane({ beforeControllers: installCrd });
    client = adminClient(cluster);
    const named = (kind: string, apiVersion: string, name: string, fields: object, namespace?: string) => ({
      ...{ kind, apiVersion, ...fields },
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    });
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const items = [
      { kind: 'Namespace', apiVersion: 'v1', metadata: { name: NAMESPACE, labels } },
      named('RuntimeClass', 'node.k8s.io/v1', 'gvisor', { handler: 'runsc' }),
      named('PriorityClass', 'scheduling.k8s.io/v1', 'high', { value: 1000 }),
      named('ServiceAccount', 'v1', 'cloud', {}, NAMESPACE),
    ];
    await cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify({ kind: 'List', apiVersion: 'v1', items }) });
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await cluster?.stop();
  });

  const applyPool = (name: string, spec: object) =>
    client.apply(`${POOLS_PATH(NAMESPACE)}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: { queue: { name: 'previews', redis: { url: 'redis://127.0.0.1:1' } }, ...spec },
    });
  /** As the real ReplicaSet controller made them: what is not admitted is not there. */
  const podsOf = (name: string) =>
    eventually(`pods of ${name} are admitted`, async () => {
      const query = { labelSelector: `previews.mobius.dev/pool=${name}` };
      const { items } = await client.list<Pod>(`/api/v1/namespaces/${NAMESPACE}/pods`, query);
      return items.length === 2 ? items : undefined;
    });

  it('get their pods admitted: files, object stores, and every field of the template', async () => {
    await applyPool('files', worker({ sources: { file: { roots: [folder('/inbox')] }, http: {} } }));
    const s3 = { region: 'eu-central-1', credentialsFrom: keys };
    const storage = worker({ sources: { s3 }, sink: { s3: { ...s3, bucket: 'previews' } } });
    await applyPool('objects', storage);
    await applyPool('everything', { ...storage, template: TEMPLATE });
    for (const name of ['files', 'objects', 'everything']) expect(await podsOf(name)).to.have.length(2);
  });

  it('give what they were asked for to the pods, and no identity to the renderer', async () => {
    const [pod] = await podsOf('everything');
    expect(pod?.metadata.annotations).to.include({
      'eks.amazonaws.com/skip-containers': 'renderer',
      'azure.workload.identity/skip-containers': 'renderer',
      'example.com/note': 'b',
    });
    expect(pod?.spec).to.deep.include({
      serviceAccountName: 'cloud',
      automountServiceAccountToken: false,
      runtimeClassName: 'gvisor',
      priorityClassName: 'high',
      affinity: TEMPLATE.affinity,
    });
    expect(pod?.spec.securityContext).to.deep.include({ fsGroup: 2000, supplementalGroups: [3000] });
    const renderer = pod?.spec.containers.find(({ name }) => name === 'renderer');
    expect(renderer?.volumeMounts.map(({ mountPath }) => mountPath)).to.deep.equal([
      '/etc/preview-worker/config',
      '/scratch',
    ]);
  });

  it('are what the API server keeps: looking again writes nothing', async () => {
    const looks = () => operator.metric('controller_runtime_reconcile_total');
    // Children are written by PATCH, and so is a status that changed.
    const patches = (code: number) => operator.metric(`rest_client_requests_total{method="PATCH",code="${code}"}`);
    const writes = async () => (await patches(200)) + (await patches(201));
    /** What others note at a Deployment is none of the operator's, but has it look. */
    const touch = (name: string, note: string) =>
      client.mergePatch(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/preview-${name}`, {
        metadata: { annotations: { 'example.com/note': note } },
      });
    // What still settles is allowed to write.
    let turn = 0;
    await eventually(
      'each pool was looked at twice without a write',
      async () => {
        const before = await writes();
        expect(before).to.be.greaterThan(9);
        for (let time = 0; time < 2; time += 1, turn += 1) {
          const begun = await looks();
          for (const name of ['files', 'objects', 'everything']) await touch(name, `${turn}`);
          await eventually('looks', async () => (await looks()) >= begun + 3, { seconds: 30 });
        }
        return (await writes()) === before;
      },
      { seconds: 60 },
    );
  });

  it('would not get a pod admitted that were any looser', async () => {
    const [pod] = await podsOf('files');
    const { containers, securityContext, ...rest } = pod?.spec ?? ({} as Pod['spec']);
    const create = (spec: object) =>
      client
        .create(`/api/v1/namespaces/${NAMESPACE}/pods`, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'looser' },
          spec: { ...rest, containers, securityContext, ...spec },
        })
        .then(
          () => 'admitted',
          (error: KubeError) => error.message,
        );
    const context = (change: object) => ({
      containers: containers.map((one) => ({ ...one, securityContext: { ...one.securityContext, ...change } })),
    });
    const looser = [
      context({ allowPrivilegeEscalation: true }),
      context({ capabilities: {} }),
      { securityContext: { ...securityContext, runAsNonRoot: false } },
      { securityContext: { ...securityContext, seccompProfile: { type: 'Unconfined' } } },
      { hostNetwork: true },
    ];
    for (const spec of looser) expect(await create(spec)).to.include('violates PodSecurity "restricted:latest"');
    figure(
      25,
      `pods of a plain, an S3 and a full template admitted under restricted; made looser in ${looser.length} ways: refused each time`,
    );
  });
});
