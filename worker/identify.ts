/** What a file is, by its first bytes; its name and what the sender says are hints that nobody believes. */
import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { PreviewFailure } from './failures.ts';
import { heifMediaType } from './heif.ts';

/** Enough for every signature the library knows near the start of a file. */
const HEAD_BYTES = 4100;

/** A renderer's own magic bytes: the media type, or undefined. */
export type Recognise = (head: Uint8Array) => string | undefined;

/** Reads at most the first 4100 bytes. Throws DecodeFailed for an empty file, UnsupportedMedia for an unknown one. */
export async function identify(path: string, own: readonly Recognise[] = []): Promise<string> {
  const head = await headOf(path);
  if (head.length === 0) throw new PreviewFailure('DecodeFailed', 'the file is empty');
  const mediaType = own.map((recognise) => recognise(head)).find((type) => type !== undefined);
  const known = mediaType ?? heifMediaType(head) ?? (await libraryType(head)) ?? plainTiff(head);
  if (known === undefined) {
    throw new PreviewFailure('UnsupportedMedia', 'the first bytes of the file are of no known format');
  }
  // The library names animated PNG apart; a decoder reads its first picture like any PNG's.
  return known === 'image/apng' ? 'image/png' : known;
}

async function libraryType(head: Uint8Array): Promise<string | undefined> {
  return (await fileTypeFromBuffer(head).catch(() => undefined))?.mime;
}

/** The library follows a TIFF's directory, which many writers put at the end, beyond the head. */
function plainTiff(head: Uint8Array): string | undefined {
  return ['49492a00', '4d4d002a'].includes(Buffer.from(head.subarray(0, 4)).toString('hex')) ? 'image/tiff' : undefined;
}

async function headOf(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
