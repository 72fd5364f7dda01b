/** The documents that a till uploads, one JSON object a line. Money is integers in minor units of the till's currency. */
import { normalizeDocumentNumber, parseInstant } from '#kernel';

/** The sale of goods that are brought back: a receipt of a till, or an order of any channel. */
export type OriginalSale =
  | { readonly till: string; readonly number: string; readonly line: string }
  | { readonly order: string; readonly line: string };

export interface ReceiptLine {
  /** Unique on the receipt. */
  readonly line: string;
  readonly sku: string;
  /** Units sold; below zero, units brought back. */
  readonly quantity: number;
  /** Price of one unit, after discounts on the line. */
  readonly price: number;
  /** Of goods brought back; `good` by default. */
  readonly condition?: GoodsCondition;
  /** Of goods brought back; absent where nobody knows the sale. */
  readonly of?: OriginalSale;
}

/** `none`: money was given back without goods. */
export type GoodsCondition = 'good' | 'damaged' | 'refurbish' | 'none';

interface DocumentHead {
  /** A till uses each number once, whatever the kind of the document. */
  readonly number: string;
  /** ISO 8601 in UTC, by the till's clock. */
  readonly at: string;
}

export interface Receipt extends DocumentHead {
  readonly kind: 'receipt';
  readonly lines: readonly ReceiptLine[];
  /** Discount on the whole receipt. */
  readonly discount: number;
  readonly customerId?: string;
}

/** Voids an earlier receipt of the same till as a whole, and repeats its lines. */
export interface VoidedReceipt extends DocumentHead {
  readonly kind: 'void';
  /** Number of the receipt. */
  readonly voids: string;
  readonly lines: readonly ReceiptLine[];
  readonly discount: number;
}

export interface StockCount extends DocumentHead {
  readonly kind: 'count';
  /** A person has looked at it, although it empties many shelves. */
  readonly confirmed?: true;
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly counted: number }[];
}

export type TillDocument = Receipt | VoidedReceipt | StockCount;

/** A line of an upload is not a document of a till. The message says which field is wrong. */
export class InvalidDocument extends Error {
  override name = 'InvalidDocument';
}

type JsonObject = Readonly<Record<string, unknown>>;

const NUMBER = /^[A-Za-z0-9-]{1,24}$/;
/** Excludes control characters and lone surrogates, which PostgreSQL refuses. */
const TEXT = /^[^\p{C}]{1,64}$/u;
const CONDITIONS: readonly unknown[] = ['good', 'damaged', 'refurbish', 'none'];
const CONFIRMED = { confirmed: true } as const;
const MAX_UNITS = 1_000_000;
const MAX_LINES = 2_000;

/** The number of a document that may be invalid otherwise; undefined where it has none. */
export const numberOf = (json: unknown): string | undefined => {
  const number = isObject(json) ? json['number'] : undefined;
  const normal = typeof number === 'string' ? normalizeDocumentNumber(number) : '';
  return NUMBER.test(normal) ? normal : undefined;
};

const FIELDS = new Set(['kind', 'number', 'at', 'lines', 'discount', 'total', 'customerId', 'voids', 'confirmed']);
const LINE_FIELDS = new Set(['line', 'sku', 'quantity', 'price', 'condition', 'of', 'counted']);
const MAX_IGNORED = 20;

/** Names of fields that no document has: `note`, `lines.cashier`. At most 20. */
export const ignoredFields = (json: unknown): readonly string[] => {
  const document = isObject(json) ? json : {};
  const lines = Array.isArray(document['lines']) ? (document['lines'] as unknown[]).filter(isObject) : [];
  const ofLines = lines.flatMap((line) => Object.keys(line)).filter((name) => !LINE_FIELDS.has(name));
  const names = [
    ...Object.keys(document).filter((name) => !FIELDS.has(name)),
    ...ofLines.map((name) => `lines.${name}`),
  ];
  return [...new Set(names)].slice(0, MAX_IGNORED);
};

/** Checks the form of a document. The rules of the commands are left to Kontor's API. @throws InvalidDocument */
export const parseTillDocument = (json: unknown): TillDocument => {
  if (!isObject(json))
    throw new InvalidDocument('A line must be an object: {"kind":"receipt","number":…,"at":…,"lines":[…]}');
  const head = { number: parsedNumber(json, 'number'), at: parsedInstant(json) };
  switch (json['kind']) {
    case 'receipt':
      return { kind: 'receipt', ...head, ...parsedGoods(json), ...parsedCustomer(json) };
    case 'void':
      return { kind: 'void', ...head, ...parsedGoods(json), voids: parsedNumber(json, 'voids') };
    case 'count':
      return { kind: 'count', ...head, lines: parsedCountLines(json), ...(json['confirmed'] === true && CONFIRMED) };
    default:
      throw new InvalidDocument('kind must be receipt, void or count');
  }
};

/** What the buyer paid, in minor units; below zero, what the buyer got back. */
export const amountOf = ({ lines, discount }: Pick<Receipt, 'lines' | 'discount'>): number =>
  Number(lines.reduce((sum, { quantity, price }) => sum + BigInt(quantity) * BigInt(price), -BigInt(discount)));

