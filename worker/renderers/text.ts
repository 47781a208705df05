import { open } from 'node:fs/promises';
import { sharp } from '../raster/sharp.ts';
import { drawable, onePage } from '../raster/vector.ts';
import type { Renderer } from './driver.ts';
import { isText, textOf } from './text/content.ts';
import { highlight } from './text/highlight.ts';
import { languageOf, mediaTypeOf } from './text/language.ts';
import { layOut } from './text/layout.ts';
import { PAGE, pageMarkup } from './text/page.ts';

/** More than any first page holds: what does not fit on it is never looked at. */
const READ_BYTES = 64 * 1024;

/** The first page of a text, 80 columns and 60 rows on a sheet of A4, coloured where its language is plain to see. */
const text: Renderer = {
  name: 'text',
  version: `1+sharp.${sharp.versions.sharp}.rsvg.${sharp.versions['rsvg']}.shiki.4.6.0`,
  samples: {
    json: async () => Buffer.from('{ "preview": true }\n'),
    txt: async () => Buffer.from('A line of text, and another one:\nnothing more.\n'),
    md: async () => Buffer.from('# Title\n\n- one\n- two\n'),
    csv: async () => Buffer.from('name,number\none,1\ntwo,2\n'),
    xml: async () => Buffer.from('<?xml version="1.0"?>\n<preview/>\n'),
    code: async () => Buffer.from('export const answer = 42;\n'),
  },
  mediaTypes: [
    'text/plain',
    'text/markdown',
    'text/csv',
    'text/html',
    'application/json',
    // These the library names before anyone guesses.
    'application/xml',
    'text/calendar',
    'text/vcard',
    'text/vtt',
  ],

  guess: (head) => (isText(head) ? mediaTypeOf(languageOf(textOf(head))) : undefined),

  async open({ path, limits }) {
    const content = textOf(await firstBytes(path));
    const lines = layOut(content);
    const markup = async () => pageMarkup(lines, await highlight(lines, languageOf(content)));
    return onePage(drawable(PAGE, limits.pixels), markup, { opaque: true });
  },
};

export default text;

async function firstBytes(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
