import { PreviewFailure } from '../failures.ts';
import { type Metadata, type SharpOptions, sharp } from '../raster/sharp.ts';
import type { Moment, OpenSource, Raster, Renderer, Size, SourceFile } from './driver.ts';

const ANIMATED: ReadonlySet<string> = new Set(['gif', 'webp']);

const image: Renderer = {
  name: 'image',
  version: `1+sharp.${sharp.versions.sharp}.vips.${sharp.versions.vips}`,
  formats: ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'],
  mediaTypes: [
    'image/jpeg',
    'image/png',
    'image/webp',
    'image/gif',
    'image/avif',
    'image/tiff',
    // A HEIF container may hold AV1 pictures, which sharp reads; HEVC ones are refused when the header says so.
    'image/heif',
    'image/heic',
  ],

  async open(source) {
    // Limits are held against the header here: sharp's own would refuse to read it at all.
    const header = await decode(() => sharp(source.path, { limitInputPixels: false }).metadata());
    if (header.compression === 'hevc') {
      throw new PreviewFailure('UnsupportedMedia', 'HEVC pictures (HEIC) can not be read');
    }
    return opened(source, header);
  },

  sample: () =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: '#3a7' } })
      .png()
      .toBuffer(),
};

export default image;

function opened(source: SourceFile, header: Metadata): OpenSource {
  const { width, height } = header.autoOrient;
  const pages = header.pages ?? 1;
  const animated = ANIMATED.has(header.format);
  const { limits } = source;
  within(limits[animated ? 'frames' : 'pages'], pages, animated ? 'frames' : 'pages');
  within(limits.pixels, width * height, 'pixels');
  return {
    width,
    height,
    ...(header.pages === undefined ? {} : { pages }),
    async raster({ page }, size) {
      if (page > pages) {
        throw new PreviewFailure('InvalidPayload', `page ${page} was asked for and the source has ${pages}`);
      }
      // A frame of an animation builds on all before it.
      within(limits.pixels, width * height * (animated ? page : 1), 'pixels');
      return decode(() => rasterise(source, { page, size }));
    },
  };
}

/** Decodes upright and in sRGB, straight to the size: JPEG and WebP decoders shrink while they read. */
async function rasterise(source: SourceFile, { page, size }: Pick<Moment, 'page'> & { size: Size }): Promise<Raster> {
  const options: SharpOptions = {
    page: page - 1,
    pages: 1,
    autoOrient: true,
    limitInputPixels: source.limits.pixels,
    // What a damaged JPEG decodes to is grey bands, reported as a mere warning: no preview is better than a wrong one.
    failOn: 'warning',
  };
  const { data, info } = await sharp(source.path, options)
    .resize({ ...size, fit: 'fill' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as Raster['channels'] };
}

function within(limit: number, value: number, name: 'pixels' | 'pages' | 'frames'): void {
  if (value > limit) {
    throw new PreviewFailure('LimitExceeded', `the source has ${value} ${name}, the limit ${name} is ${limit}`);
  }
}

async function decode<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [first = 'unreadable'] = (error as Error).message.split('\n');
    throw new PreviewFailure('DecodeFailed', `the picture can not be decoded: ${first}`, { cause: error });
  }
}
