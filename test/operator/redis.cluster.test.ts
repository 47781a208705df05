/** The operator on every form of Redis, as the user that docs/redis.md gives it no more than it needs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { KubeClient } from '../../operator/kube/client.ts';
import type { KubeObject } from '../../operator/kube/object.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { writeRedisCertificates } from '../cluster/certificates.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis } from '../cluster/redis.ts';
import { startRedisCluster } from '../cluster/redis-cluster.ts';
import { startSentinels } from '../cluster/redis-sentinel.ts';
import { adminClient, installCrd, POOLS_PATH, type RunningOperator, startOperator } from './operator.ts';
import { MINIMAL } from './pool/rules.ts';

type Pool = KubeObject & {
  status?: { conditions?: { type: string; status: string; reason: string; message: string }[] };
};

const NAMESPACE = 'default';
const PASSWORD = 'op3rator-s3cret';
const SENTINEL_PASSWORD = 's3ntinel-s3cret';

describe('the operator and Redis', function () {
  this.timeout(120_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let operator: RunningOperator;
  const ending: (() => Promise<unknown>)[] = [];

  before(async () => {
    cluster = await startControlPlane();
    await installCrd(cluster);
    client = adminClient(cluster);
    operator = await startOperator({ server: cluster.server, ca: cluster.ca, adminToken: cluster.adminToken });
    await operator.ready();
  });
  after(async () => {
    await operator?.stop();
    await client?.close();
    await cluster?.stop();
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });

  const secret = (name: string, stringData: Record<string, string>) =>
    client.apply(`/api/v1/namespaces/${NAMESPACE}/secrets/${name}`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      stringData,
    });
  const applyPool = (name: string, redis: object, queue: object = {}) =>
    client.apply(`${POOLS_PATH(NAMESPACE)}/${name}`, {
      apiVersion: 'previews.mobius.dev/v1alpha1',
      kind: 'PreviewWorkerPool',
      metadata: { name },
      spec: { ...MINIMAL, queue: { name: 'previews', redis, ...queue } },
    });
  const condition = (name: string, type: string, reason: string, seconds = 30) =>
    eventually(
      `${type} of pool ${name} says ${reason}`,
      async () => {
        const { status } = await client.get<Pool>(`${POOLS_PATH(NAMESPACE)}/${name}`);
        return status?.conditions?.find((one) => one.type === type && one.reason === reason);
      },
      { seconds },
    );
  const asOperator = (name: string) => ({
    usernameFrom: { name, key: 'username' },
    passwordFrom: { name, key: 'password' },
  });
  const connectionsOf = async (server: Redis) =>
    String(await server.call('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => line.includes('name=preview-operator')).length;
  const credentials = { username: 'preview-operator', password: PASSWORD };

  it('come together by TLS, showing a certificate of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'preview-tls-'));
    ending.push(() => rm(folder, { recursive: true }));
    const tls = await writeRedisCertificates(folder);
    const server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD), tls });
    ending.push(() => server.stop());
    await secret('tls', { ...credentials, ca: tls.ca, cert: tls.clientCert, key: tls.clientKey });
    const from = (key: string) => ({ name: 'tls', key });
    const url = `rediss://127.0.0.1:${server.port}`;
    const files = { caFrom: from('ca'), certFrom: from('cert'), keyFrom: from('key') };
    await applyPool('tls', { url, ...asOperator('tls'), tls: { ...files, serverName: 'localhost' } });
    expect(await condition('tls', 'RedisReady', 'Connected')).to.include({ status: 'True' });
    await applyPool('untrusted', { url, ...asOperator('tls'), tls: {} });
    expect((await condition('untrusted', 'RedisReady', 'RedisUnreachable')).message).to.match(/certificate/);
  });

  it('come together behind Sentinels that want a password of their own, also after a fail-over', async () => {
    const users = documentedUsers(PASSWORD);
    const sentinels = await startSentinels({ password: PASSWORD, sentinelPassword: SENTINEL_PASSWORD, users });
    ending.push(() => sentinels.stop());
    const { masterName, nodes, servers } = sentinels;
    await secret('sentinel', { ...credentials, sentinel: SENTINEL_PASSWORD });
    const sentinel = { masterName, nodes: [...nodes], passwordFrom: { name: 'sentinel', key: 'sentinel' } };
    await applyPool('sentinel', { sentinel, ...asOperator('sentinel') });
    await condition('sentinel', 'RedisReady', 'Connected');
    await servers[0].stop();
    const second = new Redis(servers[1].port, { password: PASSWORD });
    ending.push(async () => second.disconnect());
    const asked = async () => {
      const [role] = (await second.call('ROLE')) as string[];
      return role === 'master' && (await connectionsOf(second)) === 1;
    };
    await eventually('it asks the new primary', asked, { seconds: 60 });
    await condition('sentinel', 'RedisReady', 'Connected');
  });

  it('come together on a Cluster', async () => {
    const users = documentedUsers(PASSWORD, { inCluster: true });
    const nodes = await startRedisCluster({ password: PASSWORD, users });
    ending.push(() => nodes.stop());
    await secret('nodes', credentials);
    await applyPool('nodes', { cluster: { nodes: nodes.nodes }, ...asOperator('nodes') }, { prefix: '{bull}' });
    await condition('nodes', 'RedisReady', 'Connected');
  });

  it('come together again when the Secret has the new password, without a restart', async () => {
    const server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    ending.push(() => server.stop());
    const admin = new Redis(server.port, { password: PASSWORD });
    ending.push(async () => admin.disconnect());
    await secret('rotated', credentials);
    await applyPool('rotated', { url: server.url, ...asOperator('rotated') });
    await condition('rotated', 'RedisReady', 'Connected');
    const rotate = async (password: string) => {
      await admin.call('ACL', 'SETUSER', credentials.username, 'resetpass', `>${password}`);
      await admin.call('CLIENT', 'KILL', 'USER', credentials.username);
    };
    await rotate('another');
    const { message } = await condition('rotated', 'RedisReady', 'RedisUnreachable', 60);
    expect(message)
      .to.match(/WRONGPASS/)
      .and.not.contain(PASSWORD);
    await secret('rotated', { ...credentials, password: 'another' });
    await condition('rotated', 'RedisReady', 'Connected');
    await eventually('only the new connection is left', async () => (await connectionsOf(admin)) === 1);
  });

  it('share one connection for all pools of one endpoint and user, and none is left of pools that are gone', async () => {
    const server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    ending.push(() => server.stop());
    const admin = new Redis(server.port, { password: PASSWORD });
    ending.push(async () => admin.disconnect());
    await secret('shared', credentials);
    const names = ['shared-a', 'shared-b', 'shared-c'];
    for (const name of names) await applyPool(name, { url: server.url, ...asOperator('shared') });
    for (const name of names) await condition(name, 'RedisReady', 'Connected');
    expect(await connectionsOf(admin)).to.equal(1);
    for (const name of names) await client.delete(`${POOLS_PATH(NAMESPACE)}/${name}`);
    await eventually('the connection is closed', async () => (await connectionsOf(admin)) === 0);
  });
});
