import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PreviewFailure } from '../failures.ts';
import { outputFile } from '../renderer/output-file.ts';
import type { RenderedFile, ResolvedOutput } from '../renderer/protocol.ts';
import type { Motion, Rights } from '../renderers/driver.ts';
import { scratchUnavailable } from '../scratch.ts';
import type { Sharp } from './sharp.ts';

type Format = ResolvedOutput['format'];

/** Formats without transparency are flattened to white. */
export const OPAQUE: ReadonlySet<Format> = new Set<Format>(['jpeg']);

// The default effort is 2: AVIF's own default effort costs 9 times the CPU for 8 % fewer bytes.
const ENCODE: Readonly<Record<Format, (image: Sharp, output: ResolvedOutput, motion?: Motion) => Sharp>> = {
  jpeg: (image, { quality }) => image.jpeg({ quality, mozjpeg: false }),
  png: (image) => image.png({ compressionLevel: 6 }),
  webp: (image, { quality, effort, lossless }, motion) =>
    image.webp({ quality, lossless, effort: Math.min(effort, 6), ...(motion ? timing(motion) : {}) }),
  avif: (image, { quality, effort, lossless }) => image.avif({ quality, lossless, effort }),
};

const timing = ({ delays, loop }: Motion) => ({ delay: [...delays], loop });

/** Formats that can hold what moves. */
export const MOVING: ReadonlySet<Format> = new Set<Format>(['webp']);

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
  readonly motion?: Motion | undefined;
  readonly rights?: Rights | undefined;
}

/** Writes one output into the job's folder, complete under its final name or not at all. Same pixels, same bytes. */
export async function encode(image: Sharp, options: EncodeOptions): Promise<RenderedFile> {
  const { output, folder, budget, motion, rights } = options;
  if (output.copyright && rights !== undefined) image.withExif({ IFD0: { ...rights } });
  const { data, info } = await ENCODE[output.format](image, output, motion).toBuffer({ resolveWithObject: true });
  if (data.length > budget) {
    throw new PreviewFailure(
      'LimitExceeded',
      `output ${output.name} of ${data.length} bytes passes the limit outputBytes: ${budget} bytes were left`,
    );
  }
  const { file, mediaType } = outputFile(output);
  const temporary = join(folder, `.${file}.partial`);
  await writeFile(temporary, data).catch(scratchUnavailable);
  await rename(temporary, join(folder, file)).catch(scratchUnavailable);
  return {
    name: output.name,
    file,
    mediaType,
    width: info.width,
    height: info.pageHeight ?? info.height,
    bytes: data.length,
  };
}
