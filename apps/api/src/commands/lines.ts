/** A line without its end. `text` is undefined if the line is too long. */
export interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  readonly text: string | undefined;
}

const NEWLINE = 0x0a;

/** Splits bytes into lines as they arrive, and leaves out blank lines. It keeps at most `maxBytes` in memory. */
export async function* lines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;

  const take = (): Line | undefined => {
    number++;
    const text = length > maxBytes ? undefined : Buffer.concat(parts).toString('utf8').trim();
    parts = [];
    length = 0;
    return text === '' ? undefined : { number, text };
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
