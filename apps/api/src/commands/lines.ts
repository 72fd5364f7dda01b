/** A line without its end. `bytes` is undefined if the line is too long. */
export interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  readonly bytes: Buffer | undefined;
}

const NEWLINE = 0x0a;
const isBlank = (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/** Splits bytes into lines as they arrive, and leaves out blank lines. It keeps at most `maxBytes` in memory. */
export async function* lines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;

  const take = (): Line | undefined => {
    number++;
    const bytes = length > maxBytes ? undefined : Buffer.concat(parts);
    parts = [];
    length = 0;
    return bytes?.every(isBlank) ? undefined : { number, bytes };
  };
  const keep = (part: Buffer) => {
    length += part.length;
    if (length <= maxBytes) parts.push(part);
    else parts = [];
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      from = end + 1;
      const line = take();
      if (line) yield line;
    }
    keep(chunk.subarray(from));
  }
  const last = take();
  if (last) yield last;
}
