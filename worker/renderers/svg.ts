import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync, gzipSync } from 'node:zlib';
import { PreviewFailure } from '../failures.ts';
import { sharp } from '../raster/sharp.ts';
import { drawingSize, onePage } from '../raster/vector.ts';
import type { Renderer } from './driver.ts';

const SAMPLE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="3"/></svg>';
/** Of markup, unpacked. librsvg needs about 10 times as much memory, and 40 kB of svgz once took 1.5 GB. */
const MARKUP_BYTES = 16 * 2 ** 20;
const HEAD_BYTES = 4100;
/** What the head of a gzip file can unpack to at most, about. */
const UNPACKED_HEAD_BYTES = 8 * 2 ** 20;

/**
 * librsvg is given the markup from memory, without a place it came from, so that it loads nothing that the markup names:
 * no file, no request. Only `data:` URLs are followed.
 */
const svg: Renderer = {
  name: 'svg',
  version: `1+sharp.${sharp.versions.sharp}.rsvg.${sharp.versions['rsvg']}`,
  samples: {
    svg: async () => Buffer.from(SAMPLE),
    svgz: async () => gzipSync(SAMPLE),
  },
  mediaTypes: ['image/svg+xml'],

  recognise(head) {
    const bytes = isGzip(head) ? unpackedHead(head) : head;
    return bytes !== undefined && beginsSvg(bytes) ? 'image/svg+xml' : undefined;
  },

  async open({ path, limits }) {
    const markup = sniffable(decoded(await markupOf(path)));
    return onePage(await drawingSize(markup, limits.pixels), () => markup);
  },
};

export default svg;

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unpackedHead(head: Uint8Array): Uint8Array | undefined {
  try {
    // The end is missing, which this flush forgives.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_HEAD_BYTES };
    return gunzipSync(head, options).subarray(0, HEAD_BYTES);
  } catch {
    return undefined;
  }
}

function beginsSvg(head: Uint8Array): boolean {
  const text = new TextDecoder(encodingOf(head) ?? 'latin1').decode(head);
  const root = text.slice(prologLength(text));
  return /^<([\w.-]+:)?svg[\s/>]/.test(root) || /^<!DOCTYPE\s+([\w.-]+:)?svg[\s[>]/i.test(root);
}

/** Where the first thing stands that is neither space nor comment nor instruction. A loop: a regular expression would try
 * every way to divide them. */
function prologLength(text: string): number {
  for (let at = 0; ; ) {
    while (/\s/.test(text.charAt(at))) at++;
    const close = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined;
    if (close === undefined) return at;
    const end = text.indexOf(close, at);
    if (end === -1) return text.length;
    at = end + close.length;
  }
}

async function markupOf(path: string): Promise<Buffer> {
  if ((await stat(path)).size > MARKUP_BYTES) throw tooMuch();
  const bytes = await readFile(path);
  if (!isGzip(bytes)) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MARKUP_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooMuch();
    throw new PreviewFailure('DecodeFailed', `the file can not be unpacked: ${(error as Error).message}`);
  }
}

function tooMuch(): PreviewFailure {
  return new PreviewFailure(
    'LimitExceeded',
    `the markup is longer than ${MARKUP_BYTES} bytes, which is all that is read`,
  );
}

/** Without its byte order mark and XML declaration: what is left is UTF-16 no more, whatever they said. */
function decoded(bytes: Buffer): string {
  const encoding = encodingOf(bytes);
  if (encoding === undefined)
    throw new PreviewFailure('DecodeFailed', 'the markup is in an encoding that nobody knows');
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).replace(/^\s*<\?xml\s[^>]*?\?>/, '');
  } catch (error) {
    throw new PreviewFailure('DecodeFailed', `the markup is no ${encoding} text`, { cause: error });
  }
}

/** By the byte order mark, else by the XML declaration, else UTF-8. */
function encodingOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1] ?? 'utf-8';
  // What says UTF-16 in single bytes was converted by a tool that left the declaration.
  if (/^utf-?16/i.test(declared)) return 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    return undefined;
  }
}

/** libvips looks for `<svg` near the start: it would miss a prefix before the name, or what a long comment pushed away. */
function sniffable(markup: string): Buffer {
  return Buffer.from(`<!--                    <svg -->${markup}`);
}
