/** The lines of a stream, each as soon as its end has come. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Undefined when it was longer than allowed. */
  readonly text: string | undefined;
}

const NEWLINE = 0x0a;

/** Of a line that is too long nothing is kept, so that no input takes more memory than `bytesPerLine` and a chunk. */
export async function* linesOf(stream: AsyncIterable<Buffer>, bytesPerLine: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 0;
  const take = (): Line => {
    const text = bytes > bytesPerLine ? undefined : decoder.decode(Buffer.concat(parts));
    [parts, bytes, number] = [[], 0, number + 1];
    return { number, text };
  };
  const add = (part: Buffer) => {
    bytes += part.length;
    if (bytes > bytesPerLine) parts = [];
    else parts.push(part);
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      yield take();
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (bytes > 0) yield take();
}
