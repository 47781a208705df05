/** A worker and a producer on every form of Redis, each as the user that docs/redis.md gives it no more than it needs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { Cluster, Redis } from 'ioredis';
import { PreviewClient } from '../../worker/client.ts';
import type { WorkerConfig } from '../../worker/config.generated.ts';
import { documentedUsers } from '../cluster/acl.ts';
import { writeRedisCertificates } from '../cluster/certificates.ts';
import { eventually } from '../cluster/eventually.ts';
import { startRedis } from '../cluster/redis.ts';
import { startRedisCluster } from '../cluster/redis-cluster.ts';
import { startSentinels } from '../cluster/redis-sentinel.ts';
import { scene } from '../fixtures/images.ts';
import { makeSite, type Site, startPod } from './pod.ts';

type Settings = WorkerConfig['redis'];

const PASSWORD = 'f0rms-s3cret';
const SENTINEL_PASSWORD = 's3ntinel-s3cret';

describe('a worker and a producer', function () {
  this.timeout(120_000);
  let site: Site;
  let passwordFile: string;
  const ending: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    site = await makeSite();
    ending.push(() => site.remove());
    passwordFile = await file('password', PASSWORD);
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });

  async function file(name: string, text: string): Promise<string> {
    const path = join(site.folder, name);
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    return path;
  }
  const asUser = async (name: string) => ({ usernameFile: await file(`user-${name}`, name), passwordFile });

  /** A job is rendered, the worker is well and tells of itself in the queue's own slot. */
  async function works(form: Settings, raw: Redis | Cluster, prefix = 'bull'): Promise<void> {
    ending.push(async () => raw.disconnect());
    const queue = { name: 'previews', prefix };
    const redis = { ...form, ...(await asUser('preview-worker')) };
    const pod = await startPod({ site, redisUrl: '', name: 'worker', config: { queue, redis } });
    ending.push(() => pod.stop());
    const producer = { ...form, ...(await asUser('preview-producer')) };
    const client = new PreviewClient({ redis: producer, queue: queue.name, prefix });
    ending.push(() => client.close());
    const path = join(site.inbox, 'one.png');
    await writeFile(path, await scene({ width: 120, height: 90 }).png().toBuffer());
    const job = { version: 1 as const, source: { uri: pathToFileURL(path).href }, outputs: [{ preset: 'grid' }] };
    const { id } = await client.submit(job);
    expect(await client.result(id, { timeoutSeconds: 30 })).to.include({ cached: false });
    expect((await client.dryRun(job, { timeoutSeconds: 30 })).plan.outputs).to.have.length(1);
    const key = (name: string) => `${prefix}:previews:${name}`;
    await eventually('it has told of itself and counted', async () => {
      const [beats, counts] = await Promise.all([raw.hkeys(key('preview-workers')), raw.hgetall(key('preview-stats'))]);
      return beats.join() === 'worker' && Number(counts['finished:interactive']) === 2;
    });
    expect((await pod.health()).status).to.equal('ok');
    expect(await pod.log()).to.not.match(/NOPERM|WRONGPASS|s3cret/);
    expect(await denials(raw), 'what ACL has refused').to.deep.equal([]);
    await pod.terminate();
    expect(await raw.hlen(key('preview-workers')), 'it takes its leave').to.equal(0);
  }

  async function denials(raw: Redis | Cluster): Promise<unknown[]> {
    const servers = raw instanceof Cluster ? raw.nodes('master') : [raw];
    return (await Promise.all(servers.map((server) => server.call('ACL', 'LOG')))).flat();
  }

  it('work at an address, each as its own user', async () => {
    const server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD) });
    ending.push(() => server.stop());
    await works({ url: server.url }, new Redis(server.port, { password: PASSWORD }));
  });

  /** Keys of the servers, and what each side is told of them: of its own certificate, in its form. */
  async function keys() {
    const folder = await mkdtemp(join(tmpdir(), 'preview-tls-'));
    ending.push(() => rm(folder, { recursive: true }));
    const tls = await writeRedisCertificates(folder);
    const { caFile, clientCertFile: certFile, clientKeyFile: keyFile, ca, clientCert: cert, clientKey: key } = tls;
    return { tls, files: { caFile, certFile, keyFile, serverName: 'localhost' }, raw: { ca, cert, key } };
  }

  it('work by TLS, showing a certificate of their own', async () => {
    const { tls, files, raw } = await keys();
    const server = await startRedis({ password: PASSWORD, users: documentedUsers(PASSWORD), tls });
    ending.push(() => server.stop());
    const form = { url: `rediss://127.0.0.1:${server.port}`, tls: files };
    await works(form, new Redis(server.port, { password: PASSWORD, tls: raw }));
  });

  it('work behind Sentinels that want a password of their own', async () => {
    const sentinels = await startSentinels({
      password: PASSWORD,
      sentinelPassword: SENTINEL_PASSWORD,
      users: documentedUsers(PASSWORD),
    });
    ending.push(() => sentinels.stop());
    const { masterName, nodes, servers } = sentinels;
    const sentinel = { masterName, nodes: [...nodes], passwordFile: await file('sentinel', SENTINEL_PASSWORD) };
    await works({ sentinel }, new Redis(servers[0].port, { password: PASSWORD }));
  });

  it('work on a Cluster', async () => {
    const users = documentedUsers(PASSWORD, { inCluster: true });
    const cluster = await startRedisCluster({ password: PASSWORD, users });
    ending.push(() => cluster.stop());
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    await works({ cluster: { nodes } }, new Cluster(nodes, { redisOptions: { password: PASSWORD } }), '{bull}');
  });

  it('work behind Sentinels by TLS, which they and the servers speak among themselves', async () => {
    const { tls, files, raw } = await keys();
    const sentinels = await startSentinels({
      password: PASSWORD,
      sentinelPassword: SENTINEL_PASSWORD,
      users: documentedUsers(PASSWORD),
      tls,
    });
    ending.push(() => sentinels.stop());
    const { masterName, nodes, servers } = sentinels;
    const sentinel = { masterName, nodes: [...nodes], passwordFile: await file('sentinel', SENTINEL_PASSWORD) };
    await works({ sentinel, tls: files }, new Redis(servers[0].port, { password: PASSWORD, tls: raw }));
  });

  it('work on a Cluster by TLS', async () => {
    const { tls, files, raw } = await keys();
    const users = documentedUsers(PASSWORD, { inCluster: true });
    const cluster = await startRedisCluster({ password: PASSWORD, users, tls });
    ending.push(() => cluster.stop());
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const redisOptions = { password: PASSWORD, tls: raw };
    await works({ cluster: { nodes }, tls: files }, new Cluster(nodes, { redisOptions }), '{bull}');
  });
});
