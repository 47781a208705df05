import libheif from 'libheif-js/package.json' with { type: 'json' };
import { PreviewFailure } from '../failures.ts';
import { HeifError, type HeifPicture, type HeifSamples, openHeif } from '../raster/libheif.ts';
import { within } from '../raster/limit.ts';
import { displayP3Profile, fromProfile } from '../raster/profile.ts';
import { sharp } from '../raster/sharp.ts';
import type { Moment, OpenSource, Raster, Renderer, Size } from './driver.ts';

const heic: Renderer = {
  name: 'heic',
  version: `1+libheif-js.${libheif.version}+sharp.${sharp.versions.sharp}.vips.${sharp.versions.vips}`,
  samples: {
    heic: async () => Buffer.from(SAMPLE, 'base64'),
    heif: async () => ofBrand('mif1'),
  },
  mediaTypes: ['image/heic'],

  async open({ path, limits }): Promise<OpenSource> {
    const picture = await decoding(() => openHeif(path, limits));
    within(limits.pixels, picture.width * picture.height, 'pixels');
    const size = { width: picture.width, height: picture.height };
    return {
      ...size,
      alpha: picture.alpha,
      /** Bursts and stereo pairs hold more pictures; the primary one is what a viewer shows. */
      async sizeAt({ page }: Moment): Promise<Size> {
        if (page > 1) throw new PreviewFailure('InvalidPayload', `page ${page} was asked for and the source has 1`);
        return size;
      },
      raster: (_, wanted) => decoding(() => rasterise(picture, wanted)),
    };
  },
};

export default heic;

/** The sample as a file that says no more than that it is HEIF: the brand stands behind the first box's size and type. */
function ofBrand(brand: string): Buffer {
  const sample = Buffer.from(SAMPLE, 'base64');
  sample.write(brand, 8, 'latin1');
  return sample;
}

async function rasterise(picture: HeifPicture, size: Size): Promise<Raster> {
  const samples = picture.decode();
  if (picture.premultiplied) divideByAlpha(samples);
  const { width, height, channels } = samples;
  // The samples lie in the decoder's memory: nothing may call it until they are read.
  const { data, info } = await sharp(samples.data, { raw: { width, height, channels } })
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raster = { data, width: info.width, height: info.height, channels };
  const profile = picture.profile ?? (picture.primaries === DISPLAY_P3 ? await displayP3Profile() : undefined);
  return profile === undefined ? raster : fromProfile(raster, profile);
}

/** Primaries 12 of ITU-T H.273. Other wide ones come with the transfer curves of HDR, which have no equal in sRGB. */
const DISPLAY_P3 = 12;

function divideByAlpha({ data, channels }: HeifSamples): void {
  if (channels !== 4) return;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel++) {
      data[channel] = Math.min(255, Math.round(((data[channel] ?? 0) * 255) / alpha));
    }
  }
}

/** A kind of file, a feature and a codec that this build has not. */
const UNSUPPORTED: ReadonlySet<number> = new Set([3, 4, 11]);
const SECURITY_LIMIT = 1000;

async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof HeifError ? reasonOf(error) : 'DecodeFailed';
    const detail = (error as Error).message.split('\n')[0]?.slice(0, 200) || 'unreadable';
    throw new PreviewFailure(reason, `the HEIF picture can not be decoded: ${detail}`, { cause: error });
  }
}

function reasonOf({ code, subcode }: HeifError): PreviewFailure['reason'] {
  if (subcode === SECURITY_LIMIT) return 'LimitExceeded';
  return UNSUPPORTED.has(code) ? 'UnsupportedMedia' : 'DecodeFailed';
}

/** 64 × 64 pixels of one colour, made with heif-enc of libheif 1.15.1 and x265 3.5. */
const SAMPLE =
  'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAUJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5w' +
  'aXRtAAAAAAABAAAAImlsb2MAAAAAREAAAQABAAAAAAFmAAEAAAAAAAAAFwAAACNpaW5mAAAAAAABAAAAFWluZmUCAAAAAAEAAGh2YzEA' +
  'AAAAwmlwcnAAAACkaXBjbwAAAHhodmNDAQNwAAAAAAAAAAAAHvAA/P34+AAADwMgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQCEA' +
  'AQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgQEDAgAAAMACAAAAwAIQCIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAEAAAABA' +
  'AAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAoMAAAAfbWRhdAAAABMoAa9Y+Q6SXxR7/7mf/0l6MbIL';
