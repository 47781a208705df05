import { PreviewFailure } from '../failures.ts';
import { within } from '../raster/limit.ts';
import { type Metadata, type SharpOptions, sharp } from '../raster/sharp.ts';
import type { Moment, OpenSource, Raster, Renderer, Rights, Size, SourceFile } from './driver.ts';

/** Characters of a copyright or an artist that are carried over. */
const MAX_RIGHTS = 1000;

const ANIMATED: ReadonlySet<string> = new Set(['gif', 'webp']);

const image: Renderer = {
  name: 'image',
  version: `1+sharp.${sharp.versions.sharp}.vips.${sharp.versions.vips}`,
  samples: {
    jpeg: () => picture().jpeg().toBuffer(),
    png: () => picture().png().toBuffer(),
    webp: () => picture().webp().toBuffer(),
    gif: () => picture().gif().toBuffer(),
    avif: () => picture().avif({ effort: 0 }).toBuffer(),
    tiff: () => picture().tiff().toBuffer(),
  },
  mediaTypes: [
    'image/jpeg',
    'image/png',
    'image/webp',
    'image/gif',
    'image/avif',
    'image/tiff',
    // HEIF whose head does not tell its codec: AV1 pictures are read, others refused when they are decoded. What sharp
    // calls the compression is the brand only: AV1 in a file of the brand mif1 is `hevc` to it.
    'image/heif',
  ],

  async open(source) {
    return opened(source, await headerOf(source, 1));
  },
};

export default image;

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: '#3a7' } });

async function opened(source: SourceFile, header: Metadata): Promise<OpenSource> {
  const pages = header.pages ?? 1;
  const animated = ANIMATED.has(header.format);
  const { limits } = source;
  const first = uprightSize(header);
  within(limits.pixels, pixels(first), 'pixels');
  const pagesRead = new Set<number>();

  const sizeAt = async ({ page }: Moment): Promise<Size> => {
    if (page > pages) {
      throw new PreviewFailure('InvalidPayload', `page ${page} was asked for and the source has ${pages}`);
    }
    if (page === 1 || animated) return first;
    return uprightSize(await headerOf(source, page));
  };
  const rights = await rightsOf(header);
  return {
    ...first,
    ...(header.pages === undefined ? {} : { pages }),
    ...(animated && pages > 1 ? { frames: pages, animation: (size) => motion(source, header, size) } : {}),
    alpha: header.hasAlpha,
    ...(rights === undefined ? {} : { rights }),
    sizeAt,
    async raster(moment, size) {
      const { page } = moment;
      const area = pixels(await sizeAt(moment));
      // A frame of an animation builds on all before it.
      if (animated) within(limits.frames, page, 'frames');
      else within(limits.pages, pagesRead.add(page).size, 'pages');
      within(limits.pixels, area * (animated ? page : 1), 'pixels');
      return decode(() => rasterise(source, moment, size));
    },
  };
}

/** The first frames, as many as the limits allow: an animation that is cut short is better than none. */
function motion(source: SourceFile, header: Metadata, size: Size): Promise<Raster> {
  const { limits, path } = source;
  const { pages = 1, delay = [], loop = 0 } = header;
  const frames = Math.min(pages, limits.frames, Math.floor(limits.pixels / pixels(uprightSize(header))));
  return decode(async () => {
    const options: SharpOptions = { page: 0, pages: frames, limitInputPixels: false, failOn: 'error' };
    const { data, info } = await sharp(path, options)
      .resize({ ...size, fit: 'fill' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const delays = Array.from({ length: frames }, (_, at) => delay[at] ?? 100);
    return { ...size, data, channels: info.channels as Raster['channels'], motion: { delays, loop } };
  });
}

/** Hostile like the rest of the file: text of a bounded length, or nothing. */
async function rightsOf({ exif }: Metadata): Promise<Rights | undefined> {
  if (exif === undefined) return undefined;
  const { default: read } = await import('exif-reader');
  try {
    const { Copyright, Artist } = (read(exif).Image ?? {}) as Record<string, unknown>;
    const told = Object.entries({ Copyright, Artist }).filter(([, text]) => typeof text === 'string' && text !== '');
    if (told.length === 0) return undefined;
    return Object.fromEntries(told.map(([name, text]) => [name, String(text).slice(0, MAX_RIGHTS)]));
  } catch {
    return undefined;
  }
}

/** Limits are held against the header by us: sharp's own limit would refuse to read it at all. */
function headerOf({ path }: SourceFile, page: number): Promise<Metadata> {
  return decode(() => sharp(path, { page: page - 1, limitInputPixels: false }).metadata());
}

function uprightSize({ autoOrient: { width, height } }: Metadata): Size {
  return { width, height };
}

function pixels({ width, height }: Size): number {
  return width * height;
}

/**
 * What a damaged JPEG decodes to is grey or coloured bands, which libjpeg reports as a mere warning: of 100 progressive
 * files with a damaged sector `warning` found 75 and `error` 22. No preview is better than a wrong one.
 */
async function rasterise(source: SourceFile, moment: Moment, size: Size): Promise<Raster> {
  try {
    return await read(source, moment, size, 'warning');
  } catch (error) {
    if (!HARMLESS.test(firstLine(error))) throw error;
    return read(source, moment, size, 'error');
  }
}

/** Warnings about headers, after which the picture is whole. Cameras write such files: lovell/sharp#1578. */
const HARMLESS = /Invalid SOS parameters|extraneous bytes before marker 0x(c[02]|db|e[0-9a-f]|fe)/;

/** Decodes upright and in sRGB, straight to the size: JPEG and WebP decoders shrink while they read. */
async function read(
  source: SourceFile,
  { page }: Moment,
  size: Size,
  failOn: NonNullable<SharpOptions['failOn']>,
): Promise<Raster> {
  const options: SharpOptions = {
    page: page - 1,
    pages: 1,
    autoOrient: true,
    limitInputPixels: source.limits.pixels,
    failOn,
  };
  const { data, info } = await sharp(source.path, options)
    .resize({ ...size, fit: 'fill' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as Raster['channels'] };
}

async function decode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const codec = /compression format has not been built in: (\w+)/.exec((error as Error).message)?.[1];
    if (codec !== undefined) {
      const told = 'where the first 4100 bytes of its file do not say so';
      throw new PreviewFailure('UnsupportedMedia', `a ${codec} picture is not read ${told}`, { cause: error });
    }
    throw new PreviewFailure('DecodeFailed', `the picture can not be decoded: ${firstLine(error)}`, { cause: error });
  }
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0] || 'unreadable';
}
