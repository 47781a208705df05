/**
 * A thin client that speaks raw JSON: what it does not know it passes on untouched. The typed serializer of the usual
 * library drops unknown fields, and with a NetworkPolicy's `from` it drops the whole restriction.
 */
import { Agent, type Dispatcher } from 'undici';
import type { KubeConnection } from './credentials.ts';
import { KubeError, type Status } from './errors.ts';
import type { ClientCertificate } from './exec-credential.ts';
import type { KubeObject } from './object.ts';

const PAGE = 500;
const DEADLINE_MS = 30_000;
/** One line of a watch is one object; etcd takes 1.5 MiB, JSON is wordier. */
const MAX_LINE_BYTES = 16 << 20;

const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeRequest {
  readonly method: string;
  readonly path: string;
  readonly code: number;
  readonly seconds: number;
}

export interface KubeList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

export interface KubeClientOptions {
  readonly connection: KubeConnection;
  readonly fieldManager: string;
  readonly userAgent: string;
  /** Told of every answer, for metrics; code 0 means that none came. */
  readonly onRequest?: (request: KubeRequest) => void;
  /** Asked at the moment of each request that changes something; false sends nothing and throws. */
  readonly mayWrite?: () => boolean;
}

export class KubeClient {
  readonly #options: KubeClientOptions;
  // Connections are kept and shared. A plugin's next certificate takes new ones; what runs on the old ones may end.
  #agent: Agent;
  #cert: string | undefined;
  readonly #retired = new Set<Agent>();

  constructor(options: KubeClientOptions) {
    this.#options = options;
    this.#cert = options.connection.cert;
    this.#agent = agentOf(options.connection, options.connection);
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent, ...this.#retired].map((agent) => agent.destroy()));
  }

  get<T>(path: string, { signal, query = {} }: { signal?: AbortSignal; query?: Query } = {}): Promise<T> {
    return this.#json<T>('GET', path, { query, ...(signal ? { signal } : {}) });
  }

