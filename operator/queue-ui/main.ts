#!/usr/bin/env node
/** The process of the queue UI: constructs everything, runs until SIGTERM or SIGINT. */
import { readFile } from 'node:fs/promises';
import { createLog } from '../log.ts';
import { RedisConnections } from '../redis/connections.ts';
import { endpointOfUrl } from '../redis/endpoint.ts';
import { BoardQueue } from './board-queue.ts';
import { Login } from './login.ts';
import { serveQueueUi } from './server.ts';
import { type QueueUiSettings, readQueueUiSettings } from './settings.ts';

async function run(settings: QueueUiSettings): Promise<void> {
  const log = createLog(settings.logLevel, 'queue-ui');
  const login = new Login(settings);
  await login.read();
  const connections = new RedisConnections();
  const endpoint = async () => {
    const found = endpointOfUrl((await readFile(settings.redisUrlFile, 'utf8')).trimEnd());
    if (found === undefined)
      throw new Error(
        `${settings.redisUrlFile} must hold redis://[user:password@]host[:port][/database], or rediss://`,
      );
    return found;
  };
  await endpoint();
  const queues = settings.queues.map(
    (queue) =>
      new BoardQueue(queue, async (look) => connections.ask(`${queue.prefix}:${queue.name}`, await endpoint(), look)),
  );
  const { server, address } = await serveQueueUi({
    ...{ host: settings.listenHost, port: settings.listenPort, trustedProxies: settings.trustedProxies },
    ...{ login, queues, log },
  });
  log.info({ address, queues: queues.map((queue) => queue.getName()) }, 'queue UI started');
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      server.close(() => log.info({ signal }, 'stopped'));
      server.closeAllConnections();
      connections.close();
    });
}

try {
  await run(readQueueUiSettings(process.argv));
} catch (error) {
  process.stderr.write(`preview-worker-queue-ui: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
