/** Bytes to text: what counts as text at all, and what is left of it when nothing may surprise the drawing. */
import { stripVTControlCharacters } from 'node:util';

/** Escape, for coloured logs, and form feed are text's; the other controls are not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FOREIGN = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/;

/** UTF-8, or UTF-16 with its byte order mark, without control characters; a character cut at the end is forgiven. */
export function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder(encodingOf(head), { fatal: true }).decode(head, { stream: true });
    return !FOREIGN.test(text);
  } catch {
    return false;
  }
}

/** Whatever is no text behind the head is shown as what it is: U+FFFD, or the picture of a control character. */
export function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes, { stream: true });
  return (
    stripVTControlCharacters(text)
      .replace(/\r\n?/g, '\n')
      // Marks that turn the direction or take no room would let a line show what it does not say.
      .replace(/[\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML holds none of them
      .replace(/[\0-\x08\x0b-\x1f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
      .replace(/[\x7f-\x9f\ufffe\uffff]/g, '\ufffd')
      .toWellFormed()
  );
}

function encodingOf([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-8' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}
