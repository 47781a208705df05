/**
 * Files of http and https servers, as source. A URL is a stranger's: each request, also each redirected one, goes to an
 * address that was checked (public-address.ts), over a connection of its own that ends with it.
 */
import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Transform } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { buildConnector, Client, type Dispatcher } from 'undici';
import type { WorkerConfig } from '../config.generated.ts';
import { PreviewFailure } from '../failures.ts';
import { isLocalName, refusalOfAddress } from './public-address.ts';
import { receive, tooLarge } from './receive.ts';
import type { Fetched, FetchRequest, Source, StorageDriver } from './storage.ts';

type HttpSettings = NonNullable<WorkerConfig['sources']['http']>;
type Headers = Dispatcher.ResponseData['headers'];

const MAX_REDIRECTS = 5;
const MAX_HEADER_BYTES = 16 * 1024;
const TRIES = 3;
/** A server that asks for a longer pause is left to the queue's back-off: the slot would only wait. */
const MAX_PAUSE_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What a second try may cure; a deadline that passed has had its time. */
const PASSING: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EAI_AGAIN', 'UND_ERR_SOCKET']);

/** RFC 9110, of ASCII only; the quotes may be missing. */
const ETAG = /^(W\/)?("[\x21\x23-\x7e]*"|[\x21\x23-\x7e]+)$/;

/** Asked for are plain bytes; some servers send what they have stored, encoded, to everybody. */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** What tests put in the place of the world. */
export interface Surroundings {
  readonly lookup: (host: string) => Promise<LookupAddress[]>;
  readonly refusalOfAddress: typeof refusalOfAddress;
  /** PEM; the system's when undefined. */
  readonly ca: string | undefined;
  /** Milliseconds: to look up and connect, to the last byte of the headers, between two pieces of the body. */
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
  /** Before the second try, doubled before the third. */
  readonly backOffMs: number;
}

const WORLD: Surroundings = {
  lookup: (host) => dns.lookup(host, { all: true }),
  refusalOfAddress,
  ca: undefined,
  connectMs: 10_000,
  headersMs: 15_000,
  idleMs: 15_000,
  backOffMs: 300,
};

const http: Pick<StorageDriver<HttpSettings, never>, 'source'> = {
  source: (settings) => new HttpSource(settings),
};

export default http;

/** A failure that may pass: after `pauseMs`, never when that is infinite. */
class Unavailable extends PreviewFailure {
  readonly pauseMs: number;

  constructor(message: string, pauseMs = Number.POSITIVE_INFINITY) {
    super('SourceUnavailable', message);
    this.pauseMs = pauseMs;
  }
}

export class HttpSource implements Source {
  readonly #allowedHosts: readonly string[] | undefined;
  readonly #privateNetworks: boolean;
  readonly #world: Surroundings;

  constructor({ allowedHosts, allowPrivateNetworks = false }: HttpSettings, world: Partial<Surroundings> = {}) {
    this.#allowedHosts = allowedHosts?.map((host) => host.toLowerCase());
    this.#privateNetworks = allowPrivateNetworks;
    this.#world = { ...WORLD, ...world };
  }

  async fetch(request: FetchRequest): Promise<Fetched> {
    const { etag = '""', versionId } = request;
    if (versionId !== undefined) {
      throw new PreviewFailure('InvalidPayload', 'source.versionId means nothing for http: use etag or sha256');
    }
    if (!ETAG.test(etag)) {
      throw new PreviewFailure('InvalidPayload', 'source.etag is no ETag: leave out spaces and what is not ASCII');
    }
    for (let tries = 1; ; tries++) {
      try {
        return await this.#follow(request);
      } catch (error) {
        request.signal.throwIfAborted();
        if (!(error instanceof Unavailable) || tries === TRIES || error.pauseMs > MAX_PAUSE_MS) throw error;
        const backOff = this.#world.backOffMs * 2 ** (tries - 1) * (1 + Math.random());
        await pause(Math.max(error.pauseMs, backOff), error, request.signal);
      }
    }
  }

