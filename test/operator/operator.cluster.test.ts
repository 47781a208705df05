import { expect } from 'chai';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import type { Pool as PoolOrNew } from '../../operator/pool/pool.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis, type TestRedis } from '../cluster/redis.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL, worker } from './pool/rules.ts';
import { brokenRules } from './pool/status-rules.ts';

type Pool = Required<PoolOrNew>;
type Deployment = KubeObject & {
  spec: {
    replicas: number;
    template: { spec: { containers: { name: string; args: string[]; env?: { name: string; value?: string }[] }[] } };
  };
};
const NAMESPACE = 'default';
const deploymentPath = (pool: string) => `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/preview-${pool}`;

describe('the operator on the real control plane', function () {
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
    client.apply(`${POOLS_PATH(NAMESPACE)}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: { ...MINIMAL, queue: { name: 'previews', redis: { url: redis.url } }, ...changes },
    });
  const ready = (name: string, reason: string) =>
    eventually(`pool ${name} says ${reason}`, async () => {
      const { status } = await client.get<Pool>(`${POOLS_PATH(NAMESPACE)}/${name}`);
      return status.conditions?.find((condition) => condition.type === 'Ready' && condition.reason === reason);
    });
  const deployment = (name: string) => client.get<Deployment>(deploymentPath(name));

  it('makes two containers of one image, of which only the worker sees credentials and claims', async () => {
    await applyPool('shape');
    await ready('shape', 'WaitingForWorkers');
    const pods = (await deployment('shape')).spec.template.spec as unknown as {
      containers: { name: string; args: string[]; volumeMounts: { mountPath: string }[] }[];
    };
    expect(pods.containers.map(({ name, args }) => [name, ...args])).to.deep.equal([
      ['worker', 'work'],
      ['renderer', 'renderer'],
    ]);
    expect(pods.containers[1]?.volumeMounts.map(({ mountPath }) => mountPath)).to.deep.equal([
      '/etc/preview-worker/config',
      '/scratch',
    ]);
  });

  it('repairs a foreign edit of an owned field and leaves foreign fields alone', async () => {
    await applyPool('edited');
    await ready('edited', 'WaitingForWorkers');
    await client.mergePatch(deploymentPath('edited'), {
      metadata: { annotations: { 'example.com/note': 'mine' } },
      spec: { replicas: 7, template: { metadata: { annotations: { 'example.com/injected': 'yes' } } } },
    });
    const repaired = await eventually('replicas are 2 again', async () => {
      const live = await deployment('edited');
      return live.spec.replicas === 2 ? live : undefined;
    });
    expect(repaired.metadata.annotations).to.include({ 'example.com/note': 'mine' });
    expect(JSON.stringify(repaired.spec.template)).to.contain('example.com/injected');
  });

  it('makes a deleted child anew', async () => {
    await applyPool('deleted');
    await ready('deleted', 'WaitingForWorkers');
    const { uid } = (await deployment('deleted')).metadata;
    await client.delete(deploymentPath('deleted'));
    await eventually('another Deployment is there', async () => (await deployment('deleted')).metadata.uid !== uid);
  });

  it('hands replicas over without a dip when the mode becomes External, and takes them back', async () => {
    await applyPool('modes', { scaling: { mode: 'Fixed', replicas: 5 } });
    await ready('modes', 'WaitingForWorkers');
    const seen = new Set<number>();
    const watching = new AbortController();
    const watch = (async () => {
      for await (const { type, object } of client.watch<Deployment>(
        `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
        { fieldSelector: 'metadata.name=preview-modes' },
        { signal: watching.signal, silenceMs: 120_000 },
      )) {
        if (type !== 'BOOKMARK') seen.add(object.spec.replicas);
      }
    })().catch(() => {});
    await eventually('the watch is open', () => seen.has(5));
    await applyPool('modes', { scaling: { mode: 'External' } });
    await eventually(
      'the mode is carried out',
      async () =>
        (await deployment('modes')).metadata.annotations?.['previews.mobius.dev/replicas-owner'] === 'external',
    );
    await cluster.kubectl(['scale', 'deployment/preview-modes', '-n', NAMESPACE, '--replicas=4']);
    await applyPool('modes', { scaling: { mode: 'External' }, imagePullPolicy: 'Always' });
    await eventually('another change is carried out', async () =>
      JSON.stringify(await deployment('modes')).includes('"imagePullPolicy":"Always"'),
    );
    await applyPool('modes', { scaling: { mode: 'Fixed', replicas: 3 } });
    await eventually('replicas are ours again', async () => (await deployment('modes')).spec.replicas === 3);
    watching.abort();
    await watch;
    expect([...seen]).to.deep.equal([5, 4, 3]);
  });

  it('never adopts a stranger of the same name', async () => {
    await client.create(`/api/v1/namespaces/${NAMESPACE}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'preview-taken' },
      spec: { ports: [{ port: 80 }] },
    });
    await applyPool('taken');
    expect((await ready('taken', 'NameConflict')).message)
      .to.contain('Service preview-taken')
      .and.to.contain('rename the pool');
    const stranger = await client.get<KubeObject>(`/api/v1/namespaces/${NAMESPACE}/services/preview-taken`);
    expect(stranger.metadata.ownerReferences).to.equal(undefined);
  });

  it('names the Secret that is absent, and goes on once it is there', async () => {
    await applyPool('secret', { queue: { name: 'previews', redis: { urlFrom: { name: 'redis', key: 'url' } } } });
    expect((await ready('secret', 'SecretNotFound')).message).to.contain('Secret redis with key url');
    await client.create(`/api/v1/namespaces/${NAMESPACE}/secrets`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'redis' },
      stringData: { url: redis.url },
    });
    await ready('secret', 'WaitingForWorkers');
  });

  it('names the Secret of an object store, or the key in it, that is absent', async () => {
    const s3 = { endpoint: 'http://127.0.0.1:1', credentialsFrom: { name: 's3' } };
    await applyPool('objects', worker({ sources: { s3 }, sink: { s3: { ...s3, bucket: 'previews' } } }));
    const { message } = await ready('objects', 'SecretNotFound');
    expect(message).to.equal(
      'there is no Secret s3 with key accessKeyId and no Secret s3 with key secretAccessKey; create the Secret with that key in the namespace of the pool',
    );
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's3' }, stringData: { accessKeyId: 'id' } };
    await client.create(`/api/v1/namespaces/${NAMESPACE}/secrets`, secret);
    await eventually('only the other key is named', async () => {
      const { message: now } = await ready('objects', 'SecretNotFound');
      return now.startsWith('there is no Secret s3 with key secretAccessKey;');
    });
    await client.mergePatch(`/api/v1/namespaces/${NAMESPACE}/secrets/s3`, {
      stringData: { secretAccessKey: 'secret' },
    });
    await ready('objects', 'WaitingForWorkers');
  });

  it('says that parts of a spec do not fit together, with a remedy', async () => {
    await applyPool('narrow', { template: { scratch: { sizeLimit: '64Mi' } } });
    expect((await ready('narrow', 'ScratchTooSmall')).message)
      .to.contain('below what the jobs of 2 slots may write')
      .and.to.contain('raise spec.template.scratch.sizeLimit');
    await applyPool('narrow');
    // Pods of the first template may be there already: without a node they never make room for those of the second.
    await Promise.any([ready('narrow', 'WaitingForWorkers'), ready('narrow', 'RollingOut')]);
  });

  it('says that Redis does not answer', async () => {
    await applyPool('nowhere', { queue: { name: 'previews', redis: { url: 'redis://127.0.0.1:1' } } });
    expect((await ready('nowhere', 'RedisUnreachable')).message).to.contain('ECONNREFUSED');
  });

  it('suspends to 0 and resumes', async () => {
    await applyPool('paused', { suspend: true });
    await ready('paused', 'Suspended');
    expect((await deployment('paused')).spec.replicas).to.equal(0);
    await applyPool('paused', { suspend: false });
    await eventually('replicas are back', async () => (await deployment('paused')).spec.replicas === 2);
  });

  it('does nothing for a pool whose reconciliation is disabled, and says so', async () => {
    await applyPool('frozen');
    await ready('frozen', 'WaitingForWorkers');
    await client.mergePatch(`${POOLS_PATH(NAMESPACE)}/frozen`, {
      metadata: { annotations: { 'previews.mobius.dev/reconcile': 'disabled' } },
      spec: { scaling: { replicas: 9 } },
    });
    await eventually('it is said', async () => {
      const { status } = await client.get<Pool>(`${POOLS_PATH(NAMESPACE)}/frozen`);
      return status.conditions?.some(({ type, status: holds }) => type === 'ReconcileDisabled' && holds === 'True');
    });
    expect((await deployment('frozen')).spec.replicas).to.equal(2);
  });

  it('rolls the workers at another restarted-at, and echoes requested-at without touching them', async () => {
    await applyPool('asked');
    await ready('asked', 'WaitingForWorkers');
    const annotate = (name: string, value: string) =>
      client.mergePatch(`${POOLS_PATH(NAMESPACE)}/asked`, {
        metadata: { annotations: { [`previews.mobius.dev/${name}`]: value } },
      });
    const { generation } = (await deployment('asked')).metadata;
    await annotate('requested-at', 'now');
    await eventually('the request is echoed', async () => {
      const { status } = await client.get<Pool>(`${POOLS_PATH(NAMESPACE)}/asked`);
      return status.lastHandledReconcileAt === 'now';
    });
    expect((await deployment('asked')).metadata.generation).to.equal(generation);
    await annotate('restarted-at', 'now');
    await eventually('the template has it', async () =>
      JSON.stringify((await deployment('asked')).spec.template).includes('"previews.mobius.dev/restarted-at":"now"'),
    );
  });

  it('says what a quota refuses, and goes on once it is raised', async () => {
    const quotas = `/api/v1/namespaces/${NAMESPACE}/resourcequotas`;
    await client.create(quotas, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few' },
      spec: { hard: { 'count/deployments.apps': '1' } },
    });
    await eventually('the quota is counted', async () => {
      const { status } = await client.get<KubeObject & { status: { used?: object } }>(`${quotas}/few`);
      return status.used !== undefined;
    });
    await applyPool('many');
    expect((await ready('many', 'Refused')).message).to.contain('exceeded quota: few');
    await client.delete(`${quotas}/few`);
    await client.mergePatch(`${POOLS_PATH(NAMESPACE)}/many`, {
      metadata: { annotations: { 'previews.mobius.dev/requested-at': 'now' } },
    });
    await eventually(
      'it goes on',
      async () => {
        const { status } = await client.get<Pool>(`${POOLS_PATH(NAMESPACE)}/many`);
        return status.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'WaitingForWorkers');
      },
      { seconds: 60 },
    );
  });

  it('keeps the rules of kstatus and Flux in the status of every pool', async () => {
    // A spec that was changed a moment ago may not be looked at yet.
    await eventually('no rule is broken', async () => {
      const { items } = await client.list<Pool>(POOLS_PATH(NAMESPACE));
      expect(items.length, 'pools').to.be.greaterThan(10);
      for (const pool of items) expect(brokenRules(pool), pool.metadata.name).to.deep.equal([]);
      return true;
    });
  });

  it('leaves no child of a deleted pool', async () => {
    await applyPool('gone');
    await ready('gone', 'WaitingForWorkers');
    await cluster.kubectl(['delete', 'pwp', 'gone', '-n', NAMESPACE]);
    await eventually(
      'no child is left',
      async () => {
        const left = await cluster.kubectl([
          'get',
          'deploy,rs,pod,svc,cm,sa',
          '-n',
          NAMESPACE,
          '-l',
          'previews.mobius.dev/pool=gone',
          '-o',
          'name',
        ]);
        return left === '';
      },
      { seconds: 90, every: 500 },
    );
  });

  it('tells transitions as Events', async () => {
    const events = await cluster.kubectl([
      'get',
      'events',
      '-n',
      NAMESPACE,
      '--field-selector',
      'involvedObject.kind=PreviewWorkerPool',
      '-o',
      'jsonpath={range .items[*]}{.reason}{"\\n"}{end}',
    ]);
    expect(events.split('\n')).to.include.members(['WaitingForWorkers', 'NameConflict', 'SecretNotFound', 'Suspended']);
  });
});
