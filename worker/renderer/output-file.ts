import type { ResolvedOutput } from './protocol.ts';

type Format = ResolvedOutput['format'];

const EXTENSION: Readonly<Record<Format, string>> = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif' };

/** What an output's file is called, and what is in it, by what was asked for: a renderer has no say in either. */
export function outputFile({ name, format }: Pick<ResolvedOutput, 'name' | 'format'>) {
  return { file: `${name}.${EXTENSION[format]}`, mediaType: `image/${format}` };
}
