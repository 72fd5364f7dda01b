import { parse } from 'csv-parse/sync';

/** A supplier's stock of one article: either the quantity on the shelf, or by how many units it has changed. */
export interface StockFeedRow {
  /** Number of the row, from 1, not counting the header. */
  readonly row: number;
  readonly sku: string;
  readonly quantity?: number;
  readonly delta?: number;
}

/** A row that is wrong. Nothing changes for its SKU. */
export interface WrongRow {
  readonly row: number;
  /** Absent where it cannot be read. */
  readonly sku?: string;
  readonly problem: string;
}

export interface StockFeedRows {
  readonly rows: readonly StockFeedRow[];
  readonly wrong: readonly WrongRow[];
}

type RawRow = Readonly<Record<string, unknown>>;

const MAX_UNITS = 10_000_000;

/**
 * Reads CSV with a header (`sku`, and `quantity` or `delta`; separated by comma, semicolon or tab), or JSON: a list, or an
 * object with a list `items`.
 * @throws Error where the text cannot be read to its end: an incomplete file must change nothing
 */
export const parseStockFeed = (format: 'csv' | 'json', text: string): StockFeedRows => {
  const raw = format === 'csv' ? parseCsv(text) : parseJson(text);
  const rows: StockFeedRow[] = [];
  const wrong: WrongRow[] = [];
  const seen = new Set<string>();
  for (const [index, one] of raw.entries()) {
    const parsed = parseRow(index + 1, one);
    if ('problem' in parsed) wrong.push(parsed);
    else if (seen.has(parsed.sku))
      wrong.push({ row: parsed.row, sku: parsed.sku, problem: `${parsed.sku} is there twice` });
    else rows.push(parsed);
    if (parsed.sku !== undefined) seen.add(parsed.sku);
  }
  return { rows, wrong };
};

const parseCsv = (text: string): readonly RawRow[] => {
  const columns = (header: string[]) => header.map((name) => name.toLowerCase());
  const options = { bom: true, columns, delimiter: [',', ';', '\t'], skip_empty_lines: true, trim: true };
  const records: readonly RawRow[] = parse(text, options);
  const [first] = records;
  if (first && (!('sku' in first) || !('quantity' in first || 'delta' in first)))
    throw new Error('The header must name "sku", and "quantity" or "delta"');
  return records;
};

const parseJson = (text: string): readonly RawRow[] => {
  const json = JSON.parse(text) as unknown;
  const items = Array.isArray(json) ? (json as unknown) : (json as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) throw new Error('It must be a list, or an object with a list "items"');
  return items.map((item: unknown) => (typeof item === 'object' && item !== null ? (item as RawRow) : {}));
};

const parseRow = (row: number, raw: RawRow): StockFeedRow | WrongRow => {
  const { sku } = raw;
  if (typeof sku !== 'string' || sku === '') return { row, problem: 'it has no "sku"' };
  const [quantity, delta] = [parseInteger(raw['quantity']), parseInteger(raw['delta'])];
  if ((quantity === undefined) === (delta === undefined))
    return { row, sku, problem: 'it needs either "quantity" or "delta"' };
  if (isQuantity(quantity)) return { row, sku, quantity };
  if (isDelta(delta)) return { row, sku, delta };
  return { row, sku, problem: 'a quantity must be a whole number from 0 on, a delta a whole number other than 0' };
};

const isQuantity = (value: number | undefined): value is number =>
  value !== undefined && value >= 0 && value <= MAX_UNITS;

const isDelta = (value: number | undefined): value is number =>
  value !== undefined && value !== 0 && Math.abs(value) <= MAX_UNITS;

/** @returns undefined where the field is empty; NaN where it is anything else than a whole number */
const parseInteger = (value: unknown): number | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value));
  const number = isNumber ? Number(value) : NaN;
  return Number.isInteger(number) ? number : NaN;
};
