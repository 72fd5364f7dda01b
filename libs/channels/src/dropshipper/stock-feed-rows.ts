import { parseJson } from '#kernel';
import { parseFeedCsv } from './stock-feed-csv.js';

/** A supplier's stock of one article: either the quantity on the shelf, or by how many units it has changed. */
export interface StockFeedRow {
  /** Number of the row, from 1, not counting the header. */
  readonly row: number;
  /** The supplier's code of the article. */
  readonly sku: string;
  readonly quantity?: number;
  readonly delta?: number;
}

/** A row that is wrong. Nothing changes for its SKU. */
export interface WrongRow {
  readonly row: number;
  /** The SKU that the row is about; absent where nobody can tell, so that it may be about any. */
  readonly sku?: string;
  readonly problem: string;
}

export const isWrong = (row: StockFeedRow | WrongRow): row is WrongRow => 'problem' in row;

export interface StockFeedRows {
  readonly rows: readonly StockFeedRow[];
  readonly wrong: readonly WrongRow[];
}

/** The fields of a row as they are written. */
export interface RawRow {
  readonly sku?: unknown;
  readonly quantity?: unknown;
  readonly delta?: unknown;
  /** Why the fields of the row cannot be separated. */
  readonly problem?: string;
}

export interface RawRows {
  readonly rows: readonly RawRow[];
  readonly decimalSign: '.' | ',';
}

const MAX_UNITS = 10_000_000;

/**
 * Reads CSV with a header (`sku`, and `quantity` or `delta`), or JSON: a list, or an object with a list `items`.
 * @throws Error where the text cannot be read to its end: an incomplete file must change nothing
 */
export const parseStockFeed = (format: 'csv' | 'json', text: string): StockFeedRows => {
  const raw = format === 'csv' ? parseFeedCsv(text) : parseFeedJson(text);
  const parsed = raw.rows.map((one, index) => parseRow(index + 1, one, raw.decimalSign));
  return {
    rows: parsed.flatMap((row) => (isWrong(row) ? [] : [row])),
    wrong: parsed.filter(isWrong),
  };
};

const parseFeedJson = (text: string): RawRows => {
  const json = parseJson(text);
  const items = Array.isArray(json) ? (json as unknown) : (json as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) throw new Error('It must be a list, or an object with a list "items"');
  const rows = items.map((item: unknown) => (typeof item === 'object' && item !== null ? (item as RawRow) : {}));
  return { rows: rows.map(({ sku, quantity, delta }) => ({ sku, quantity, delta })), decimalSign: '.' };
};

const parseRow = (row: number, raw: RawRow, decimalSign: RawRows['decimalSign']): StockFeedRow | WrongRow => {
  if (raw.problem !== undefined) return { row, problem: raw.problem };
  const sku = parseSku(raw.sku);
  if (sku === undefined) return { row, problem: skuProblem(raw.sku) };
  const [quantity, delta] = [raw.quantity, raw.delta].map((value) => parseInteger(value, decimalSign));
  if ((quantity === undefined) === (delta === undefined))
    return { row, sku, problem: 'it needs either "quantity" or "delta"' };
  if (isQuantity(quantity)) return { row, sku, quantity };
  if (isDelta(delta)) return { row, sku, delta };
  return { row, sku, problem: 'a quantity must be a whole number from 0 on, a delta a whole number other than 0' };
};

/** JSON may write a SKU of digits as a number. */
const parseSku = (value: unknown): string | undefined => {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

const skuProblem = (value: unknown): string =>
  typeof value === 'number'
    ? `the "sku" ${value} is a number that has lost digits: write it in quotes`
    : 'it has no "sku"';

const isQuantity = (value: number | undefined): value is number =>
  value !== undefined && value >= 0 && value <= MAX_UNITS;

const isDelta = (value: number | undefined): value is number =>
  value !== undefined && value !== 0 && Math.abs(value) <= MAX_UNITS;

/** Three decimals are not read, as they may be thousands. */
const WHOLE = { '.': /^([+-]?\d{1,15})(?:\.0{1,2})?$/, ',': /^([+-]?\d{1,15})(?:,0{1,2})?$/ };

/** @returns undefined where the field is empty; NaN where it is anything else than a whole number */
const parseInteger = (value: unknown, decimalSign: RawRows['decimalSign']): number | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  const digits = typeof value === 'string' ? WHOLE[decimalSign].exec(value)?.[1] : value;
  return typeof value === 'string' || typeof value === 'number' ? wholeNumber(Number(digits)) : NaN;
};

const wholeNumber = (number: number) => (Number.isInteger(number) ? number : NaN);
