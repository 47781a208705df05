import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provide } from '../../scripts/tools/provide.ts';
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
}: {
  appendonly?: boolean;
  password?: string;
  port?: number;
} = {}): Promise<TestRedis> {
  const program = await provide('redis-server');
  const folder = await mkdtemp(join(tmpdir(), 'preview-redis-'));
  const listen = port ?? (await freePorts(1))[0] ?? 0;
  // The password goes in by file: an argument would be readable by every process of the machine.
  const config = [
    'bind 127.0.0.1',
    `port ${listen}`,
    `dir ${folder}`,
    'save ""',
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    'maxmemory-policy noeviction',
    ...(password ? [`requirepass ${password}`] : []),
  ];
  await writeFile(join(folder, 'redis.conf'), `${config.join('\n')}\n`, { mode: 0o600 });
  const server = new ManagedProcess({
    name: 'redis-server',
    command: [program, join(folder, 'redis.conf')],
    logFile: join(folder, 'redis.log'),
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.ready(() => answersPing(listen), 20);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${listen}`, port: listen, pid: server.pid, stop };
}

/** Any answer will do: with a password it is NOAUTH. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(/^[+-]/.test(data.toString()) && !data.toString().startsWith('-LOADING'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
