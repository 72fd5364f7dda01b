import { type CsvRecord, readCsv } from './csv-records.js';
import { londonToUtc } from './london-time.js';

/** One line of the Online Retail data set (UCI 352), understood but not yet interpreted. */
export interface Row {
  /** Line of the file in which it begins, the header being 1. */
  readonly line: number;
  readonly invoice: string;
  /** As written; the SKU is its upper case. */
  readonly code: string;
  readonly description: string;
  /** Signed. */
  readonly quantity: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Per unit, exact: `amount × 10^-scale` pounds, at least two decimals. */
  readonly price: { readonly amount: number; readonly scale: number };
  /** Digits, or undefined for a guest. */
  readonly customer: string | undefined;
  readonly country: string;
}

/** A line that cannot be understood. */
export interface WrongRow {
  readonly line: number;
  readonly reason: string;
  /** The invoices that it may be about, as far as they can be read. */
  readonly invoices: readonly string[];
}

export interface ReadRow {
  readonly row: Row | WrongRow;
  /** It is not UTF-8 and was read as Windows-1252. */
  readonly isWindows1252: boolean;
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

interface Rule {
  readonly holds: (cell: string) => boolean;
  readonly must: string;
}

const matches = (pattern: RegExp, must: string): Rule => ({ holds: (cell) => pattern.test(cell), must });

const INVOICE = /^[AC]?\d{6}$/;
/** An invoice number where a line begins. */
const INVOICES = /(?<=^|\n)[AC]?\d{6}(?=,|$)/g;
const MAX_TEXT = 500;
const MAX_UNITS = 1_000_000;
/** Databases take none of them. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

const TEXT: readonly Rule[] = [
  { holds: (cell) => !CONTROL.test(cell), must: 'have no control characters' },
  { holds: (cell) => cell.length <= MAX_TEXT, must: `have at most ${MAX_TEXT} characters` },
];

/** What each column must look like, and how to say so. */
const RULES: readonly (readonly Rule[])[] = [
  [matches(INVOICE, 'be six digits, or C or A with six digits')],
  [matches(/^\s*[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$/, 'be usable as a SKU')],
  [matches(/^(?!.*\n[AC]?\d{6},)/s, 'end in its line: a quote is probably not closed'), ...TEXT],
  [
    matches(/^-?\d+$/, 'be a whole number'),
    matches(/[1-9]/, 'not be 0'),
    { holds: (cell) => Math.abs(Number(cell)) <= MAX_UNITS, must: 'be at most 1,000,000 units' },
  ],
  [
    matches(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'look like 2011-08-31 17:45:00'),
    { holds: (cell) => londonToUtc(cell) !== undefined, must: 'be a date that exists' },
  ],
  [matches(DECIMAL, 'be a decimal number')],
  [matches(/^(\d{1,9}(\.0)?)?$/, 'be a number or empty')],
  TEXT,
];

const SHOWN = 40;
const shown = (cell: string) => JSON.stringify(cell.length > SHOWN ? `${cell.slice(0, SHOWN)}…` : cell);

const problemOf = (cells: readonly string[]): string | undefined => {
  if (cells.length !== HEADER.length) return `has ${cells.length} columns instead of ${HEADER.length}`;
  for (const [index, rules] of RULES.entries()) {
    const cell = cells[index] ?? '';
    const broken = rules.find(({ holds }) => !holds(cell));
    if (broken) return `${HEADER[index] ?? ''} ${shown(cell)} must ${broken.must}`;
  }
  return undefined;
};

const rowOf = ({ line, lastLine, cells }: CsvRecord): Row | WrongRow => {
  const problem = problemOf(cells);
  if (problem !== undefined) {
    const reason = line === lastLine ? problem : `${problem} (it goes on to line ${lastLine})`;
    return { line, reason, invoices: cells.join(',').match(INVOICES) ?? [] };
  }
  const [invoice, code, description, quantity, date, unitPrice, customer, country] = cells as Cells;
  const [number] = customer.split('.');
  return {
    line,
    invoice,
    code: code.trim(),
    description,
    quantity: Number(quantity),
    at: londonToUtc(date) ?? date,
    price: parsePrice(unitPrice),
    customer: number === '' ? undefined : number,
    country,
  };
};

/** Reads the rows of the data set one after the other. @throws Error that names the file when it is broken, or another */
export async function* readRows(file: string): AsyncGenerator<ReadRow, void> {
  let hasHeader = false;
  for await (const record of readCsv(file)) {
    if (hasHeader) yield { row: rowOf(record), isWindows1252: record.isWindows1252 };
    else if (record.cells.join() !== HEADER.join())
      throw new Error(`${file} does not begin with the header ${HEADER.join()}`);
    hasHeader = true;
  }
  if (!hasHeader) throw new Error(`${file} is empty`);
}
