import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PreviewFailure } from '../../worker/failures.ts';
import { identify, type Recognise } from '../../worker/identify.ts';

const bytes = (...parts: readonly (string | readonly number[] | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

/** A PNG chunk; nothing here reads its checksum. */
const chunk = (type: string, data: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return bytes(length, type, data, Buffer.alloc(4));
};
const PNG = bytes([0x89], 'PNG\r\n', [0x1a, 0x0a], chunk('IHDR', Buffer.alloc(13)));
const ftyp = (brand: string) => bytes([0, 0, 0, 20], 'ftyp', brand, [0, 0, 0, 0], brand, Buffer.alloc(64));

const KNOWN: readonly [string, Buffer, string][] = [
  ['JPEG', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF', Buffer.alloc(20)), 'image/jpeg'],
  ['PNG', bytes(PNG, chunk('IDAT', Buffer.alloc(8))), 'image/png'],
  ['animated PNG, as a PNG', bytes(PNG, chunk('acTL', Buffer.alloc(8)), chunk('IDAT', Buffer.alloc(8))), 'image/png'],
  ['WebP', bytes('RIFF', [36, 0, 0, 0], 'WEBPVP8 ', Buffer.alloc(24)), 'image/webp'],
  ['GIF', bytes('GIF89a', Buffer.alloc(20)), 'image/gif'],
  ['old GIF', bytes('GIF87a', Buffer.alloc(20)), 'image/gif'],
  ['AVIF', ftyp('avif'), 'image/avif'],
  ['HEIC', ftyp('heic'), 'image/heic'],
  ['HEIF', ftyp('mif1'), 'image/heif'],
  ['TIFF, low byte first', bytes('II', [42, 0, 8, 0, 0, 0, 0, 0], Buffer.alloc(40)), 'image/tiff'],
  ['TIFF, high byte first', bytes('MM', [0, 42, 0, 0, 0, 8, 0, 0], Buffer.alloc(40)), 'image/tiff'],
  ['TIFF whose directory is far behind', bytes('II', [42, 0, 0, 0, 0, 1], Buffer.alloc(5000)), 'image/tiff'],
  ['TIFF of nothing but its header', bytes('MM', [0, 42, 0, 0, 0, 8]), 'image/tiff'],
  ['BigTIFF', bytes('II', [43, 0, 8, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0], Buffer.alloc(40)), 'image/tiff'],
  ['PDF', bytes('%PDF-1.7\n'), 'application/pdf'],
];

const UNKNOWN: readonly [string, Buffer][] = [
  ['plain text', bytes('Dear reader,\nthis is no picture.\n')],
  ['a JPEG’s name with a text inside', bytes('sunset.jpg')],
  ['zeros', Buffer.alloc(8192)],
  ['noise', Buffer.from(Array.from({ length: 8192 }, (_, at) => (at * 7919 + 104729) % 251))],
  ['one byte', bytes([0xff])],
  ['half a PNG signature', bytes([0x89], 'PNG')],
  ['TIFF’s mark with another number', bytes('II', [41, 0, 8, 0, 0, 0], Buffer.alloc(40))],
];

describe('identify', () => {
  let folder: string;
  const told = async (content: Buffer, own?: readonly Recognise[], guesses?: readonly Recognise[]): Promise<string> => {
    const path = join(folder, 'source.jpg');
    await writeFile(path, content);
    return identify(path, own, guesses).catch((error: unknown) => {
      if (error instanceof PreviewFailure) return error.reason;
      throw error;
    });
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-identify-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [title, content, mediaType] of KNOWN) {
    it(`names ${title}: ${mediaType}`, async () => expect(await told(content)).to.equal(mediaType));
  }
  for (const [title, content] of UNKNOWN) {
    it(`does not know ${title}, whatever its file is called`, async () =>
      expect(await told(content)).to.equal('UnsupportedMedia'));
  }

  it('calls an empty file damaged: no other format would help', async () =>
    expect(await told(Buffer.alloc(0))).to.equal('DecodeFailed'));

  it('asks the renderers’ own magic bytes first', async () => {
    const own: Recognise = (head) => (head[0] === 0x89 ? 'application/x-own' : undefined);
    expect(await told(PNG, [() => undefined, own])).to.equal('application/x-own');
  });

  it('asks for guesses last, when nothing else knew the file', async () => {
    const guess: Recognise = () => 'text/x-guess';
    expect(await told(PNG, [], [guess])).to.equal('image/png');
    expect(await told(bytes('MM', [0, 42, 0, 0, 0, 8]), [], [guess])).to.equal('image/tiff');
    expect(await told(bytes('Dear reader'), [], [() => undefined, guess])).to.equal('text/x-guess');
  });

  it('shows a renderer the head of the file only', async () => {
    const seen: number[] = [];
    await told(Buffer.alloc(100_000), [(head) => void seen.push(head.length)]);
    expect(seen).to.deep.equal([4100]);
  });
});
