import { once } from 'node:events';
import { type AddressInfo, isIP } from 'node:net';
import express, { type Response } from 'express';
import type { Registry } from 'prom-client';
import type { Condition } from './health.ts';

export interface HttpOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly condition: Condition;
  readonly registry: Registry;
}

/** Serves health, probes and metrics; resolves to the address once it listens. */
export async function serveHttp({ host, port, condition, registry }: HttpOptions) {
  const app = express().disable('x-powered-by');
  app.get('/api/preview/worker/health', async (_, response) => {
    const health = await condition.look();
    response.status(health.status === 'ok' ? 200 : 503).json(health);
  });
  app.get('/livez', (_, response) => say(response, condition.dead));
  app.get('/readyz', (_, response) => say(response, condition.unready));
  app.get('/metrics', async (_, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  const server = app.listen(port, host);
  await once(server, 'listening').catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new Error(
      `health and metrics can not listen at ${host}, port ${port} (${code ?? message}): PREVIEW_LISTEN_HOST and PREVIEW_LISTEN_PORT name another, port 0 a free one`,
    );
  });
  const { port: taken } = server.address() as AddressInfo;
  // `kubectl port-forward` comes by the pod's loopback, whatever the address of the pod. Where pods share a network one of them has it.
  const forwarded = isOfPod(host) ? app.listen(taken, '127.0.0.1').on('error', () => {}) : undefined;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () => {
      for (const one of [server, forwarded]) {
        one?.close();
        one?.closeAllConnections();
      }
    },
  };
}

/** Neither loopback nor every address of the machine. */
const isOfPod = (host: string): boolean => isIP(host) !== 0 && !/^(127\.|0\.0\.0\.0$|::1?$)/.test(host);

function say(response: Response, why: string | undefined): void {
  response
    .status(why === undefined ? 200 : 503)
    .type('text/plain')
    .send(why ?? 'ok');
}
