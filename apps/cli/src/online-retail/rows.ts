import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { londonToUtc } from './london-time.js';

/** One parsed line of the Online Retail data set (UCI 352). */
export interface Row {
  /** Line of the file, the header being 1. */
  readonly line: number;
  readonly invoice: string;
  /** As in the file; the SKU is its upper case. */
  readonly code: string;
  readonly description: string;
  /** Negative for returns and write-offs. */
  readonly quantity: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Per unit, exact: `amount × 10^-scale` pounds, at least two decimals. */
  readonly price: { readonly amount: number; readonly scale: number };
  /** Digits, or undefined for a guest. */
  readonly customer: string | undefined;
  readonly country: string;
}

/** An invalid line, and the reason. */
export interface Unmapped {
  readonly line: number;
  readonly reason: string;
}

const HEADER = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
];
const DECIMAL = /^(-?)(\d{1,9})(?:\.(\d{1,6}))?$/;

type Cells = [string, string, string, string, string, string, string, string];

/** Exact, with at least the two decimals of a penny. */
const parsePrice = (text: string): Row['price'] => {
  const [, sign = '', whole = '0', decimals = ''] = DECIMAL.exec(text) ?? [];
  const digits = decimals.replace(/0+$/, '').padEnd(2, '0');
  return { amount: Number(`${sign}${whole}${digits}`) || 0, scale: digits.length };
};

/** The pattern of each column, and its description for errors. */
const COLUMNS: readonly { readonly is: RegExp; readonly must: string }[] = [
  { is: /^[AC]?\d{6}$/, must: 'be six digits, or C or A with six digits' },
  { is: /^\s*[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$/, must: 'be usable as a SKU' },
  { is: /^/, must: '' },
  { is: /^-?\d{1,7}$/, must: 'be a whole number' },
  { is: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, must: 'look like 2011-08-31 17:45:00' },
  { is: DECIMAL, must: 'be a decimal number' },
  { is: /^(\d+(\.0)?)?$/, must: 'be a number or empty' },
  { is: /^/, must: '' },
];

const problemOf = (cells: readonly string[]): string | undefined => {
  if (cells.length !== HEADER.length) return `has ${cells.length} columns instead of ${HEADER.length}`;
  const wrong = COLUMNS.findIndex(({ is }, index) => !is.test(cells[index] ?? ''));
  return wrong < 0 ? undefined : `${HEADER[wrong] ?? ''} "${cells[wrong] ?? ''}" must ${COLUMNS[wrong]?.must ?? ''}`;
};

const parseLine = (cells: readonly string[], line: number): Row | Unmapped => {
  const reason = problemOf(cells);
  if (reason !== undefined) return { line, reason };
  const [invoice, code, description, quantity, date, unitPrice, customer, country] = cells as Cells;
  const at = londonToUtc(date);
  if (at === undefined) return { line, reason: `InvoiceDate "${date}" is no date` };
  const [number] = customer.split('.');
  return {
    line,
    invoice,
    code: code.trim(),
    description,
    quantity: Number(quantity),
    at,
    price: parsePrice(unitPrice),
    customer: number === '' ? undefined : number,
    country,
  };
};

export interface Trade {
  readonly rows: readonly Row[];
  readonly unmapped: readonly Unmapped[];
}

/** Error code of the file system or zlib → reason. */
const BROKEN: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read',
  Z_BUF_ERROR: 'is cut short: its gzip data ends too early',
  Z_DATA_ERROR: 'is damaged, or no gzip',
};

/** The message of csv-parse about an open quote has the number of its line. */
const reasonOf = (code: string, message: string) =>
  code === 'CSV_QUOTE_NOT_CLOSED'
    ? `ends within a quote that opens at line ${/line (\d+)/.exec(message)?.[1] ?? '?'}`
    : (BROKEN[code] ?? message);

/** Reads a CSV file, gzipped or not. @throws Error that names the file if it is broken or is not the data set */
export const readRows = async (file: string): Promise<Trade> => {
  try {
    return await parseRows(file);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new Error(`${file} ${reasonOf(code, message)}`, { cause: error });
  }
};

const parseRows = async (file: string): Promise<Trade> => {
  const input = createReadStream(file);
  const parser = parse({ relax_column_count: true, bom: true, info: true });
  const source = file.endsWith('.gz')
    ? input.pipe(createGunzip().on('error', (error) => parser.destroy(error)))
    : input;
  input.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  const rows: Row[] = [];
  const unmapped: Unmapped[] = [];
  let header = true;
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (header) {
      if (record.join() !== HEADER.join()) throw new Error(`does not begin with the header ${HEADER.join()}`);
      header = false;
      continue;
    }
    const row = parseLine(record, info.lines);
    if ('reason' in row) unmapped.push(row);
    else rows.push(row);
  }
  if (header) throw new Error('is empty');
  return { rows, unmapped };
};
