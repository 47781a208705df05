import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { expect } from 'chai';
import { AggregatedServer, ApiError } from '../../../operator/kube/aggregated-server.ts';
import type { KubeClient } from '../../../operator/kube/client.ts';
import { WORKERS_METRIC } from '../../../operator/pool/names.ts';
import { API_SERVICE, metricsApi } from '../../../operator/scaling/metrics-api.ts';
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts';
import { eventually } from '../../cluster/eventually.ts';
import { freePorts } from '../../cluster/ports.ts';
import { adminClient } from '../operator.ts';

const SERVICE = 'metrics';
const SECRET = 'serving';
const VALUE_PATH = `/apis/external.metrics.k8s.io/v1beta1/namespaces/default/${WORKERS_METRIC}`;
const query = (pool: string) => `?labelSelector=${encodeURIComponent(`previews.mobius.dev/pool=${pool}`)}`;

interface Answer {
  readonly code: number;
  readonly body: { readonly reason?: string; readonly items?: readonly { readonly value: string }[] };
}

describe('the metrics API below a real API server', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let server: AggregatedServer;
  let port: number;
  const problems: string[] = [];

  const secretPath = `/api/v1/namespaces/default/secrets/${SECRET}`;
  const secret = () => client.get<{ data: Record<string, string>; metadata: { resourceVersion: string } }>(secretPath);
  const apply = (path: string, kind: string, apiVersion: string, name: string, body: object) =>
    client.apply(path, { apiVersion, kind, metadata: { name }, ...body });
  const newServer = (mayRenew: boolean, listenOn = 0) =>
    new AggregatedServer({
      client,
      namespace: 'default',
      secret: SECRET,
      service: SERVICE,
      host: '127.0.0.1',
      port: listenOn,
      mayRenew: () => mayRenew,
      apis: [
        metricsApi(async (key) => {
          if (key === 'default/known') return 7;
          if (key === 'default/broken') throw new Error('redis://user:secret@host');
          throw new ApiError(503, 'ServiceUnavailable', `pool ${key} is not known for long enough`, 5);
        }),
      ],
      onProblem: (error) => problems.push(error.message),
    });
  const isAvailable = async () => {
    const { status } = await client.get<{
      status?: { conditions?: { type: string; status: string; message?: string }[] };
    }>(`/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`);
    return status?.conditions?.some(({ type, status: holds }) => type === 'Available' && holds === 'True');
  };
  const ask = (path: string, token = cluster.adminToken) =>
    new Promise<Answer>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      const asked = request(`${cluster.server}${path}`, { ca: cluster.ca, headers }, (response) =>
        collect(response).then(resolve, reject),
      );
      asked.on('error', reject).end();
    });
  /** Past the API server. */
  const askDirectly = async (
    certificate: string | undefined,
    headers: Record<string, string | string[]>,
    path: string,
  ) => {
    const pki = (file: string) => readFile(join(cluster.folder, 'pki', file));
    const own = certificate ? { cert: await pki(`${certificate}.crt`), key: await pki(`${certificate}.key`) } : {};
    return new Promise<Answer>((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port, path, headers, rejectUnauthorized: false, agent: false, ...own },
        (response) => collect(response).then(resolve, reject),
      );
      asked.on('error', reject).end();
    });
  };

  before(async () => {
    cluster = await startControlPlane({ controllers: false });
    client = adminClient(cluster);
    await apply(secretPath, 'Secret', 'v1', SECRET, {});
    // There before it starts, so that it is told of by its first look and not by the next, a minute later.
    [port = 0] = await freePorts(1);
    await apply(`/api/v1/namespaces/default/services/${SERVICE}`, 'Service', 'v1', SERVICE, {
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
    });
    const service = { namespace: 'default', name: SERVICE, port };
    await apply(
      `/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`,
      'APIService',
      'apiregistration.k8s.io/v1',
      API_SERVICE,
      {
        spec: {
          group: 'external.metrics.k8s.io',
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          service,
        },
      },
    );
    server = newServer(true, port);
    await server.start();
    await eventually('the API is available', isAvailable, { seconds: 60 });
  });
  after(async () => {
    await server?.stop();
    await client?.close();
    await cluster?.stop();
  });

  it('the API server tells Prometheus whether it reaches the API, as the alert on it expects', async () => {
    const told = async () =>
      (await client.proxied('/metrics')).text.split('\n').filter((line) => line.includes(API_SERVICE));
    await eventually('it is told to be reached', async () =>
      (await told()).includes(`aggregator_unavailable_apiservice{name="${API_SERVICE}"} 0`),
    );
  });

  it('answers with the number of one pool, and lists itself in discovery', async () => {
    const { code, body } = await ask(VALUE_PATH + query('known'));
    expect([code, body.items?.map(({ value }) => value)]).to.deep.equal([200, ['7']]);
    await eventually('it is listed', async () => {
      const listed = await cluster.kubectl(['api-resources', '--api-group=external.metrics.k8s.io', '-o', 'name']);
      return listed.trim() === `${WORKERS_METRIC}.external.metrics.k8s.io`;
    });
    expect(server.ownershipOf(API_SERVICE)).to.equal('ours');
  });

  it('has no number but an error where there is none, and tells nothing of a failure of its own', async () => {
    const unknown = await ask(VALUE_PATH + query('unknown'));
    expect([unknown.code, unknown.body.reason]).to.deep.equal([503, 'ServiceUnavailable']);
    const broken = await ask(VALUE_PATH + query('broken'));
    expect([broken.code, JSON.stringify(broken.body)]).to.satisfy(
      ([code, text]: [number, string]) => code === 500 && !text.includes('secret'),
    );
    expect(problems.pop()).to.contain('redis://');
    for (const bad of ['', '?labelSelector=a%3Db', `${query('known')}%2Ca%3Db`])
      expect((await ask(VALUE_PATH + bad)).code, bad).to.equal(400);
    expect(
      (await ask(`/apis/external.metrics.k8s.io/v1beta1/namespaces/default/others${query('known')}`)).code,
    ).to.equal(404);
  });

  it('answers nobody who comes past the API server, whatever he says he is', async () => {
    const headers = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
    for (const certificate of [undefined, 'apiserver'])
      expect((await askDirectly(certificate, headers, VALUE_PATH + query('known'))).code).to.equal(401);
    expect((await askDirectly('front-proxy', {}, VALUE_PATH + query('known'))).code).to.equal(401);
    expect((await askDirectly('front-proxy', headers, VALUE_PATH + query('known'))).code).to.equal(200);
  });

  it('asks the API server whether the user may: its autoscaler may from the start', async () => {
    const as = (account: string) => ({
      'x-remote-user': `system:serviceaccount:kube-system:${account}`,
      'x-remote-group': ['system:serviceaccounts', 'system:authenticated'],
    });
    const { code } = await askDirectly('front-proxy', as('horizontal-pod-autoscaler'), VALUE_PATH + query('known'));
    expect(code).to.equal(200);
    const stranger = await askDirectly('front-proxy', as('default'), VALUE_PATH + query('known'));
    expect([stranger.code, stranger.body.reason]).to.deep.equal([403, 'Forbidden']);
  });

  it('a process that may not write serves the same certificate, and goes on with what another renewed', async () => {
    const standby = newServer(false);
    await standby.start();
    try {
      await eventually('the standby serves', () => standby.isServing);
      const { data } = await secret();
      expect(Object.keys(data).sort()).to.deep.equal(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    } finally {
      await standby.stop();
    }
  });

  it('damaged keys are made anew, and the API comes back by itself', async () => {
    const { data } = await secret();
    await client.mergePatch(secretPath, {
      data: { 'ca.crt': Buffer.from('nonsense').toString('base64'), 'tls.crt': null },
    });
    await server.stop();
    server = newServer(true);
    port = await server.start();
    await client.mergePatch(`/api/v1/namespaces/default/services/${SERVICE}`, { spec: { ports: [{ port }] } });
    await client.mergePatch(`/apis/apiregistration.k8s.io/v1/apiservices/${API_SERVICE}`, {
      spec: { service: { port } },
    });
    await eventually('it serves', async () => (await ask(VALUE_PATH + query('known'))).code === 200, { seconds: 60 });
    expect((await secret()).data['ca.key']).to.not.equal(data['ca.key']);
  });
});

async function collect(response: import('node:http').IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of response) text += chunk;
  const isJson = response.headers['content-type']?.includes('json') ?? false;
  return { code: response.statusCode ?? 0, body: isJson ? (JSON.parse(text) as Answer['body']) : {} };
}