const parsedGoods = (json: JsonObject) => {
  const goods = { lines: parsedLines(json).map(parsedReceiptLine), discount: parsedInteger(json, 'discount', 0, 0) };
  const amount = amountOf(goods);
  if (!Number.isSafeInteger(amount))
    throw new InvalidDocument(`total: the amount is beyond ${Number.MAX_SAFE_INTEGER}`);
  if (goods.discount > 0 && goods.lines.every(({ quantity }) => quantity < 0))
    throw new InvalidDocument('discount: nothing was sold to which it could apply');
  if (json['total'] !== undefined && json['total'] !== amount)
    throw new InvalidDocument(`total: the lines add up to ${amount}`);
  return goods;
};

const parsedCustomer = (json: JsonObject) =>
  json['customerId'] === undefined ? {} : { customerId: parsedText(json, 'customerId') };

const parsedLines = ({ lines }: JsonObject): readonly JsonObject[] => {
  if (!Array.isArray(lines) || lines.length === 0 || lines.length > MAX_LINES || !lines.every(isObject))
    throw new InvalidDocument(`lines must be a list of 1 to ${MAX_LINES} objects`);
  return lines;
};

const parsedReceiptLine = (json: JsonObject): ReceiptLine => {
  const quantity = parsedInteger(json, 'quantity', -MAX_UNITS);
  if (quantity === 0 || quantity > MAX_UNITS)
    throw new InvalidDocument(`quantity must be a whole number from 1 to ${MAX_UNITS}, or from -1 to -${MAX_UNITS}`);
  const line = {
    line: parsedLineId(json),
    sku: parsedSku(json),
    quantity,
    price: parsedInteger(json, 'price', 0),
  };
  if (quantity < 0) return { ...line, ...parsedReturn(json) };
  if ((json['condition'] ?? json['of']) === undefined) return line;
  throw new InvalidDocument('condition and of belong to goods brought back, whose quantity is below 0');
};

const parsedReturn = ({ condition, of }: JsonObject) => {
  if (condition !== undefined && !CONDITIONS.includes(condition))
    throw new InvalidDocument(`condition must be one of ${CONDITIONS.join(', ')}`);
  return {
    ...(condition !== undefined && { condition: condition as GoodsCondition }),
    ...(of !== undefined && { of: parsedOriginalSale(of) }),
  };
};

/** Of two counts of a SKU, at two places of the location, nobody knows whether they are to be added. */
const parsedCountLines = (json: JsonObject): StockCount['lines'] => {
  const lines = parsedLines(json).map(parsedCountLine);
  const skus = lines.map(({ sku }) => sku);
  const twice = skus.find((sku, index) => skus.indexOf(sku) !== index);
  if (twice !== undefined) throw new InvalidDocument(`lines: ${twice} is counted more than once: count it in one line`);
  return lines;
};

const parsedCountLine = (json: JsonObject) => {
  const [line, sku] = [parsedLineId(json), parsedSku(json)];
  return { line, sku, counted: parsedInteger(json, 'counted', 0) };
};

const parsedOriginalSale = (json: unknown): OriginalSale => {
  if (!isObject(json)) throw new InvalidDocument('of must be {"till":…,"number":…,"line":…} or {"order":…,"line":…}');
  const line = parsedLineId(json);
  if (json['order'] !== undefined) return { order: parsedText(json, 'order'), line };
  return { till: parsedText(json, 'till'), number: parsedNumber(json, 'number'), line };
};

const isObject = (json: unknown): json is JsonObject => typeof json === 'object' && json !== null;

/** Of a document. */
const parsedNumber = (json: JsonObject, field: string): string => {
  const number = numberOf({ number: json[field] });
  if (number !== undefined) return number;
  throw new InvalidDocument(`${field} must be text that matches ${NUMBER.source}`);
};

/** Tills write the number of a line as a number or as text. */
const parsedLineId = ({ line }: JsonObject): string => {
  const id = typeof line === 'number' ? String(line) : line;
  if (typeof id !== 'string' || !NUMBER.test(id))
    throw new InvalidDocument('line must be the number of the line on its receipt');
  return id;
};

/** A SKU of digits may be written as a number. */
const parsedSku = (json: JsonObject): string =>
  Number.isSafeInteger(json['sku']) ? String(json['sku']) : parsedText(json, 'sku');

const parsedText = (json: JsonObject, field: string, pattern = TEXT): string => {
  const { [field]: value } = json;
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new InvalidDocument(`${field} must be text that matches ${pattern.source}`);
};

const parsedInteger = (json: JsonObject, field: string, min: number, byDefault?: number): number => {
  const value = json[field] ?? byDefault;
  if (Number.isSafeInteger(value) && (value as number) >= min) return value as number;
  throw new InvalidDocument(`${field} must be a whole number, at least ${min}`);
};

const parsedInstant = ({ at }: JsonObject): string => {
  const instant = parseInstant(at);
  if (instant !== undefined) return instant;
  throw new InvalidDocument('at must be a date and time with an offset from UTC, in a year from 1900 to 9999');
};
