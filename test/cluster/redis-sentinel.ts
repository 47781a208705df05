/** A primary, a replica and three Sentinels, all real and on loopback. */
import { Redis } from 'ioredis';
import type { RedisCertificates } from './certificates.ts';
import { eventually } from './eventually.ts';
import { startRedis, type TestRedis } from './redis.ts';

export interface TestSentinels {
  readonly masterName: string;
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The server that is the primary at the start, and its replica. */
  readonly servers: readonly [primary: TestRedis, replica: TestRedis];
  /** Its port, as the Sentinels say. */
  primaryPort(): Promise<number>;
  stop(): Promise<void>;
}

const MASTER = 'previews';
/** Silence after which a server counts as down: Redis' own default is 30 s. */
const DOWN_MILLISECONDS = 2_000;

export async function startSentinels({
  password,
  sentinelPassword,
  users = [],
  tls,
}: {
  readonly password: string;
  readonly sentinelPassword: string;
  /** Of primary and replica, as lines of an ACL file. */
  readonly users?: readonly string[];
  /** As of `startRedis`, for servers and Sentinels. */
  readonly tls?: RedisCertificates;
}): Promise<TestSentinels> {
  const started: TestRedis[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
  };
  try {
    const start = async (options: Parameters<typeof startRedis>[0]) => {
      const server = await startRedis({ ...options, ...(tls ? { tls } : {}) });
      started.push(server);
      return server;
    };
    const data = { appendonly: true, password, users, directives: [`masterauth ${password}`] };
    const primary = await start(data);
    const follows = [...data.directives, `replicaof 127.0.0.1 ${primary.port}`];
    const replica = await start({ ...data, directives: follows });
    const sentinels = await Promise.all(
      [1, 2, 3].map(() =>
        start({
          sentinel: true,
          password: sentinelPassword,
          directives: [
            `sentinel monitor ${MASTER} 127.0.0.1 ${primary.port} 2`,
            `sentinel auth-pass ${MASTER} ${password}`,
            `sentinel down-after-milliseconds ${MASTER} ${DOWN_MILLISECONDS}`,
            `sentinel failover-timeout ${MASTER} 6000`,
            `sentinel sentinel-pass ${sentinelPassword}`,
          ],
        }),
      ),
    );
    const ask = async <T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> => {
      const redis = new Redis({
        port,
        password: sentinelPassword,
        retryStrategy: () => null,
        enableReadyCheck: false,
        ...(tls ? { tls: { ca: tls.ca, cert: tls.clientCert, key: tls.clientKey } } : {}),
      });
      redis.on('error', () => {});
      return question(redis).finally(() => redis.disconnect());
    };
    // A fail-over needs two Sentinels that know one another, and a replica that they know.
    await Promise.all(
      sentinels.map(({ port }) =>
        eventually(
          'the Sentinels know one another and the replica',
          () =>
            ask(port, async (redis) => {
              const fields = (await redis.call('SENTINEL', 'MASTER', MASTER)) as string[];
              const field = (name: string) => fields[fields.indexOf(name) + 1];
              return field('num-other-sentinels') === '2' && field('num-slaves') === '1';
            }),
          { seconds: 40, every: 250 },
        ),
      ),
    );
    return {
      masterName: MASTER,
      nodes: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      servers: [primary, replica],
      primaryPort: () =>
        ask(sentinels[0]?.port ?? 0, async (redis) => {
          const [, port] = (await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER)) as string[];
          return Number(port);
        }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
