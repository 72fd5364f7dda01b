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

const rowOf = (row: number, raw: Raw): FeedRow | WrongRow => {
  const { sku } = raw;
  if (!isName(sku)) return { row, problem: 'it has no "sku"' };
  const [quantity, delta] = [wholeOf(raw['quantity']), wholeOf(raw['delta'])];
  if (quantity !== undefined && delta === undefined)
    return isUnits(quantity) ? { row, sku, quantity } : wrong(row, sku);
  if (quantity === undefined && delta !== undefined) return isMove(delta) ? { row, sku, delta } : wrong(row, sku);
  return { row, sku, problem: 'it needs either "quantity" or "delta"' };
};

const wrong = (row: number, sku: string): WrongRow => ({
  ...{ row, sku },
  problem: 'a quantity is a whole number from 0, a delta one other than 0',
});

const isName = (sku: unknown): sku is string => typeof sku === 'string' && sku !== '';

const isMove = (delta: number) => delta !== 0 && isUnits(Math.abs(delta));

const isUnits = (count: number) => count >= 0 && count <= MOST_UNITS;

/** NaN for what is there and no whole number. */
const wholeOf = (value: unknown): number | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value));
  const number = isNumber ? Number(value) : NaN;
  return Number.isInteger(number) ? number : NaN;
};
