/**
 * Which decoder a HEIF file needs. Its name and its brand do not tell: `mif1` says only that it is HEIF, and the codec is
 * written in the header's item and property boxes. Reads the head of a file, which may be cut anywhere and lie anywhere.
 */

interface Box {
  readonly type: string;
  readonly content: Buffer;
}

const HEIF_BRANDS = ['mif1', 'msf1', 'miaf'];
const CODECS = [
  {
    mediaType: 'image/heic',
    items: ['hvc1', 'hev1'],
    property: 'hvcC',
    brands: ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs'],
  },
  { mediaType: 'image/avif', items: ['av01'], property: 'av1C', brands: ['avif', 'avis'] },
] as const;

/** `image/heic` for HEVC and `image/avif` for AV1; undefined for everything else, and where the head does not tell. */
export function heifMediaType(head: Uint8Array): string | undefined {
  const boxes = boxesOf(Buffer.from(head.buffer, head.byteOffset, head.byteLength));
  const [first] = boxes;
  if (first?.type !== 'ftyp') return undefined;
  // The second word is a version.
  const brands = words(first.content).filter((_, at) => at !== 1);
  if (!brands.some((brand) => HEIF_BRANDS.includes(brand) || CODECS.some((codec) => has(codec.brands, brand)))) {
    return undefined;
  }
  const meta = boxesOf(find(boxes, 'meta')?.subarray(4));
  const items = itemTypes(find(meta, 'iinf'));
  const primary = items.get(primaryItem(find(meta, 'pitm')));
  const properties = boxesOf(find(boxesOf(find(meta, 'iprp')), 'ipco')).map(({ type }) => type);
  // A picture of tiles has a type that tells nothing; its tiles do.
  const told =
    CODECS.find((codec) => has(codec.items, primary)) ??
    CODECS.find((codec) => [...items.values()].some((item) => has(codec.items, item))) ??
    CODECS.find((codec) => properties.includes(codec.property)) ??
    CODECS.find((codec) => brands.some((brand) => has(codec.brands, brand)));
  return told?.mediaType;
}

/** The last one may be cut. */
function boxesOf(bytes: Buffer = Buffer.alloc(0)): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const told = bytes.readUInt32BE(at);
    const long = told === 1 && at + 16 <= bytes.length;
    const start = at + (long ? 16 : 8);
    const size = long ? Number(bytes.readBigUInt64BE(at + 8)) : told === 0 ? bytes.length - at : told;
    if (at + size < start) break;
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), content: bytes.subarray(start, at + size) });
    at += size;
  }
  return boxes;
}

function find(boxes: readonly Box[], type: string): Buffer | undefined {
  return boxes.find((box) => box.type === type)?.content;
}

function primaryItem(pitm: Buffer = Buffer.alloc(0)): number | undefined {
  if (pitm.length >= 8 && pitm[0] !== 0) return pitm.readUInt32BE(4);
  return pitm.length >= 6 ? pitm.readUInt16BE(4) : undefined;
}

function itemTypes(iinf: Buffer = Buffer.alloc(0)): Map<number | undefined, string> {
  const types = new Map<number | undefined, string>();
  for (const { type, content } of boxesOf(iinf.subarray(iinf[0] === 0 ? 6 : 8))) {
    // Version 3 has wide numbers; older ones than 2 name no type.
    const wide = content[0] === 3;
    const at = wide ? 10 : 8;
    if (type !== 'infe' || content.length < at + 4) continue;
    types.set(wide ? content.readUInt32BE(4) : content.readUInt16BE(4), content.toString('latin1', at, at + 4));
  }
  return types;
}

function words(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/.{4}/gs) ?? [];
}

function has(list: readonly string[], value: string | undefined): boolean {
  return value !== undefined && list.includes(value);
}
