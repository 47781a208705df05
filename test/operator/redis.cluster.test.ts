/** The operator on every form of Redis, as the user that docs/redis.md gives it no more than it needs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { KubeClient } from '../../operator/kube/client.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { writeRedisCertificates } from '../cluster/certificates.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis } from '../cluster/redis.ts';
import { startRedisCluster } from '../cluster/redis-cluster.ts';
import { startSentinels } from '../cluster/redis-sentinel.ts';
import { adminClient, installCrd, type RunningOperator, startOperator } from './operator.ts';
import { poolsOn } from './pools.ts';

const PASSWORD = 'op3rator-s3cret';
const SENTINEL_PASSWORD = 's3ntinel-s3cret';

describe('the operator and Redis', function () {
  this.timeout(180_000);
  let cluster: ControlPlane;
  let client: KubeClient;
  let operator: RunningOperator;
  let pools: ReturnType<typeof poolsOn>;
  const ending: (() => Promise<unknown>)[] = [];

  before(async () => {
    cluster = await startControlPlane({ beforeControllers: installCrd });
    client = adminClient(cluster);
    pools = poolsOn(client);
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

  /** The servers of tests keep nothing on disk, so that they are not without warnings. */
  const connected = (name: string) => pools.condition(name, 'RedisReady', 'ConnectedWithWarnings');
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
    await pools.secret('tls', { ...credentials, ca: tls.ca, cert: tls.clientCert, key: tls.clientKey });
    const from = (key: string) => ({ name: 'tls', key });
    const url = `rediss://127.0.0.1:${server.port}`;
    const files = { caFrom: from('ca'), certFrom: from('cert'), keyFrom: from('key') };
    await pools.apply('tls', { url, ...asOperator('tls'), tls: { ...files, serverName: 'localhost' } });
    await connected('tls');
    await pools.apply('untrusted', { url, ...asOperator('tls'), tls: {} });
    expect((await pools.condition('untrusted', 'RedisReady', 'RedisUnreachable')).message).to.match(/certificate/);
  });

  it('come together behind Sentinels that want a password of their own, also after a fail-over', async () => {
    const users = documentedUsers(PASSWORD);
    const sentinels = await startSentinels({ password: PASSWORD, sentinelPassword: SENTINEL_PASSWORD, users });
    ending.push(() => sentinels.stop());
    const { masterName, nodes, servers } = sentinels;
    await pools.secret('sentinel', { ...credentials, sentinel: SENTINEL_PASSWORD });
    const sentinel = { masterName, nodes: [...nodes], passwordFrom: { name: 'sentinel', key: 'sentinel' } };
    await pools.apply('sentinel', { sentinel, ...asOperator('sentinel') });
    await pools.condition('sentinel', 'RedisReady', 'Connected');
    await servers[0].stop();
    const second = new Redis(servers[1].port, { password: PASSWORD });
    second.on('error', () => {});
    ending.push(async () => second.disconnect());
    const asked = async () => {
      const [role] = (await second.call('ROLE')) as string[];
      return role === 'master' && (await connectionsOf(second)) === 1;
    };
    await eventually('it asks the new primary', asked, { seconds: 90 });
    await pools.condition('sentinel', 'RedisReady', 'Connected');
  });

  it('come together on a Cluster', async () => {
    const users = documentedUsers(PASSWORD, { inCluster: true });
    const nodes = await startRedisCluster({ password: PASSWORD, users });
    ending.push(() => nodes.stop());
    await pools.secret('nodes', credentials);
    await pools.apply('nodes', { cluster: { nodes: nodes.nodes }, ...asOperator('nodes') }, { prefix: '{bull}' });
    await pools.condition('nodes', 'RedisReady', 'Connected');
  });

  it('come together by TLS behind Sentinels and on a Cluster, which speak it among themselves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'preview-tls-'));
    ending.push(() => rm(folder, { recursive: true }));
    const tls = await writeRedisCertificates(folder);
    const [sentinels, nodes] = await Promise.all([
      startSentinels({
        password: PASSWORD,
        sentinelPassword: SENTINEL_PASSWORD,
        users: documentedUsers(PASSWORD),
        tls,
      }),
      startRedisCluster({ password: PASSWORD, users: documentedUsers(PASSWORD, { inCluster: true }), tls }),
    ]);
    ending.push(
      () => sentinels.stop(),
      () => nodes.stop(),
    );
    const keys = { ca: tls.ca, cert: tls.clientCert, key: tls.clientKey };
    await pools.secret('encrypted', { ...credentials, sentinel: SENTINEL_PASSWORD, ...keys });
    const from = (key: string) => ({ name: 'encrypted', key });
    const user = {
      ...asOperator('encrypted'),
      tls: { caFrom: from('ca'), certFrom: from('cert'), keyFrom: from('key'), serverName: 'localhost' },
    };
    const { masterName } = sentinels;
    const sentinel = { masterName, nodes: [...sentinels.nodes], passwordFrom: from('sentinel') };
    await pools.apply('tls-sentinel', { sentinel, ...user });
    await pools.apply('tls-nodes', { cluster: { nodes: nodes.nodes }, ...user }, { prefix: '{bull}' });
    for (const name of ['tls-sentinel', 'tls-nodes']) await pools.condition(name, 'RedisReady', 'Connected');
  });

  it('come together again when the Secret has the new password, without a restart', async () => {
    const server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    ending.push(() => server.stop());
    const admin = new Redis(server.port, { password: PASSWORD });
    admin.on('error', () => {});
    ending.push(async () => admin.disconnect());
    await pools.secret('rotated', credentials);
    await pools.apply('rotated', { url: server.url, ...asOperator('rotated') });
    await connected('rotated');
    const rotate = async (password: string) => {
      await admin.call('ACL', 'SETUSER', credentials.username, 'resetpass', `>${password}`);
      await admin.call('CLIENT', 'KILL', 'USER', credentials.username);
    };
    await rotate('another');
    // The first look may still meet the connection that was cut.
    const { message } = await eventually('the password is refused', async () => {
      await pools.look('rotated');
      const found = await pools.condition('rotated', 'RedisReady', 'RedisUnreachable');
      return found.message.includes('WRONGPASS') && found;
    });
    expect(message).to.not.contain(PASSWORD);
    await pools.secret('rotated', { ...credentials, password: 'another' });
    await connected('rotated');
    await eventually('only the new connection is left', async () => (await connectionsOf(admin)) === 1);
  });

  it('share one connection for all pools of one endpoint and user, and none is left of pools that are gone', async () => {
    const server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    ending.push(() => server.stop());
    const admin = new Redis(server.port, { password: PASSWORD });
    admin.on('error', () => {});
    ending.push(async () => admin.disconnect());
    await pools.secret('shared', credentials);
    const names = ['shared-a', 'shared-b', 'shared-c'];
    for (const name of names) await pools.apply(name, { url: server.url, ...asOperator('shared') });
    for (const name of names) await connected(name);
    expect(await connectionsOf(admin)).to.equal(1);
    for (const name of names) await pools.remove(name);
    await eventually('the connection is closed', async () => (await connectionsOf(admin)) === 0);
  });
});
