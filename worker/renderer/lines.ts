import type { Duplex } from 'node:stream';

/** The longest line either side accepts: far above any honest message, far below what would hurt the reader. */
export const LINE_BYTES = 256 * 1024;

const NEWLINE = 0x0a;

/** What the other side said is no message of the protocol: it is told nothing more and believed nothing more. */
export class ProtocolError extends Error {}

/**
 * Calls `onLine` with each JSON value of a newline-separated stream. The first line that is too long or no JSON destroys
 * the stream with an error: whoever wrote it is not to be trusted with another.
 */
export function readLines(stream: Duplex, onLine: (value: unknown) => void): void {
  let parts: Buffer[] = [];
  let held = 0;
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, at));
      const length = held + at - from;
      const line = Buffer.concat(parts);
      parts = [];
      held = 0;
      from = at + 1;
      if (length > LINE_BYTES) return refuse(`a line of ${length} bytes`);
      let value: unknown;
      try {
        value = JSON.parse(line.toString('utf8'));
      } catch {
        return refuse('a line that is no JSON');
      }
      onLine(value);
      if (stream.destroyed) return;
    }
    const rest = chunk.subarray(from);
    parts.push(rest);
    held += rest.length;
    if (held > LINE_BYTES) refuse(`a line of more than ${LINE_BYTES} bytes`);
  });

  function refuse(what: string): void {
    parts = [];
    stream.destroy(new ProtocolError(`the other side sent ${what}`));
  }
}

export function writeLine(stream: Duplex, value: unknown): void {
  if (stream.writable) stream.write(`${JSON.stringify(value)}\n`);
}
