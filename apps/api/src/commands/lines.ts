/** A line of a stream, without its end; `text` is undefined for one that is too long to be read. */
export interface Line {
  /** 1, 2, 3… as an editor counts. */
  readonly number: number;
  readonly text: string | undefined;
}

const NEWLINE = 0x0a;

/** Splits bytes into lines as they come; blank lines are left out. Holds one line in memory, never more than `longest` bytes of it. */
export async function* lines(chunks: AsyncIterable<Buffer>, longest: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;

  const take = (): Line | undefined => {
    number++;
    const text = length > longest ? undefined : Buffer.concat(parts).toString('utf8').trim();
    parts = [];
    length = 0;
    return text === '' ? undefined : { number, text };
  };
  const keep = (part: Buffer) => {
    length += part.length;
    if (length <= longest) parts.push(part);
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