  async #follow(request: FetchRequest): Promise<Fetched> {
    let url = request.uri;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      this.#admit(url);
      const answer = await this.#exchange(url, request);
      if (!(answer instanceof URL)) return answer;
      if (url.protocol === 'https:' && answer.protocol === 'http:') {
        throw forbidden(`${shown(url)} redirects to ${shown(answer)}: from https to http is not followed`);
      }
      url = answer;
    }
    throw forbidden(`${shown(request.uri)} redirects more than ${MAX_REDIRECTS} times`);
  }

  /** What the URL alone tells. A host that is no address is checked again, by its addresses, when it is connected to. */
  #admit(url: URL): void {
    const { protocol, hostname, username, password } = url;
    if (protocol !== 'http:' && protocol !== 'https:') throw forbidden(`${protocol} is not followed from http`);
    if (username !== '' || password !== '') throw forbidden(`${shown(url)} holds credentials: leave them out`);
    if (hostname.endsWith('.')) throw forbidden(`${shown(url)}: leave out the dot at the end of the host`);
    if (!isAllowed(hostname, this.#allowedHosts)) {
      throw forbidden(`${hostname} is none of the hosts that this pool reads from`);
    }
    const address = hostname.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0) this.#check(address, `${shown(url)} is not read: the host`);
    else if (!this.#privateNetworks && isLocalName(hostname)) {
      throw forbidden(`${shown(url)} is not read: the host is a name of this machine`);
    }
  }

  #check(address: string, what: string): void {
    const refusal = this.#world.refusalOfAddress(address, { privateNetworks: this.#privateNetworks });
    if (refusal !== undefined) throw forbidden(`${what} is ${refusal}`);
  }

  /**
   * In the place of Node's look-up: what it hands on is what is connected to, and nothing is looked up after it. Of several
   * addresses one that is refused refuses the host. They are not named: who may submit jobs need not know the inside.
   */
  readonly #lookup: LookupFunction = (host, _options, callback) => {
    const checked = async () => {
      const addresses = await this.#world.lookup(host);
      for (const { address } of addresses) this.#check(address, `${host} is not read: an address of it`);
      return addresses;
    };
    checked().then(
      (addresses) => callback(null, addresses),
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };

  /** One request: the source, or where it redirects to. Nothing of the connection is left, whatever the server still sends. */
  async #exchange(url: URL, request: FetchRequest): Promise<Fetched | URL> {
    const { connectMs, headersMs, idleMs, ca } = this.#world;
    const client = new Client(url.origin, {
      // Certificates are looked at whatever the environment says. The look-up answers with lists, as autoSelectFamily wants.
      connect: buildConnector({
        lookup: this.#lookup,
        autoSelectFamily: true,
        timeout: connectMs,
        allowH2: false,
        rejectUnauthorized: true,
        ...(ca === undefined ? {} : { ca }),
      }),
      headersTimeout: headersMs,
      bodyTimeout: idleMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    try {
      const path = `${url.pathname}${url.search}`;
      const { statusCode, headers, body } = await client
        .request({ method: 'GET', path, headers: headersOf(request), signal: request.signal })
        .catch((error: unknown) => {
          throw asFailure(error, url);
        });
      const location = textOf(headers, 'location');
      if (REDIRECTS.has(statusCode) && location !== undefined) return targetOf(location, url);
      judge(statusCode, headers, url, request);
      const { target, maxBytes, signal } = request;
      tooLarge(Number(textOf(headers, 'content-length') ?? 0), maxBytes);
      const received = await receive(pieces(headers, body, url, maxBytes), { target, maxBytes, signal });
      const etag = textOf(headers, 'etag');
      return { ...received, ...(etag === undefined ? {} : { etag }) };
    } finally {
      void client.destroy();
    }
  }
}

function isAllowed(host: string, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  return allowed.some((one) => (one.startsWith('*.') ? isIP(host) === 0 && host.endsWith(one.slice(1)) : host === one));
}

function headersOf({ etag }: FetchRequest): Record<string, string> {
  const strong = etag !== undefined && !etag.startsWith('W/');
  return {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': 'mobius-preview-worker',
    ...(strong ? { 'if-match': `"${opaqueOf(etag)}"` } : {}),
  };
}

/** For the weak comparison: a proxy that encodes on its way makes strong tags weak. Quotes may be left out in a job. */
function opaqueOf(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
}

function targetOf(location: string, url: URL): URL {
  if (URL.canParse(location, url.href)) return new URL(location, url);
  throw new Unavailable(`${shown(url)} redirects to what is no URL`);
}

/** Throws unless the answer is the source. */
function judge(status: number, headers: Headers, url: URL, { etag }: FetchRequest): void {
  const what = `${shown(url)} answers ${status}`;
  if (status >= 500 || status === 429 || status === 408) throw new Unavailable(what, pauseOf(headers));
  if (status === 404 || status === 410) throw new PreviewFailure('SourceNotFound', what);
  if (status === 412 && etag !== undefined) throw new PreviewFailure('SourceChanged', `${what} to its ETag in the job`);
  if (status >= 400) throw forbidden(what);
  if (status !== 200) throw new Unavailable(what);
  const current = textOf(headers, 'etag');
  if (etag !== undefined && (current === undefined || opaqueOf(etag) !== opaqueOf(current))) {
    const is = current === undefined ? 'no ETag' : 'another ETag than the job';
    throw new PreviewFailure('SourceChanged', `${shown(url)} has ${is}`);
  }
}

/** Milliseconds of Retry-After: seconds or a date. */
function pauseOf(headers: Headers): number {
  const after = textOf(headers, 'retry-after') ?? '0';
  const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.max(0, seconds * 1000);
}

/** Decoded. What the network breaks is a failure of the source; what its reader throws is not touched. */
async function* pieces(
  headers: Headers,
  body: AsyncIterable<Buffer>,
  url: URL,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const encoding = textOf(headers, 'content-encoding')?.toLowerCase() ?? 'identity';
  const decoder = DECODERS.get(encoding)?.();
  if (decoder === undefined && encoding !== 'identity') {
    throw new Unavailable(`${shown(url)} answers in the encoding ${encoding.slice(0, 32)}, asked for identity`);
  }
  const sent = limited(body, maxBytes);
  try {
    // The reader of the decoder is told of every error: the callback has nothing to add.
    yield* decoder === undefined ? sent : (pipeline(sent, decoder, () => {}) as AsyncIterable<Buffer>);
  } catch (error) {
    throw asFailure(error, url);
  }
}

/** Counted as sent, too: encoded bytes without end can decode to nothing. */
async function* limited(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    tooLarge(bytes, maxBytes);
    yield piece;
  }
}

/** Time that ends during the pause says less than what the pause is for. */
async function pause(milliseconds: number, last: Unavailable, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {
    throw signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError' ? last : signal.reason;
  });
}

/** By its code only: a message may repeat what the server, or the URL, says. */
function asFailure(error: unknown, url: URL): PreviewFailure {
  if (error instanceof PreviewFailure) return error;
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new Unavailable(`${shown(url)} can not be read: ${code}`, PASSING.has(code) ? 0 : undefined);
}

function forbidden(message: string): PreviewFailure {
  return new PreviewFailure('SourceForbidden', message);
}

function textOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Without credentials, query and fragment. */
function shown({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`.slice(0, 256);
}
