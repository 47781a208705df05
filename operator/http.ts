import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Registry } from 'prom-client';
import { ApiError } from './kube/aggregated-server.ts';
import type { Answers } from './scaling/answers.ts';

export interface Probes {
  /** Why the process should be restarted; undefined when it is well. */
  readonly unhealthy: () => string | undefined;
  /** Why it does no work yet; undefined when it does. */
  readonly unready: () => string | undefined;
}

/** Serves /healthz, /readyz, /metrics, /demand and /scaling; resolves to the server and its address once it listens. */
export async function serve({
  host,
  port,
  registry,
  probes,
  answers,
}: {
  host: string;
  port: number;
  registry: Registry;
  probes: Probes;
  answers: Pick<Answers, 'demand' | 'tell'>;
}): Promise<{ server: Server; address: string }> {
  const app = express().disable('x-powered-by');
  const probe = (check: () => string | undefined) => (_: express.Request, response: express.Response) => {
    const why = check();
    response
      .status(why === undefined ? 200 : 503)
      .type('text/plain')
      .send(why ?? 'ok');
  };
  app.get('/healthz', probe(probes.unhealthy));
  app.get('/readyz', probe(probes.unready));
  app.get('/metrics', async (_, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  app.get('/demand/:namespace/:pool', async ({ params: { namespace, pool } }, response) => {
    try {
      response.json({ workers: await answers.demand(`${namespace}/${pool}`) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      response.status(error.code).type('text/plain').send(error.message);
    }
  });
  app.get('/scaling/:namespace/:pool', ({ params: { namespace, pool } }, response) => {
    response.set('cache-control', 'no-store');
    try {
      response.json(answers.tell(`${namespace}/${pool}`));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code, reason, message } = error;
      response.status(code).json({ code, reason, message });
    }
  });
  const server = app.listen(port, host);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const address = server.address() as AddressInfo;
  return { server, address: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}` };
}
