/** A real Redis Cluster on loopback: three primaries, and a replica of each where a fail-over is wanted. */
import { Redis } from 'ioredis';
import type { RedisCertificates } from './certificates.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './ports.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface TestCluster {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly servers: readonly TestRedis[];
  /** The server that has the slot of this key, as another one says. */
  serverOf(key: string): Promise<TestRedis>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const PRIMARIES = 3;
/** Silence after which a node counts as down: Redis' own default is 15 s. */
const DOWN_MILLISECONDS = 2_000;

export async function startRedisCluster({
  replicas = false,
  password,
  users = [],
  tls,
}: {
  readonly replicas?: boolean;
  readonly password: string;
  readonly users?: readonly string[];
  /** As of `startRedis`; the nodes speak so among themselves, too. */
  readonly tls?: RedisCertificates;
}): Promise<TestCluster> {
  const count = replicas ? 2 * PRIMARIES : PRIMARIES;
  const ports = await freePorts(2 * count);
  const servers: TestRedis[] = [];
  const clients: Redis[] = [];
  const stop = async () => {
    for (const client of clients) client.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (const [at, port] of ports.slice(0, count).entries()) {
      servers.push(
        await startRedis({
          port,
          password,
          users,
          appendonly: true,
          ...(tls ? { tls } : {}),
          directives: [
            ...(tls ? ['tls-cluster yes'] : []),
            `masterauth ${password}`,
            'cluster-enabled yes',
            `cluster-port ${ports[count + at]}`,
            `cluster-node-timeout ${DOWN_MILLISECONDS}`,
          ],
        }),
      );
    }
    for (const { port } of servers) {
      const client = new Redis({
        port,
        password,
        ...(tls ? { tls: { ca: tls.ca, cert: tls.clientCert, key: tls.clientKey } } : {}),
      });
      client.on('error', () => {});
      clients.push(client);
    }
    const [first] = clients;
    if (first === undefined) throw new Error('a cluster has nodes');
    const cluster = (client: Redis, ...words: (string | number)[]) => client.call('CLUSTER', ...words.map(String));
    for (const [at, { port }] of servers.entries()) {
      if (at > 0) await cluster(first, 'MEET', '127.0.0.1', port, ports[count + at] ?? 0);
    }
    for (const [at, client] of clients.slice(0, PRIMARIES).entries()) {
      const [from, to] = [at, at + 1].map((share) => Math.floor((share * SLOTS) / PRIMARIES)) as [number, number];
      await cluster(client, 'ADDSLOTSRANGE', from, to - 1);
    }
    const nodesSeenBy = async (client: Redis) =>
      String(await cluster(client, 'NODES'))
        .trim()
        .split('\n');
    for (const client of clients) {
      await eventually('every node knows every other', async () => (await nodesSeenBy(client)).length === count);
    }
    for (const [at, client] of clients.slice(PRIMARIES).entries()) {
      const id = String(await cluster(clients[at] as Redis, 'MYID'));
      await eventually('a replica follows', async () => (await cluster(client, 'REPLICATE', id)) === 'OK');
    }
    for (const client of clients) {
      await eventually('the cluster is whole', async () => {
        const synced = !replicas || (await client.info('replication')).match(/master_link_status:up|role:master/);
        return synced && String(await cluster(client, 'INFO')).includes('cluster_state:ok');
      });
    }
    return {
      nodes: servers.map(({ port }) => ({ host: '127.0.0.1', port })),
      servers,
      async serverOf(key) {
        const slot = Number(await cluster(first, 'KEYSLOT', key));
        const ranges = (await cluster(first, 'SLOTS')) as [number, number, [string, number]][];
        const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
        const server = servers.find((one) => one.port === port);
        if (server === undefined) throw new Error(`no server has the slot of ${key}`);
        return server;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
