import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { provide } from '../../scripts/tools/provide.ts';
import type { RedisCertificates } from './certificates.ts';
import { freePorts } from './ports.ts';
import { ManagedProcess } from './process.ts';

export interface TestRedis {
  /** Without credentials. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A real redis-server on loopback, set as BullMQ wants it (`noeviction`). */
export async function startRedis({
  appendonly = false,
  password,
  port,
  tls,
  users = [],
  directives = [],
  sentinel = false,
}: {
  appendonly?: boolean;
  password?: string;
  port?: number;
  /** It then speaks nothing else, and wants a certificate of every client. */
  tls?: RedisCertificates;
  /** Lines as `user NAME …` of an ACL file. */
  users?: readonly string[];
  /** Further lines of redis.conf. */
  directives?: readonly string[];
  sentinel?: boolean;
} = {}): Promise<TestRedis> {
  const program = await provide('redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'preview-redis-'));
  const listen = port ?? (await freePorts(1))[0] ?? 0;
  // The password goes in by file: an argument would be readable by every process of the machine.
  const config = [
    'bind 127.0.0.1',
    ...(tls ? [`tls-port ${listen}`, 'port 0'] : [`port ${listen}`]),
    ...(tls ? [`tls-ca-cert-file ${tls.caFile}`] : []),
    // Toward a primary, and a Sentinel toward everybody.
    ...(tls ? ['tls-replication yes'] : []),
    ...(tls ? [`tls-cert-file ${tls.serverCertFile}`, `tls-key-file ${tls.serverKeyFile}`] : []),
    `dir ${folder}`,
    ...(sentinel
      ? []
      : [
          'save ""',
          `appendonly ${appendonly ? 'yes' : 'no'}`,
          'maxmemory-policy noeviction',
          'repl-diskless-sync-delay 0',
        ]),
    ...(password ? [`requirepass ${password}`] : []),
    ...users,
    ...directives,
  ];
  await writeFile(join(folder, 'redis.conf'), `${config.join('\n')}\n`, { mode: 0o600 });
  const server = new ManagedProcess({
    name: 'redis-server',
    command: [program, join(folder, 'redis.conf'), ...(sentinel ? ['--sentinel'] : [])],
    logFile: join(folder, 'redis.log'),
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.ready(() => answersPing(listen, tls), 20);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${listen}`, port: listen, pid: server.pid, stop };
}

/** Any answer will do: with a password it is NOAUTH. */
function answersPing(port: number, tls: RedisCertificates | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const say = () => socket.write('PING\r\n');
    const socket: Socket =
      tls === undefined
        ? createConnection(port, '127.0.0.1', say)
        : connectTls({ port, host: '127.0.0.1', ca: tls.ca, cert: tls.clientCert, key: tls.clientKey }, say);
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(/^[+-]/.test(data.toString()) && !data.toString().startsWith('-LOADING'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
