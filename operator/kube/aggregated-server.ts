/**
 * Serves an API of our own below the API server's: the aggregator brings each request and says who it is from, the API
 * server's authorizers say whether that one may. Every process answers; only one that may write renews the certificate.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Access, AccessReviews } from './access-review.ts';
import { type FrontProxy, readFrontProxy, userOf } from './front-proxy.ts';
import { type Ownership, ServingCertificate, type ServingCertificateOptions } from './serving-certificate.ts';

/** Longer than the API server keeps a connection that it does not use (90 s): else it sends into one that we close. */
const KEEP_ALIVE_MS = 100_000;
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 1_000;
/** Of the front proxy's authority, which a cluster rotates with its own. */
const LOOK_SECONDS = 60;
const FIRST_LOOK_SECONDS = 2;

export interface AggregatedServerOptions extends Omit<ServingCertificateOptions, 'onCertificate' | 'now'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What a request wants to do; undefined where there is nothing. */
  readonly accessOf: (request: express.Request) => Access | undefined;
  readonly answer: (request: express.Request) => Promise<Answer>;
}

export interface Answer {
  readonly body: object;
  /** Media type; absent for plain JSON. */
  readonly type?: string;
}

/** What an `answer` throws for the client to see; anything else is a failure of ours, and is not told. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: number, reason: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class AggregatedServer {
  readonly #options: AggregatedServerOptions;
  readonly #server: Server;
  readonly #reviews: AccessReviews;
  readonly #certificate: ServingCertificate;
  #context: { cert?: string; key?: string; ca?: string } = {};
  #frontProxy: FrontProxy | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: AggregatedServerOptions) {
    this.#options = options;
    this.#reviews = new AccessReviews(options);
    const app = express().disable('x-powered-by').disable('etag');
    app.use(async (request, response) => {
      try {
        const { body, type = 'application/json' } = await this.#answer(request);
        response.setHeader('content-type', type);
        response.end(JSON.stringify(body));
      } catch (error) {
        if (!(error instanceof ApiError)) options.onProblem(error as Error);
        respond(response, error);
      }
    });
    this.#server = createServer(
      {
        // A stranger shall hear a 401 and not a broken connection.
        requestCert: true,
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2',
        keepAliveTimeout: KEEP_ALIVE_MS,
        headersTimeout: REQUEST_MS,
        requestTimeout: REQUEST_MS,
      },
      app,
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#certificate = new ServingCertificate({
      ...options,
      onCertificate: ({ 'tls.crt': cert, 'tls.key': key }) => this.#show({ cert, key }),
    });
  }

  /** Whose the API's group is; undefined before the first look. */
  get ownership(): Ownership | undefined {
    return this.#certificate.ownership;
  }

  /** Whether requests of the API server can be answered. */
  get isServing(): boolean {
    return this.#certificate.isServed && this.#frontProxy !== undefined;
  }

  /** Resolves to its port once it listens and knows whose the group is; it serves when it has what the cluster gives it. */
  async start(): Promise<number> {
    const { host, port } = this.#options;
    this.#server.listen(port, host);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('listening', resolve);
      this.#server.once('error', reject);
    });
    void this.#look();
    await this.#certificate.start();
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#certificate.stop();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const last = setTimeout(() => this.#server.closeAllConnections(), 1_000);
    await closed;
    clearTimeout(last);
  }

  async #look(): Promise<void> {
    try {
      this.#frontProxy = await readFrontProxy(this.#options.client);
      if (this.#frontProxy.ca !== this.#context.ca) this.#show({ ca: this.#frontProxy.ca });
    } catch (error) {
      this.#options.onProblem(error as Error);
    }
    const seconds = this.#frontProxy === undefined ? FIRST_LOOK_SECONDS : LOOK_SECONDS;
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#look(), seconds * 1000);
  }

  #show(part: { cert?: string; key?: string; ca?: string }): void {
    this.#context = { ...this.#context, ...part };
    this.#server.setSecureContext(this.#context);
  }

  async #answer(request: express.Request): Promise<Answer> {
    const { accessOf, answer } = this.#options;
    const user = this.#frontProxy && userOf(this.#frontProxy, request);
    if (user === undefined)
      throw new ApiError(401, 'Unauthorized', 'Unauthorized: requests have to come through the API server');
    if (request.method !== 'GET')
      throw new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
    const access = accessOf(request);
    if (access === undefined) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
    if (!(await this.#reviews.allows(user, access)))
      throw new ApiError(403, 'Forbidden', `user ${JSON.stringify(user.username)} may not get ${request.path}`);
    return answer(request);
  }
}

function respond(response: express.Response, error: unknown): void {
  const { code, reason, message, retryAfterSeconds } =
    error instanceof ApiError ? error : new ApiError(500, 'InternalError', 'the request failed');
  if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds));
  const details = retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } };
  response
    .status(code)
    .json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...details });
}
