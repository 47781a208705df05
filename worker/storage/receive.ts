import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { PreviewFailure } from '../failures.ts';
import { scratchUnavailable } from '../scratch.ts';
import type { Fetched } from './storage.ts';

interface Receiver {
  readonly target?: FileHandle;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** Writes what comes in over what `target` holds; without a target it only counts and hashes. Throws SourceTooLarge. */
export async function receive(
  chunks: AsyncIterable<Uint8Array>,
  { target, maxBytes, signal }: Receiver,
): Promise<Fetched> {
  const hash = createHash('sha256');
  let bytes = 0;
  await target?.truncate(0).catch(scratchUnavailable);
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    tooLarge(bytes + chunk.byteLength, maxBytes);
    hash.update(chunk);
    for (let at = 0; target !== undefined && at < chunk.byteLength; ) {
      at += (await target.write(chunk, at, chunk.byteLength - at, bytes + at).catch(scratchUnavailable)).bytesWritten;
    }
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

export function tooLarge(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw new PreviewFailure('SourceTooLarge', `the source is larger than the limit sourceBytes of ${maxBytes} bytes`);
  }
}
