/**
 * Serves APIs of our own below the API server's: the aggregator brings each request and says who it is from, the API
 * server's authorizers say whether that one may. Every process answers; only one that may write renews the certificate.
 */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Access, AccessReviews } from './access-review.ts';
import { type ApiGroup, discoveryOf } from './discovery.ts';
import { type FrontProxy, readFrontProxy, type User, userOf } from './front-proxy.ts';
import { type Ownership, ServingCertificate, type ServingCertificateOptions } from './serving-certificate.ts';

/** Longer than the API server keeps a connection that it does not use (90 s): else it sends into one that we close. */
const KEEP_ALIVE_MS = 100_000;
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 1_000;
const MAX_BODY_BYTES = 65_536;
/** Of the front proxy's authority, which a cluster rotates with its own. */
const LOOK_SECONDS = 60;
const FIRST_LOOK_SECONDS = 2;

export interface AggregatedServerOptions
  extends Omit<ServingCertificateOptions, 'onCertificate' | 'now' | 'apiServices'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly apis: readonly Api[];
}

/** One group, with what it answers. Discovery is answered for it. */
export interface Api {
  readonly group: ApiGroup;
  /** What a request below the group wants to do; undefined where there is nothing. */
  readonly accessOf: (request: express.Request) => Access | undefined;
  /** Asked only for a user who may. */
  readonly answer: (request: express.Request, user: User) => Promise<Answer>;
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
  readonly #discovery: Readonly<Record<string, Answer>>;
  #context: { cert?: string; key?: string; ca?: string } = {};
  #frontProxy: FrontProxy | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: AggregatedServerOptions) {
    this.#options = options;
    this.#reviews = new AccessReviews(options);
    this.#discovery = discoveryOf(options.apis.map(({ group }) => group));
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
      apiServices: options.apis.map(({ group: { name, version } }) => `${version}.${name}`),
      onCertificate: ({ 'tls.crt': cert, 'tls.key': key }) => this.#show({ cert, key }),
    });
  }

  /** Whose an API's group is; undefined before the first look. */
  ownershipOf(apiService: string): Ownership | undefined {
    return this.#certificate.ownershipOf(apiService);
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
    const user = this.#frontProxy && userOf(this.#frontProxy, request);
    if (user === undefined)
      throw new ApiError(401, 'Unauthorized', 'Unauthorized: requests have to come through the API server');
    const { path, method } = request;
    if (method !== 'GET' && method !== 'POST') throw NOT_ALLOWED;
    const discovery = this.#discovery[path];
    const api = this.#options.apis.find(({ group }) => path.startsWith(`/apis/${group.name}/`));
    const access: Access | undefined = discovery
      ? { nonResourceAttributes: { path, verb: method.toLowerCase() } }
      : api?.accessOf(request);
    if (access === undefined) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource');
    if (!(await this.#reviews.allows(user, access)))
      throw new ApiError(403, 'Forbidden', `user ${JSON.stringify(user.username)} may not ${verbOf(access)} ${path}`);
    if (discovery === undefined && api !== undefined) return api.answer(request, user);
    if (discovery === undefined || method !== 'GET') throw NOT_ALLOWED;
    return discovery;
  }
}

/** As an answer takes it: what is sent with a request for which its user may do what it asks. Rejects with an ApiError. */
export async function bodyOf(request: express.Request): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new ApiError(413, 'RequestEntityTooLarge', `send at most ${MAX_BODY_BYTES} bytes in one request`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new ApiError(400, 'BadRequest', 'the body of the request is no JSON');
  }
}

const NOT_ALLOWED = new ApiError(
  405,
  'MethodNotAllowed',
  'the server does not allow this method on the requested resource',
);
const verbOf = (access: Access): string =>
  'resourceAttributes' in access ? access.resourceAttributes.verb : access.nonResourceAttributes.verb;

function respond(response: express.Response, error: unknown): void {
  const { code, reason, message, retryAfterSeconds } =
    error instanceof ApiError ? error : new ApiError(500, 'InternalError', 'the request failed');
  if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds));
  const details = retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } };
  response
    .status(code)
    .json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...details });
}
