/** A way to an S3 server that breaks on demand. What it passes on it does not change: signatures hold. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** One of these, for every request or for those whose path matches. */
export interface S3Fault {
  readonly path?: RegExp;
  /** It answers by itself, in XML as S3 does unless `body` is given. */
  readonly status?: number;
  readonly code?: string;
  readonly body?: string;
  /** The server gets the request and does it; its answer is lost. */
  readonly loseAnswer?: boolean;
  /** So many bytes of the answer, then the connection breaks. */
  readonly cutAnswerAfter?: number;
  /** So many bytes of the answer, then silence. */
  readonly stallAnswerAfter?: number;
  /** So many bytes of the upload, then silence. */
  readonly holdUploadAfter?: number;
  /** So many bytes of the upload reach the server, then both sides break off: the client is told 503. */
  readonly breakUploadAfter?: number;
  /** Another first byte than was signed. */
  readonly spoilUpload?: boolean;
}

export interface S3Request {
  readonly method: string;
  /** As it came, with the query. */
  readonly path: string;
}

interface Planned {
  readonly method: string;
  readonly fault: S3Fault;
  left: number;
}

export interface S3Faults {
  readonly endpoint: string;
  readonly requests: readonly S3Request[];
  /** The next `times` requests of that method. */
  next(method: string, fault: S3Fault, times?: number): void;
  /** Resolves when a held upload has got as far as it gets. */
  held(): Promise<void>;
  forget(): void;
  stop(): Promise<void>;
}

export async function startS3Faults(server: string): Promise<S3Faults> {
  const requests: S3Request[] = [];
  const planned: Planned[] = [];
  let holding = Promise.withResolvers<void>();

  const take = (method: string, path: string): S3Fault => {
    const fits = (one: Planned) => one.left > 0 && one.method === method && (one.fault.path?.test(path) ?? true);
    const found = planned.find(fits);
    if (found === undefined) return {};
    found.left -= 1;
    return found.fault;
  };

  const serve = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = 'GET', url: path = '/' } = incoming;
    requests.push({ method, path });
    const fault = take(method, path);
    if (fault.status !== undefined) {
      const { status, code = 'Injected', body = `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` } = fault;
      incoming.resume();
      // In chunks: its length is not announced.
      outgoing.writeHead(status, { 'content-type': 'application/xml' }).write(body);
      outgoing.end();
      return;
    }
    const { expect: _, connection: __, ...headers } = incoming.headers;
    const onward = request(server, { method, path, headers }, (answer) => {
      if (fault.loseAnswer) return outgoing.destroy();
      const { connection: ___, 'keep-alive': ____, ...answerHeaders } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, answerHeaders);
      const most = fault.cutAnswerAfter ?? fault.stallAnswerAfter;
      if (most === undefined) return answer.pipe(outgoing);
      let passed = 0;
      answer.on('data', (chunk: Buffer) => {
        const piece = chunk.subarray(0, most - passed);
        passed += piece.length;
        outgoing.write(piece, () => {
          if (passed >= most && fault.cutAnswerAfter !== undefined) outgoing.destroy();
        });
      });
      answer.on('error', () => {});
      return answer;
    });
    outgoing.on('close', () => onward.destroy());
    onward.on('error', () => outgoing.destroy());
    let passed = 0;
    incoming.on('data', (chunk: Buffer) => {
      const most = fault.holdUploadAfter ?? fault.breakUploadAfter ?? Number.POSITIVE_INFINITY;
      const piece = chunk.subarray(0, most - passed);
      if (fault.spoilUpload && passed === 0 && piece.length > 0) piece[0] = (piece[0] ?? 0) ^ 1;
      passed += piece.length;
      if (piece.length > 0 && !onward.write(piece)) {
        incoming.pause();
        onward.once('drain', () => incoming.resume());
      }
      if (passed === fault.holdUploadAfter) holding.resolve();
      if (passed === fault.breakUploadAfter && !outgoing.headersSent) {
        outgoing.writeHead(503, { 'content-type': 'application/xml', connection: 'close' });
        outgoing.end('<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>', () => onward.destroy());
      }
    });
    incoming.on('end', () => {
      if (fault.holdUploadAfter === undefined) onward.end();
    });
  };

  const front = createServer(serve);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    next: (method, fault, times = 1) => void planned.push({ method, fault, left: times }),
    held: async () => {
      await holding.promise;
      holding = Promise.withResolvers<void>();
    },
    forget: () => {
      requests.splice(0);
      planned.splice(0);
    },
    stop: async () => {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}