  /** Of what may be secret: nothing but its metadata leaves the server. */
  getMetadata(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<KubeObject> {
    return this.#json<KubeObject>('GET', path, { accept: METADATA_ONLY, ...(signal ? { signal } : {}) });
  }

  /**
   * What a server behind the API server's proxy answers, whatever its code. Throws what the API server itself says: that it may
   * not be asked, or does not answer.
   */
  async proxied(path: string, query: Query = {}, signal?: AbortSignal): Promise<{ code: number; text: string }> {
    const { statusCode: code, body } = await this.#request('GET', path, { query, ...(signal ? { signal } : {}) });
    const text = await body.text().catch((error: unknown) => {
      throw KubeError.fromSocket(`GET ${path}`, error);
    });
    if (code >= 300 && isStatus(text)) throw KubeError.fromBody(`GET ${path}`, code, text);
    return { code, text };
  }

  /** All pages of a collection. */
  async list<T extends KubeObject>(path: string, query: Query = {}, signal?: AbortSignal): Promise<KubeList<T>> {
    const items: T[] = [];
    let token: string | undefined;
    for (;;) {
      const page = await this.#json<{ items?: T[]; metadata: { resourceVersion: string; continue?: string } }>(
        'GET',
        path,
        {
          query: { ...query, limit: PAGE, continue: token },
          ...(signal ? { signal } : {}),
        },
      );
      items.push(...(page.items ?? []));
      token = page.metadata.continue;
      if (!token) return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }

  create<T>(path: string, body: unknown, query: Query = {}, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    return this.#json<T>('POST', path, { body, query, ...(signal ? { signal } : {}) });
  }

  /** Replaces the whole object; with `metadata.resourceVersion` in it only if nobody wrote since. */
  update<T>(path: string, body: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<T> {
    return this.#json<T>('PUT', path, { body, ...(signal ? { signal } : {}) });
  }

  /** Server-side apply. Ownership is forced: the operator repairs what others change of its fields. */
  apply<T>(path: string, body: unknown, fieldManager = this.#options.fieldManager): Promise<T> {
    return this.#json<T>('PATCH', path, {
      body,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager, force: true },
    });
  }

  mergePatch<T>(path: string, body: unknown, fieldManager = this.#options.fieldManager): Promise<T> {
    return this.#json<T>('PATCH', path, {
      body,
      contentType: 'application/merge-patch+json',
      query: { fieldManager },
    });
  }

  delete(
    path: string,
    {
      uid,
      propagationPolicy = 'Background',
      gracePeriodSeconds,
    }: { uid?: string; propagationPolicy?: string; gracePeriodSeconds?: number } = {},
  ): Promise<void> {
    return this.#json('DELETE', path, {
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy,
        ...(uid ? { preconditions: { uid } } : {}),
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      },
    });
  }

  /**
   * Events until the server ends the stream in order. Throws a KubeError for an ERROR event, a line that is not JSON, a
   * broken connection, or when no byte came for `silenceMs` (bookmarks come about each minute).
   */
  async *watch<T>(
    path: string,
    query: Query,
    { signal, silenceMs }: { signal: AbortSignal; silenceMs: number },
  ): AsyncGenerator<WatchEvent<T>> {
    const what = `watch ${path}`;
    const { body } = await this.#send('GET', path, {
      query: { ...query, watch: true, allowWatchBookmarks: true },
      signal,
      bodyTimeout: silenceMs,
    });
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MAX_LINE_BYTES)
          throw new KubeError(`${what}: a line passes ${MAX_LINE_BYTES} bytes`, { status: 0, reason: 'BadWatchLine' });
        for (const line of lines) if (line !== '') yield parseEvent<T>(what, line);
      }
    } catch (error) {
      throw error instanceof KubeError ? error : KubeError.fromSocket(what, error);
    } finally {
      body.destroy();
    }
    if (rest.trim() !== '')
      throw new KubeError(`${what}: the stream ended within a line`, { status: 0, reason: 'BadWatchLine' });
  }

  #agentFor(certificate: ClientCertificate | undefined): Agent {
    if (certificate === undefined || certificate.cert === this.#cert) return this.#agent;
    const old = this.#agent;
    this.#retired.add(old);
    void old.close().finally(() => this.#retired.delete(old));
    this.#cert = certificate.cert;
    this.#agent = agentOf(this.#options.connection, certificate);
    return this.#agent;
  }

  async #json<T>(method: Dispatcher.HttpMethod, path: string, options: SendOptions = {}): Promise<T> {
    const { body } = await this.#send(method, path, options);
    try {
      return (await body.json()) as T;
    } catch (error) {
      throw KubeError.fromSocket(`${method} ${path}`, error);
    }
  }

  async #send(method: Dispatcher.HttpMethod, path: string, options: SendOptions): Promise<Dispatcher.ResponseData> {
    const response = await this.#request(method, path, options);
    if (response.statusCode < 300) return response;
    const text = await response.body.text().catch(() => '');
    const retryAfter = response.headers['retry-after'];
    const seconds = typeof retryAfter === 'string' ? retryAfter : undefined;
    throw KubeError.fromBody(`${method} ${path}`, response.statusCode, text, seconds);
  }

  async #request(
    method: Dispatcher.HttpMethod,
    path: string,
    {
      query = {},
      body,
      contentType = 'application/json',
      accept = 'application/json',
      signal,
      bodyTimeout = DEADLINE_MS,
    }: SendOptions,
  ): Promise<Dispatcher.ResponseData> {
    const { connection, userAgent, onRequest, mayWrite } = this.#options;
    const what = `${method} ${path}`;
    const begun = performance.now();
    const done = (code: number) => onRequest?.({ method, path, code, seconds: (performance.now() - begun) / 1000 });
    let response: Dispatcher.ResponseData;
    try {
      // Asked together: a plugin answers both at once, with one credential.
      const [token, certificate] = await Promise.all([connection.token?.(), connection.clientCertificate?.()]);
      const agent = this.#agentFor(certificate);
      if (method !== 'GET' && mayWrite?.() === false)
        throw new KubeError(`${what}: not sent, this process may not write now`, { status: 0, reason: 'NotLeading' });
      response = await agent.request({
        origin: connection.server,
        path,
        method,
        query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
        headers: {
          accept,
          'user-agent': userAgent,
          ...(body === undefined ? {} : { 'content-type': contentType }),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: DEADLINE_MS,
        bodyTimeout,
        signal: signal ?? null,
      });
    } catch (error) {
      if (error instanceof KubeError) throw error;
      done(0);
      throw KubeError.fromSocket(what, error);
    }
    done(response.statusCode);
    return response;
  }
}

/** As the API server answers for itself. */
function isStatus(text: string): boolean {
  try {
    return (JSON.parse(text) as { kind?: unknown } | null)?.kind === 'Status';
  } catch {
    return false;
  }
}

function agentOf(
  { ca, insecure }: KubeConnection,
  { cert, key }: { readonly cert?: string | undefined; readonly key?: string | undefined },
): Agent {
  return new Agent({
    connect: {
      ...(ca ? { ca } : {}),
      ...(cert ? { cert } : {}),
      ...(key ? { key } : {}),
      rejectUnauthorized: !insecure,
      timeout: 10_000,
    },
  });
}

interface SendOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly bodyTimeout?: number;
}

function parseEvent<T>(what: string, line: string): WatchEvent<T> {
  let event: { type?: unknown; object?: unknown };
  try {
    event = JSON.parse(line) as typeof event;
  } catch (cause) {
    throw new KubeError(`${what}: a line is not JSON`, { status: 0, reason: 'BadWatchLine', cause });
  }
  if (event.type === 'ERROR') throw KubeError.fromStatus(what, event.object as Status);
  return event as WatchEvent<T>;
}
