/**
 * A proxy between operator and API server that records every request and breaks things on demand. Plain HTTP in front,
 * so that the bytes of a watch can be cut, held back or spoilt; TLS and the caller's own token behind.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent } from 'undici';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly watch: boolean;
  /** Milliseconds of `performance.now()` at which it came in. */
  readonly at: number;
  /** As it was sent. */
  body: string;
  code: number;
}

interface Failure {
  readonly match: (request: RecordedRequest) => boolean;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  times: number;
}

interface Cut {
  readonly match: (request: RecordedRequest) => boolean;
  readonly when: 'before' | 'after';
  readonly act: () => Promise<void>;
}

interface OpenWatch {
  readonly path: string;
  readonly response: ServerResponse;
  held: boolean;
}

export interface FaultProxy {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Everything that changes state, in order, but Leases. */
  writes(): RecordedRequest[];
  forget(): void;
  /** Answers the next `times` matching requests with `status` instead of forwarding them. */
  failNext(failure: {
    match: (request: RecordedRequest) => boolean;
    status: number;
    times?: number;
    headers?: Record<string, string>;
  }): void;
  /**
   * Does `act` before the next matching request is forwarded, which then never is, or after the server did what it asks
   * for. The caller hears nothing either way.
   */
  cutNext(cut: Cut): void;
  /** From here on each event of a new watch is lost once, and its connection with it, until `stop`. */
  loseEachEvent(): { lost(): number; stop(): void };
  /** Does `act` once, after the next matching request came and before it is forwarded. */
  beforeNext(match: (request: RecordedRequest) => boolean, act: () => Promise<void>): void;
  openWatches(): number;
  /** Breaks the sockets of all watches. */
  cutWatches(): void;
  /** Keeps all watches open, or those whose path holds `part`, and forwards nothing more on them. */
  hangWatches(part?: string): void;
  /** Writes `line` into all watches. */
  injectLine(line: string): void;
  stop(): Promise<void>;
}

/** Changes state, other than that of who leads. */
export const isWrite = ({ method, path }: RecordedRequest): boolean => method !== 'GET' && !path.includes('/leases');

export async function startFaultProxy({
  server,
  ca,
}: {
  readonly server: string;
  readonly ca: string;
}): Promise<FaultProxy> {
  const agent = new Agent({ connect: { ca } });
  const requests: RecordedRequest[] = [];
  const failures: Failure[] = [];
  const cuts = new Set<Cut>();
  const interruptions: { match: (request: RecordedRequest) => boolean; act: () => Promise<void> }[] = [];
  const watches = new Set<OpenWatch>();
  let lost: Set<string> | undefined;

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '/';
    const record: RecordedRequest = {
      method: incoming.method ?? 'GET',
      path,
      watch: /[?&]watch=true/.test(path),
      at: performance.now(),
      body: '',
      code: 0,
    };
    requests.push(record);
    const failure = failures.find((candidate) => candidate.times > 0 && candidate.match(record));
    if (failure) {
      failure.times -= 1;
      record.code = failure.status;
      incoming.resume();
      outgoing.writeHead(failure.status, { 'content-type': 'application/json', ...failure.headers });
      outgoing.end(
        JSON.stringify({
          kind: 'Status',
          apiVersion: 'v1',
          status: 'Failure',
          code: failure.status,
          reason: 'Injected',
          message: 'injected by a test',
        }),
      );
      return;
    }
    const interruption = interruptions.findIndex(({ match }) => match(record));
    if (interruption >= 0) await interruptions.splice(interruption, 1)[0]?.act();
    if (record.method !== 'GET') {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      record.body = Buffer.concat(parts).toString();
    }
    const cut = [...cuts].find((candidate) => candidate.match(record));
    if (cut) cuts.delete(cut);
    if (cut?.when === 'before') {
      await cut.act();
      outgoing.destroy();
      return;
    }
    const abort = new AbortController();
    if (!cut) outgoing.once('close', () => abort.abort());
    const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = incoming.headers;
    const answer = await agent.request({
      origin: server,
      path,
      method: record.method as 'GET',
      headers: headers as Record<string, string>,
      body: record.method === 'GET' ? null : record.body,
      signal: abort.signal,
      bodyTimeout: 0,
    });
    record.code = answer.statusCode;
    if (cut) {
      await answer.body.dump();
      await cut.act();
      outgoing.destroy();
      return;
    }
    const { 'transfer-encoding': ____, connection: _____, ...answerHeaders } = answer.headers;
    outgoing.writeHead(answer.statusCode, answerHeaders as Record<string, string>);
    outgoing.flushHeaders();
    const watch: OpenWatch = { path, response: outgoing, held: false };
    if (record.watch) watches.add(watch);
    try {
      if (record.watch && lost) await forwardUnlost(answer.body, outgoing, path, lost);
      else for await (const chunk of answer.body) if (!watch.held) outgoing.write(chunk);
      if (!watch.held) outgoing.end();
    } finally {
      watches.delete(watch);
    }
  };

  const front = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    writes: () => requests.filter(isWrite),
    forget: () => void requests.splice(0),
    failNext: ({ match, status, times = 1, headers = {} }) => void failures.push({ match, status, times, headers }),
    cutNext: (cut) => void cuts.add(cut),
    loseEachEvent: () => {
      const seen = new Set<string>();
      lost = seen;
      return {
        lost: () => seen.size,
        stop: () => {
          lost = undefined;
        },
      };
    },
    beforeNext: (match, act) => void interruptions.push({ match, act }),
    openWatches: () => [...watches].filter(({ held }) => !held).length,
    cutWatches: () => {
      for (const { response } of watches) response.destroy();
    },
    hangWatches: (part = '') => {
      for (const watch of watches) watch.held ||= watch.path.includes(part);
    },
    injectLine: (line) => {
      for (const { response } of watches) response.write(`${line}\n`);
    },
    stop: async () => {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
      await agent.destroy();
    },
  };
}

/** Forwards events that were lost before; the first other one ends the connection in its place. */
async function forwardUnlost(
  body: AsyncIterable<Uint8Array>,
  outgoing: ServerResponse,
  path: string,
  lost: Set<string>,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as WatchLine;
      const event = `${path.split('?')[0]} ${type} ${object.metadata?.resourceVersion}`;
      if (type !== 'BOOKMARK' && !lost.has(event)) {
        lost.add(event);
        outgoing.destroy();
        return;
      }
      outgoing.write(`${line}\n`);
    }
  }
}

interface WatchLine {
  readonly type: string;
  readonly object: { readonly metadata?: { readonly resourceVersion?: string } };
}
