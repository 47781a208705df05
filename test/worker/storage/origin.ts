/**
 * Servers of this machine's loopback, all on one port. One stands for the public internet: the rule under test is told that
 * its address is public, and no more. The others must never be reached; they listen, and count.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type Server as HttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createDecoy, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PreviewFailure } from '../../../worker/failures.ts';
import { HttpSource, type Surroundings } from '../../../worker/storage/http.ts';
import { refusalOfAddress } from '../../../worker/storage/public-address.ts';
import type { Fetched } from '../../../worker/storage/storage.ts';
import { writeCertificates } from '../../cluster/certificates.ts';

export const PUBLIC_ADDRESS = '127.0.0.3';
const DECOYS = ['127.0.0.1', '127.0.0.2', '::1'];

export type Settings = ConstructorParameters<typeof HttpSource>[0];

export interface Reading {
  readonly settings?: Settings;
  readonly world?: Partial<Surroundings>;
  readonly maxBytes?: number;
  readonly etag?: string;
  readonly versionId?: string;
  readonly signal?: AbortSignal;
  /** Written to instead of a new file. */
  readonly into?: string;
}

export interface Read {
  /** 'read', a PreviewFailure's reason, or the name of another error. */
  readonly outcome: string;
  readonly message: string;
  readonly fetched: Fetched | undefined;
  /** What the file holds, also after a failure. */
  readonly content: Buffer;
  readonly milliseconds: number;
}

interface Servers {
  readonly open: HttpServer;
  readonly secure: HttpServer;
  readonly decoys: readonly Server[];
}

export class Origin {
  /** Speaks for the public server, of http and of https. */
  answer: RequestListener = (_request, response) => response.end();
  readonly requests: IncomingMessage[] = [];
  readonly ca: string;
  readonly port: number;
  readonly securePort: number;
  #reached = 0;
  readonly #servers: Servers;
  readonly #folder: string;

  private constructor(folder: string, ca: string, { open, secure, decoys }: Servers) {
    this.ca = ca;
    this.#folder = folder;
    this.#servers = { open, secure, decoys };
    [this.port, this.securePort] = [portOf(open), portOf(secure)];
    for (const decoy of decoys) decoy.on('connection', () => this.#reached++);
    for (const server of [open, secure]) {
      server.on('request', (request, response) => {
        this.requests.push(request);
        this.answer(request, response);
      });
    }
  }

  static async open(): Promise<Origin> {
    const folder = await mkdtemp(join(tmpdir(), 'preview-http-'));
    const { ca, servingCertFile, servingKeyFile } = await writeCertificates(join(folder, 'certificates'));
    const secure = createSecureServer({ cert: await readFile(servingCertFile), key: await readFile(servingKeyFile) });
    await listen(secure, 0, PUBLIC_ADDRESS);
    return new Origin(folder, ca, { secure, ...(await onOnePort()) });
  }

  /** Connections to any of the servers that must not be reached. */
  get reached(): number {
    return this.#reached;
  }

  url(path: string): string {
    return `http://${PUBLIC_ADDRESS}:${this.port}${path}`;
  }

  /** By a name that its certificate has, and that the resolver of `read` knows. */
  secureUrl(path: string): string {
    return `https://kubernetes.default.svc:${this.securePort}${path}`;
  }

  /** One fetch by a source of its own. */
  async read(uri: string, reading: Reading = {}): Promise<Read> {
    const { settings = {}, world = {}, maxBytes = 1 << 20, into, ...pinned } = reading;
    const source = new HttpSource(settings, {
      lookup: async () => [{ address: PUBLIC_ADDRESS, family: 4 }],
      refusalOfAddress: (address, reach) => (address === PUBLIC_ADDRESS ? undefined : refusalOfAddress(address, reach)),
      ca: this.ca,
      backOffMs: 10,
      ...world,
    });
    const path = join(this.#folder, randomUUID());
    await using target = await (into === undefined ? open(path, 'wx+', 0o600) : open(into, 'r+'));
    const begun = performance.now();
    const request = { uri: new URL(uri), target, maxBytes, signal: AbortSignal.timeout(15_000), ...pinned };
    const [fetched, error] = await source.fetch(request).then(
      (facts) => [facts, undefined] as const,
      (problem: Error) => [undefined, problem] as const,
    );
    const milliseconds = performance.now() - begun;
    const content = into === undefined ? await readFile(path) : Buffer.alloc(0);
    const outcome = error === undefined ? 'read' : error instanceof PreviewFailure ? error.reason : error.name;
    return { outcome, message: error?.message ?? '', fetched, content, milliseconds };
  }

  /** Open ones, to the public server. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#servers.open.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  reset(): void {
    this.requests.length = 0;
    this.#reached = 0;
  }

  async close(): Promise<void> {
    const { open, secure, decoys } = this.#servers;
    for (const server of [open, secure, ...decoys]) server.close();
    for (const server of [open, secure]) server.closeAllConnections();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A port that is free at the public address may be another's at a decoy's: then the next one. */
async function onOnePort(tries = 5): Promise<Pick<Servers, 'open' | 'decoys'>> {
  const open = createServer();
  await listen(open, 0, PUBLIC_ADDRESS);
  const decoys = DECOYS.map(() => createDecoy((socket) => socket.on('error', () => {}).destroy()));
  try {
    await Promise.all(decoys.map((decoy, at) => listen(decoy, portOf(open), DECOYS[at] ?? '')));
    return { open, decoys };
  } catch (error) {
    for (const server of [open, ...decoys]) server.close();
    if (tries === 1) throw error;
    return onOnePort(tries - 1);
  }
}

async function listen(server: Server, port: number, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address, ipv6Only: true }, resolve);
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
