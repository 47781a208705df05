/** Tiny stand-ins for a preview that still loads. */
import type { PlaceholderKind, RenderResult } from '../renderer/protocol.ts';
import type { Raster } from '../renderers/driver.ts';
import { sharp } from './sharp.ts';

/** thumbhash takes at most 100 × 100; both encoders go through every sample for every component. */
const SIDE: Readonly<Record<PlaceholderKind, number>> = { thumbhash: 100, blurhash: 32 };
const COMPONENTS = { across: 4, down: 3 };

type Samples = { readonly width: number; readonly height: number; readonly data: Uint8Array };

const HASH: Readonly<Record<PlaceholderKind, (samples: Samples) => Promise<string>>> = {
  /** Base64. */
  async thumbhash({ width, height, data }) {
    const { rgbaToThumbHash } = await import('thumbhash');
    return Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64');
  },
  async blurhash({ width, height, data }) {
    const { encode } = await import('blurhash');
    return encode(new Uint8ClampedArray(data), width, height, COMPONENTS.across, COMPONENTS.down);
  },
};

export async function placeholdersOf(
  raster: Raster,
  kinds: readonly PlaceholderKind[],
): Promise<NonNullable<RenderResult['placeholder']>> {
  const hashes = kinds.map(async (kind) => [kind, await HASH[kind](await samplesOf(raster, SIDE[kind]))] as const);
  return Object.fromEntries(await Promise.all(hashes));
}

/** RGBA of the first frame, within `side`. */
async function samplesOf({ data, width, height, channels }: Raster, side: number): Promise<Samples> {
  const frame = data.subarray(0, width * height * channels);
  const { data: samples, info } = await sharp(frame, { raw: { width, height, channels } })
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: samples };
}
