/** The board behind its login: one door for pages, files and data, which only opens for reading. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBullBoard } from '@bull-board/api';
import { ExpressAdapter } from '@bull-board/express';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { MOST_JOBS } from '../queue-api/list-jobs.ts';
import { Throttle } from '../queue-api/throttle.ts';
import { READ_ONLY } from './board-job.ts';
import type { BoardQueue } from './board-queue.ts';
import type { Login } from './login.ts';

const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 200;
/** Wrong logins from one address: after ten, one in five seconds. */
const WRONG_LOGINS = { perSecond: 0.2, burst: 10 };

export interface QueueUiOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How many proxies before it may be believed about who asks. */
  readonly trustedProxies: number;
  readonly login: Login;
  readonly queues: readonly BoardQueue[];
  readonly log: Pick<Logger, 'warn'>;
}

/** Resolves to the server and its address once it listens. */
export async function serveQueueUi(options: QueueUiOptions): Promise<{ server: Server; address: string }> {
  const { host, port } = options;
  const app = express().disable('x-powered-by').set('trust proxy', options.trustedProxies);
  app.use(headers());
  app.get('/healthz', (_, response) => {
    response.type('text/plain').send('ok');
  });
  app.use(signedIn(options), onlyReading, pagesOfUse, board(options.queues));
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, app);
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(port, host);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const { port: taken } = server.address() as AddressInfo;
  return { server, address: `http://${host.includes(':') ? `[${host}]` : host}:${taken}` };
}

/** Nothing is fetched from, sent to or shown within another origin. */
function headers(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // The board sets styles of elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // It speaks plain HTTP: what else its host serves is for whoever ends TLS to say.
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
}

/** Every request bears the login: there is no session to steal, and none to forge a request with. */
function signedIn({ login, log }: QueueUiOptions): RequestHandler {
  const wrong = new Throttle(WRONG_LOGINS);
  return async (request, response, next) => {
    response.set('cache-control', 'no-store');
    const { authorization } = request.headers;
    const from = request.ip ?? 'nowhere';
    const refuse = (status: number, message: string) => response.status(status).type('text/plain').send(message);
    const right = await login.admits(authorization).catch((error: unknown) => {
      log.warn({ err: error }, 'nobody can sign in');
    });
    if (right === undefined) {
      refuse(503, 'nobody can sign in now: the log of the queue UI says why');
      return;
    }
    // Only now: of guesses at the same time, too, no more are answered than there may be.
    const wait = wrong.wait(from);
    if (wait !== undefined) {
      response.set('retry-after', String(wait));
      refuse(429, `too many wrong logins: come again in ${wait} s`);
      return;
    }
    if (right) return next();
    // A browser asks without one before it asks its user.
    if (authorization !== undefined) {
      wrong.take(from);
      log.warn({ from }, 'a wrong login');
    }
    response.set('www-authenticate', 'Basic realm="queues of previews", charset="UTF-8"');
    refuse(401, 'sign in with the username and password of the Secret');
  };
}

const onlyReading: RequestHandler = ({ method }, response, next) => {
  if (method === 'GET' || method === 'HEAD') return next();
  response.status(405).set('allow', 'GET, HEAD').json({ error: READ_ONLY, message: READ_ONLY });
};

/** The board counts pages by what it is asked for: of a larger one the rest would never be shown. */
const pagesOfUse: RequestHandler = ({ query }, response, next) => {
  const asked = query['jobsPerPage'];
  if (asked === undefined || (typeof asked === 'string' && /^\d{1,3}$/.test(asked) && Number(asked) <= MOST_JOBS))
    return next();
  response.status(400).json({ error: `jobsPerPage is a number up to ${MOST_JOBS}` });
};

function board(queues: readonly BoardQueue[]): RequestHandler {
  const serverAdapter = new ExpressAdapter().setBasePath('/');
  createBullBoard({
    queues,
    serverAdapter,
    options: {
      uiBasePath: dirname(fileURLToPath(import.meta.resolve('@bull-board/ui/package.json'))),
      uiConfig: {
        boardTitle: 'Preview queues',
        hideDocsLink: true,
        hideRedisDetails: true,
        showMetrics: false,
        showWorkers: false,
      },
    },
  });
  return (serverAdapter.getRouter() as express.Express).disable('x-powered-by');
}
