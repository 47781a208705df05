import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Queue } from 'bullmq';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { DoctorReport, Finding } from '../../../operator/cli/doctor/report.generated.ts';
import type { KubeObject } from '../../../operator/kube/object.ts';
import { conditionOf, type Pool } from '../../../operator/pool/pool.ts';
import { eventually } from '../../cluster/eventually.ts';
import { freePorts } from '../../cluster/ports.ts';
import { startRedis, type TestRedis } from '../../cluster/redis.ts';
import { shownIn } from '../../documents/shown.ts';
import { POOLS_PATH } from '../operator.ts';
import { MINIMAL } from '../pool/rules.ts';
import { FROM, type ScaledPools, startScaledPools } from '../scaling/scaled-pools.ts';
import { pwp } from './pwp.ts';

const PASSWORD = 'not-the-password';
const fits = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync('schemas/doctor-report.schema.json', 'utf8')),
);

describe('kubectl pwp doctor', function () {
  this.timeout(240_000);
  const shown = shownIn('docs/pwp.md', import.meta.url);
  let pools: ScaledPools;
  let lasting: TestRedis;
  let viewer = '';
  let operator: string[] = [];

  before(async () => {
    [pools, lasting] = await Promise.all([
      startScaledPools({ metricsApi: true, queueApi: true }),
      startRedis({ appendonly: true }),
    ]);
    operator = ['--operator', pools.operatorUrl()];
    const { kubectl } = pools.cluster;
    await kubectl(['apply', '-f', 'config/operator/people-roles.yaml']);
    await kubectl(['-n', 'default', 'create', 'serviceaccount', 'viewer']);
    await kubectl('-n default create rolebinding viewer --clusterrole=view --serviceaccount=default:viewer'.split(' '));
    viewer = (await kubectl(['-n', 'default', 'create', 'token', 'viewer'])).trim();
    await kubectl(['create', 'namespace', 'tight']);
    await kubectl(['-n', 'tight', 'create', 'quota', 'none', '--hard=pods=0']);

    const [closed = 0] = await freePorts(1);
    const secret = (name: string, url: string) =>
      pools.client.create('/api/v1/namespaces/default/secrets', { metadata: { name }, stringData: { url } });
    await secret('away', `redis://:${PASSWORD}@127.0.0.1:${closed}`);
    await secret('well', lasting.url);
    await use(lasting.port, 'well');
    await use(pools.redis.port, 'late', true);
    await pools.applyPool('well', {
      scaling: { mode: 'Fixed', replicas: 0 },
      queue: { name: 'well', redis: { urlFrom: { name: 'well', key: 'url' } } },
    });
    await pools.applyPool('late', { scaling: { mode: 'Fixed', replicas: 1 }, monitoring: { alerts: {} } });
    await pools.applyPool('grows', { scaling: FROM.Auto });
    await pools.applyPool('photos', {
      imagePullSecrets: [{ name: 'nowhere' }],
      queue: { name: 'photos', redis: { urlFrom: { name: 'redis', key: 'url' } } },
    });
    await pools.applyPool('away', { queue: { name: 'away', redis: { urlFrom: { name: 'away', key: 'url' } } } });
    await pools.client.apply(`${POOLS_PATH('tight')}/full`, {
      ...{ apiVersion: 'previews.mobius.dev/v1alpha1', kind: 'PreviewWorkerPool', metadata: { name: 'full' } },
      spec: { ...MINIMAL, queue: { name: 'full', redis: { url: lasting.url } } },
    });
    for (const [name, reason] of [
      ['photos', 'SecretNotFound'],
      ['away', 'RedisUnreachable'],
      ['well', 'ScaledToZero'],
    ] as const)
      await says(`${POOLS_PATH('default')}/${name}`, reason);
    await says(`${POOLS_PATH('tight')}/full`, 'PodsRefused');
    await eventually('the loads are known', async () => (await as(admin(), 'top', 'late')).stdout.includes(' 0/1 '), {
      ...{ seconds: 90, every: 1_000 },
    });
  });
  after(async () => {
    await Promise.all([pools?.stop(), lasting?.stop()]);
  });

  /** A queue that a producer has used; with a job that waits, on request. */
  const use = async (port: number, name: string, waits = false) => {
    const redis = new Redis(port, { maxRetriesPerRequest: null });
    const queue = new Queue(name, { connection: redis });
    const job = await queue.add('preview', {});
    if (!waits) await job.remove();
    await queue.close();
    redis.disconnect();
  };
  const says = (path: string, reason: string) =>
    eventually(
      `${path} says ${reason}`,
      async () => conditionOf(await pools.client.get<Pool>(path), 'Ready')?.reason === reason,
      { seconds: 60 },
    );
  const admin = () => pools.cluster.adminToken;
  const as = (token: string, ...args: readonly string[]) => pwp({ ...pools.cluster, token }, ...args);
  const reportTo = async (token: string, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await as(token, 'doctor', ...args, '-o', 'json');
    expect(stderr).to.equal('');
    const report = JSON.parse(stdout) as DoctorReport;
    expect(fits(report), JSON.stringify(fits.errors)).to.equal(true);
    const of = (check: string) => report.findings.filter((finding) => finding.check === check);
    return { code, report, of, text: stdout };
  };
  const wrong = ({ findings }: DoctorReport) =>
    findings.filter(({ status }) => status === 'failed' || status === 'warning');
  const anchors = (findings: readonly Finding[]) => findings.map(({ guide }) => guide?.split('#')[1]);

  it('ends with 0 where all that can be looked at is as it should be', async () => {
    const { code, report } = await reportTo(admin(), 'well', ...operator);
    expect(wrong(report)).to.deep.equal([]);
    expect(report.findings.filter(({ status }) => status === 'skipped')).to.deep.equal([]);
    expect(code).to.equal(0);
    expect(report.target).to.equal('pool default/well');
    expect([...new Set(report.findings.map(({ check }) => check))]).to.deep.equal([
      ...['api-server', 'crd', 'apis', 'operator', 'conditions', 'secrets', 'pods', 'events', 'load', 'monitoring'],
    ]);
  });

  it('names a Secret that is absent once, and one that only a kubelet would miss', async () => {
    const { code, report } = await reportTo(admin(), 'photos', ...operator);
    expect(code).to.equal(1);
    const found = wrong(report).filter(({ check }) => check === 'conditions' || check === 'secrets');
    expect(anchors(found)).to.deep.equal(['secretnotfound', 'imagepullfailed']);
    expect(found[0]).to.include({ status: 'failed', subject: 'photos' });
    expect(found[0]?.message).to.match(/^SecretNotFound: there is no Secret redis with key url$/);
    expect(found[0]?.remedy).to.equal('create the Secret with that key in the namespace of the pool');
    expect(found[1]?.message).to.contain('there is no Secret nowhere of spec.imagePullSecrets');
  });

  it('looks at Secrets by what the API server gives of their metadata alone', async () => {
    const answer = await pools.client.getMetadata('/api/v1/namespaces/default/secrets/away');
    expect(answer).to.include({ kind: 'PartialObjectMetadata' });
    expect(JSON.stringify(answer)).to.not.contain(Buffer.from(PASSWORD).toString('base64').slice(0, 8));
    expect(answer).to.not.have.any.keys('data', 'stringData');
  });

  it('prints what docs/pwp.md shows', async () => {
    const [, , ...args] = shown.take(/^kubectl pwp doctor/).split(' ');
    const { code, stdout } = await as(admin(), ...args, ...operator);
    expect(code).to.equal(1);
    const page = readFileSync('docs/pwp.md', 'utf8');
    const told = stdout.split('\n').findIndex((line) => line.startsWith('FAILED'));
    expect(page).to.contain(
      `\n${stdout
        .split('\n')
        .slice(told, told + 3)
        .join('\n')}\n`,
    );
  });

  it('tells of a Redis that does not answer, and of no password', async () => {
    const { report, text } = await reportTo(admin(), 'away', ...operator);
    expect(anchors(wrong(report))).to.include('redisunreachable');
    expect(text).to.not.contain(PASSWORD);
    expect((await as(admin(), 'doctor', 'away', ...operator)).stdout).to.not.contain(PASSWORD);
  });

  it('tells of jobs that wait for a pod that can not start, and why it can not', async () => {
    const { items } = await pools.client.list<KubeObject>('/api/v1/namespaces/default/pods', {
      labelSelector: 'previews.mobius.dev/pool=late',
    });
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image' };
    await pools.client.mergePatch(`/api/v1/namespaces/default/pods/${items[0]?.metadata.name}/status`, {
      status: {
        phase: 'Pending',
        containerStatuses: [
          { name: 'worker', image: 'gone:1', imageID: '', ready: false, restartCount: 0, state: { waiting } },
        ],
      },
    });
    await says(`${POOLS_PATH('default')}/late`, 'ImagePullFailed');
    const { of, code } = await reportTo(admin(), 'late', ...operator);
    expect(code).to.equal(1);
    expect(of('conditions')[0]).to.include({
      ...{ status: 'failed', subject: 'late', guide: 'docs/troubleshooting.md#imagepullfailed' },
      message: 'ImagePullFailed: no node can get the image gone:1',
    });
    expect(of('pods'), 'the same again').to.deep.equal([]);
    expect(anchors(of('conditions'))).to.include('crdnotinstalled');
    expect(of('monitoring'), 'that again').to.deep.equal([]);
    expect(of('load')[0]).to.include({ status: 'failed', guide: 'docs/troubleshooting.md#nothing-is-rendered' });
    expect(of('load')[0]?.message).to.equal('1 job wait, 0 run, 0 workers are ready');
  });

  it('tells of an autoscaler that sees no metric', async () => {
    const found = await eventually(
      'it says so',
      async () => {
        const { report } = await reportTo(admin(), 'grows', ...operator);
        return wrong(report).find(({ guide }) => guide?.endsWith('#metricsunavailable'));
      },
      { seconds: 60 },
    );
    expect(found.message).to.match(/the HorizontalPodAutoscaler says FailedGet\w+Metric: /);
    expect(found.remedy).to.contain('see that metrics-server runs');
  });

  it('tells of pods that the API server refuses, with its words and the event', async () => {
    const { report, of } = await reportTo(admin(), '-n', 'tight', ...operator);
    expect(report.target).to.equal('the pools of tight');
    expect(of('conditions')[0]?.message).to.match(/^PodsRefused: .*exceeded quota/);
    expect(of('events')[0]).to.include({ status: 'warning', subject: 'full' });
    expect(of('events')[0]?.message).to.match(/of ReplicaSet preview-full-\w+: FailedCreate: .*exceeded quota/);
  });

  it('looks at all pools of the namespace, and says for people what to do and where the guide tells more', async () => {
    const { code, stdout } = await as(admin(), 'doctor', ...operator);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^ok {6}api-server {2}it answers, Kubernetes v1\.\d+/);
    expect(stdout).to.match(
      /\nFAILED {2}conditions {2}photos: SecretNotFound: .+\n +to do: .+\n +see: +docs\/troubleshooting/,
    );
    const guide = readFileSync('docs/troubleshooting.md', 'utf8');
    for (const [, anchor] of stdout.matchAll(/troubleshooting\.md#(\S+)/g))
      expect(guide).to.contain(`<a id="${anchor}">`);
  });

  it('says to who may view the namespace which looks take more than that', async () => {
    const { code, report, of } = await reportTo(viewer, 'well', ...operator);
    const unseen = report.findings.filter(({ status }) => status === 'skipped');
    expect(unseen.map(({ check }) => check)).to.deep.equal(['secrets']);
    expect(unseen[0]?.message).to.equal('you may not look: this takes the right to get secrets');
    expect(of('conditions')[0]?.status).to.equal('ok');
    expect(code).to.equal(2);
    const { of: inTheCluster } = await reportTo(viewer, 'well');
    expect(inTheCluster('operator')[0]?.message).to.contain(
      'list pods and get leases in the namespace preview-worker-operator',
    );
  });

  it('ends with 2 where the API server does not take the credentials', async () => {
    const { code, stdout } = await as('no-such-token', 'doctor');
    expect(code).to.equal(2);
    expect(stdout).to.match(
      /^FAILED {2}api-server {2}the API server does not take these credentials\n +to do: sign in/,
    );
  });

  it('tells of a pool that is not there', async () => {
    const { code, of } = await reportTo(admin(), 'absent', ...operator);
    expect([code, of('pools')[0]?.message]).to.deep.equal([1, 'there is no pool absent in the namespace default']);
  });

  it('tells of an operator without its roles, and of one that does not lead', async () => {
    const pods = '/api/v1/namespaces/preview-worker-operator/pods';
    const { kubectl } = pools.cluster;
    await kubectl(['-n', 'preview-worker-operator', 'create', 'serviceaccount', 'bare']);
    const labels = { 'app.kubernetes.io/name': 'preview-worker-operator', 'app.kubernetes.io/component': 'operator' };
    await pools.client.create(pods, {
      metadata: { name: 'bare', labels },
      spec: {
        serviceAccountName: 'bare',
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            ...{ name: 'operator', image: 'none:1' },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    });
    const { of } = await reportTo(admin(), 'well');
    expect(of('operator')[0]).to.include({ status: 'failed', message: '0 of 1 operators are ready' });
    expect(of('leader')[0]?.message).to.equal('no operator leads: no pool is looked after');
    expect(of('rights')[0]?.message).to.match(
      /^the operator may not get previewworkerpools and \d+ more in the namespace default$/,
    );
  });

  it('tells of the APIs that an operator which is away no more serves', async () => {
    await pools.stopTheOperator();
    const { of } = await eventually(
      'both are not Available',
      async () => {
        const now = await reportTo(admin(), 'well', ...operator);
        return now.of('apis').filter(({ status }) => status === 'failed').length === 2 && now;
      },
      { seconds: 90 },
    );
    expect(of('apis')[0]?.message).to.match(/^v1alpha1\.queues\.previews\.mobius\.dev is not Available \(503\)/);
    expect(of('operator')[0]?.message).to.match(/^the operator at 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)$/);
  });
});

describe('kubectl pwp doctor before an API server that hangs', function () {
  this.timeout(60_000);
  const sockets = new Set<Socket>();
  let silent: Server;

  before(async () => {
    silent = createServer((socket) => {
      sockets.add(socket);
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('ends with 2 where the kubeconfig does not say whom to ask', async () => {
    const none = await pwp({ server: 'http://127.0.0.1:9', token: 'any' }, 'doctor', '--context', 'absent');
    expect([none.code, none.stderr]).to.deep.equal([2, '']);
    expect(none.stdout).to.match(/^FAILED {2}api-server {2}.*absent/);
  });

  it('ends with 2 and says so', async () => {
    const { port } = silent.address() as { port: number };
    const { code, stdout } = await pwp(
      { server: `http://127.0.0.1:${port}`, token: 'any' },
      'doctor',
      '--timeout',
      '1',
    );
    expect([code, stdout.split('\n')[0]]).to.deep.equal([2, 'FAILED  api-server  no answer within 1 s']);
    expect(stdout).to.contain('docs/troubleshooting.md#the-operator-does-not-answer');
  });
});
