import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PreviewFailure } from '../failures.ts';
import type { RenderedFile, ResolvedOutput } from '../renderer/protocol.ts';
import { WHITE } from './resize.ts';
import type { Sharp } from './sharp.ts';

type Format = ResolvedOutput['format'];

/** Formats without transparency are flattened to white. */
export const OPAQUE: ReadonlySet<Format> = new Set<Format>(['jpeg']);

const EXTENSION: Readonly<Record<Format, string>> = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif' };

// WebP and AVIF at effort 2: AVIF's default effort costs 9 times the CPU for 8 % fewer bytes.
const ENCODE: Readonly<Record<Format, (image: Sharp, quality: number) => Sharp>> = {
  jpeg: (image, quality) => image.flatten({ background: WHITE }).jpeg({ quality, mozjpeg: false }),
  png: (image) => image.png({ compressionLevel: 6 }),
  webp: (image, quality) => image.webp({ quality, effort: 2 }),
  avif: (image, quality) => image.avif({ quality, effort: 2 }),
};

/** The longest side that a format can hold, where an output may ask for more. */
const LONGEST: Readonly<Partial<Record<Format, number>>> = { webp: 16383 };

/** The output with a box that its format can hold: width and height are upper bounds, and the schema allows 16384. */
export function encodable(output: ResolvedOutput): ResolvedOutput {
  const longest = LONGEST[output.format] ?? Number.POSITIVE_INFINITY;
  return { ...output, width: Math.min(output.width, longest), height: Math.min(output.height, longest) };
}

export interface EncodeOptions {
  readonly output: ResolvedOutput;
  readonly folder: string;
  /** Bytes that this output may still take. */
  readonly budget: number;
}

/** Writes one output into the job's folder, complete under its final name or not at all. Same pixels, same bytes. */
export async function encode(image: Sharp, { output, folder, budget }: EncodeOptions): Promise<RenderedFile> {
  const { data, info } = await ENCODE[output.format](image, output.quality).toBuffer({ resolveWithObject: true });
  if (data.length > budget) {
    throw new PreviewFailure(
      'LimitExceeded',
      `output ${output.name} of ${data.length} bytes passes the limit outputBytes: ${budget} bytes were left`,
    );
  }
  const file = `${output.name}.${EXTENSION[output.format]}`;
  const temporary = join(folder, `.${file}.partial`);
  await writeFile(temporary, data);
  await rename(temporary, join(folder, file));
  return {
    name: output.name,
    file,
    mediaType: `image/${output.format}`,
    width: info.width,
    height: info.height,
    bytes: data.length,
  };
}
