/** What goes to the service and what comes back. */
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { GetObjectCommandOutput, PutObjectCommand } from '@aws-sdk/client-s3';
import { receive } from '../receive.ts';
import type { Fetched, WriteOptions } from '../storage.ts';
import { Refusal } from './service.ts';

const CHUNK_BYTES = 1 << 18;

/** A connection whose answer is not read to its end is of no use to others. */
export async function readOf<T>(
  { Body: body }: GetObjectCommandOutput,
  read: (body: Readable) => Promise<T>,
): Promise<T> {
  const stream = body as Readable;
  try {
    return await read(stream);
  } finally {
    stream.destroy();
  }
}

export async function factsOf(
  from: string | FileHandle,
  { signal, maxBytes = Number.POSITIVE_INFINITY }: WriteOptions,
): Promise<Fetched> {
  const content = typeof from === 'string' ? Readable.from([Buffer.from(from)]) : piecesOf(from);
  return await receive(content, { maxBytes, ...given({ signal }) });
}

/** The first `bytes` of it. A file that can not be read so far would leave the server waiting for the rest: `onProblem`. */
export function bodyOf(
  from: string | FileHandle,
  bytes: number,
  onProblem: (problem: Error) => void,
): string | Readable {
  if (typeof from === 'string') return from;
  if (bytes === 0) return '';
  return Readable.from(piecesOf(from, bytes)).once('error', onProblem);
}

/** Unlike a stream of its own, this does not close the file when it is left early: it is read again for the next attempt. */
async function* piecesOf(file: FileHandle, bytes?: number): AsyncGenerator<Buffer> {
  for (let at = 0; at !== bytes; ) {
    const piece = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, (bytes ?? Number.POSITIVE_INFINITY) - at));
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0 && bytes !== undefined) throw new Refusal('the file became shorter');
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** The signature covers the content: what the server stores has this hash, or is refused. */
export function signWithHash(put: PutObjectCommand, sha256: string): void {
  put.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = sha256;
      return next(args);
    },
    { step: 'build', name: 'signWithHash' },
  );
}

/** Without the members that are undefined. */
export function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
