import { parse } from 'csv-parse/sync';

/** What a supplier says of one of its articles: how many there are, or by how many more or fewer. */
export interface FeedRow {
  /** Its number in the feed, from 1, without the header. */
  readonly row: number;
  readonly sku: string;
  readonly quantity?: number;
  readonly delta?: number;
}

export interface WrongRow {
  readonly row: number;
  /** Where it can be read. */
  readonly sku?: string;
  readonly problem: string;
}

export interface FeedRows {
  readonly rows: readonly FeedRow[];
  readonly wrong: readonly WrongRow[];
}

type Raw = Readonly<Record<string, unknown>>;

const MOST_UNITS = 10_000_000;

/**
 * CSV with a header (`sku`, and `quantity` or `delta`; comma, semicolon or tab), or JSON: a list, or `items` of an object.
 * @throws Error for what cannot be read as a whole: half a file is none
 */
export const feedRows = (format: 'csv' | 'json', text: string): FeedRows => {
  const raw = format === 'csv' ? fromCsv(text) : fromJson(text);
  const rows: FeedRow[] = [];
  const wrong: WrongRow[] = [];
  const seen = new Set<string>();
  for (const [index, one] of raw.entries()) {
    const read = rowOf(index + 1, one);
    if ('problem' in read) wrong.push(read);
    else if (seen.has(read.sku)) wrong.push({ row: read.row, sku: read.sku, problem: `${read.sku} is there twice` });
    else rows.push(read);
    if (read.sku !== undefined) seen.add(read.sku);
  }
  return { rows, wrong };
};

const fromCsv = (text: string): readonly Raw[] => {
  const columns = (header: string[]) => header.map((name) => name.toLowerCase());
  const options = { bom: true, columns, delimiter: [',', ';', '\t'], skip_empty_lines: true, trim: true };
  const records: readonly Raw[] = parse(text, options);
  const [first] = records;
  if (first && (!('sku' in first) || !('quantity' in first || 'delta' in first)))
    throw new Error('The header must name "sku", and "quantity" or "delta"');
  return records;
};

const fromJson = (text: string): readonly Raw[] => {
  const read = JSON.parse(text) as unknown;
  const items = Array.isArray(read) ? (read as unknown) : (read as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) throw new Error('It must be a list, or an object with "items"');
  return items.map((item: unknown) => (typeof item === 'object' && item !== null ? (item as Raw) : {}));
};

const rowOf = (row: number, { sku, quantity, delta }: Raw): FeedRow | WrongRow => {
  if (typeof sku !== 'string' || sku === '') return { row, problem: 'it has no "sku"' };
  const [counted, moved] = [wholeOf(quantity), wholeOf(delta)];
  if ((counted === undefined) === (moved === undefined)) return { row, sku, problem: 'it needs "quantity" or "delta"' };
  if (counted !== undefined)
    return counted >= 0 && counted <= MOST_UNITS
      ? { row, sku, quantity: counted }
      : { row, sku, problem: 'its quantity is no whole number from 0' };
  const isDelta = moved !== undefined && moved !== 0 && Math.abs(moved) <= MOST_UNITS;
  return isDelta ? { row, sku, delta: moved } : { row, sku, problem: 'its delta is no whole number but 0' };
};

/** NaN for what is there and no whole number. */
const wholeOf = (value: unknown): number | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value));
  const number = isNumber ? Number(value) : NaN;
  return Number.isInteger(number) ? number : NaN;
};
