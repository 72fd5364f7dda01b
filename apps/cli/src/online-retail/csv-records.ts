import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

export interface CsvRecord {
  /** Line of the file in which the record begins, the first being 1. */
  readonly line: number;
  /** Line of the file in which it ends. */
  readonly lastLine: number;
  readonly cells: readonly string[];
  /** A cell is not UTF-8 and was read as Windows-1252, which includes Latin-1. */
  readonly isWindows1252: boolean;
}

const MAX_RECORD_BYTES = 16 * 1024 * 1024;
const OPTIONS = {
  // Bytes as they are: a file may have lines of several encodings.
  encoding: 'latin1',
  relax_column_count: true,
  relax_quotes: true,
  info: true,
  max_record_size: MAX_RECORD_BYTES,
} as const;

const GZIP = Buffer.of(0x1f, 0x8b);
const UTF8_MARK = Buffer.of(0xef, 0xbb, 0xbf);
const NOT_CSV: readonly (readonly [start: Buffer, problem: string])[] = [
  [Buffer.from('PK'), 'is a spreadsheet or an archive: save it as CSV'],
  [Buffer.of(0xff, 0xfe), 'is UTF-16: save it as CSV in UTF-8'],
  [Buffer.of(0xfe, 0xff), 'is UTF-16: save it as CSV in UTF-8'],
];

/** By code, of the file system, zlib and csv-parse. */
const REASONS: Readonly<Record<string, (line: number) => string>> = {
  ENOENT: () => 'does not exist',
  EISDIR: () => 'is a folder',
  EACCES: () => 'may not be read',
  Z_BUF_ERROR: () => 'is cut short: its gzip data ends too early',
  Z_DATA_ERROR: () => 'is damaged, or no gzip',
  CSV_QUOTE_NOT_CLOSED: (line) => `ends within a quote that opens at line ${line}`,
  CSV_MAX_RECORD_SIZE: (line) => `has a record of more than 16 MiB: is a quote at line ${line} not closed?`,
};

/**
 * Reads the records of a CSV file, gzipped or not, whatever its name; blank lines and rows of empty cells are left out.
 * @throws Error that names the file, and where it is broken
 */
export async function* readCsv(file: string): AsyncGenerator<CsvRecord, void> {
  let end = 0;
  try {
    for await (const { record, info } of await parserOf(file)) {
      const line = end + 1;
      end = info.lines;
      if (record.every((cell) => cell === '')) continue;
      const cells = record.map(decoded);
      yield {
        line,
        lastLine: end,
        cells: cells.map(({ text }) => text),
        isWindows1252: cells.some(({ isUtf8 }) => !isUtf8),
      };
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new Error(`${file} ${REASONS[code]?.(end + 1) ?? message}`, { cause: error });
  }
}

const parserOf = async (file: string) => {
  const start = await firstBytes(file);
  const problem = NOT_CSV.find(([bytes]) => start.subarray(0, bytes.length).equals(bytes))?.[1];
  if (problem !== undefined) throw new Error(problem);
  const parser = parse(OPTIONS);
  const isGzip = start.subarray(0, GZIP.length).equals(GZIP) || file.endsWith('.gz');
  const input = createReadStream(file);
  const source = isGzip ? pipeline(input, createGunzip(), ignored) : input;
  pipeline(source, withoutMark, parser, ignored);
  return parser as AsyncIterable<{ readonly record: string[]; readonly info: { readonly lines: number } }>;
};

/** Errors of a step come out of the parser. */
const ignored = () => undefined;

const firstBytes = async (file: string): Promise<Buffer> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
};

async function* withoutMark(source: AsyncIterable<Buffer>) {
  let isFirst = true;
  for await (const chunk of source) {
    yield isFirst && chunk.subarray(0, 3).equals(UTF8_MARK) ? chunk.subarray(3) : chunk;
    isFirst = false;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

const decoded = (cell: string): { readonly text: string; readonly isUtf8: boolean } => {
  if (!/[\x80-\xff]/.test(cell)) return { text: cell, isUtf8: true };
  const bytes = Buffer.from(cell, 'latin1');
  try {
    return { text: utf8.decode(bytes), isUtf8: true };
  } catch {
    return { text: windows1252.decode(bytes), isUtf8: false };
  }
};
