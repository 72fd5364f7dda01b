/** What a till says: a line of its day. Money is whole minor units of the till's currency. */

/** Where goods were sold: on a receipt of a till, or in an order of any channel. */
export type SoldOn =
  | { readonly till: string; readonly number: string; readonly line: string }
  | { readonly order: string; readonly line: string };

export interface ReceiptLine {
  /** Unique on the receipt. */
  readonly line: string;
  readonly sku: string;
  /** Below zero: brought back. */
  readonly quantity: number;
  /** Of one unit, after discounts of the line. */
  readonly price: number;
  /** Of goods brought back. */
  readonly condition?: Condition;
  /** Of goods brought back with a receipt. */
  readonly of?: SoldOn;
}

/** `none`: the money was given back without goods. */
export type Condition = 'good' | 'damaged' | 'refurbish' | 'none';

interface Document {
  /** Never used twice by a till. */
  readonly number: string;
  /** ISO 8601, by the till's clock. */
  readonly at: string;
}

export interface Receipt extends Document {
  readonly kind: 'receipt';
  readonly lines: readonly ReceiptLine[];
  /** Off the whole receipt. */
  readonly discount: number;
  readonly customerId?: string;
}

/** Takes back all of an earlier receipt of the same till; it repeats its lines. */
export interface Void extends Document {
  readonly kind: 'void';
  readonly voids: string;
  readonly lines: readonly ReceiptLine[];
  readonly discount: number;
}

export interface Count extends Document {
  readonly kind: 'count';
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly counted: number }[];
}

export type TillDocument = Receipt | Void | Count;

export class BadLine extends Error {
  override name = 'BadLine';
}

type Given = Readonly<Record<string, unknown>>;

const NUMBER = /^[A-Za-z0-9-]{1,24}$/;
const INSTANT = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
/** Without control characters and broken surrogates, which PostgreSQL refuses. */
const TEXT = /^[^\p{C}]{1,64}$/u;
const CONDITIONS: readonly unknown[] = ['good', 'damaged', 'refurbish', 'none'];
const MOST_UNITS = 1_000_000;
const MOST_LINES = 2_000;

/** The number alone, of a line that may be wrong otherwise. */
export const numberOf = (given: unknown): string | undefined => {
  const number = isObject(given) ? given['number'] : undefined;
  return typeof number === 'string' && NUMBER.test(number) ? number : undefined;
};

/** What Kontor's API checks itself is not checked here. @throws BadLine that says what is wrong */
export const documentOf = (given: unknown): TillDocument => {
  if (!isObject(given)) throw new BadLine('A line is an object: {"kind":"receipt","number":…,"at":…,"lines":[…]}');
  const document = { number: text(given, 'number', NUMBER), at: instant(given) };
  switch (given['kind']) {
    case 'receipt':
      return { kind: 'receipt', ...document, ...goodsOf(given), ...customerOf(given) };
    case 'void':
      return { kind: 'void', ...document, ...goodsOf(given), voids: text(given, 'voids', NUMBER) };
    case 'count':
      return { kind: 'count', ...document, lines: linesOf(given).map(countLineOf) };
    default:
      throw new BadLine('kind is one of receipt, void, count');
  }
};

export const amountOf = ({ lines, discount }: Pick<Receipt, 'lines' | 'discount'>): number =>
  lines.reduce((sum, { quantity, price }) => sum + quantity * price, -discount);

const goodsOf = (given: Given) => {
  const goods = { lines: linesOf(given).map(lineOf), discount: whole(given, 'discount', 0, 0) };
  if (!Number.isSafeInteger(amountOf(goods))) throw new BadLine('total: more than can be counted');
  if (goods.discount > 0 && goods.lines.every(({ quantity }) => quantity < 0))
    throw new BadLine('discount: nothing was sold that it could be off');
  if (given['total'] !== undefined && given['total'] !== amountOf(goods))
    throw new BadLine(`total: the lines come to ${amountOf(goods)}`);
  return goods;
};

const customerOf = (given: Given) =>
  given['customerId'] === undefined ? {} : { customerId: text(given, 'customerId') };

const linesOf = ({ lines }: Given): readonly Given[] => {
  if (!Array.isArray(lines) || lines.length === 0 || lines.length > MOST_LINES || !lines.every(isObject))
    throw new BadLine(`lines: a list of 1 to ${MOST_LINES} objects`);
  return lines;
};

const lineOf = (given: Given): ReceiptLine => {
  const quantity = whole(given, 'quantity', -MOST_UNITS);
  if (quantity === 0 || quantity > MOST_UNITS) throw new BadLine(`quantity: 1 to ${MOST_UNITS}, or so many below 0`);
  const line = { line: lineId(given), sku: text(given, 'sku'), quantity, price: whole(given, 'price', 0) };
  if (quantity < 0) return { ...line, ...comingBack(given) };
  if ((given['condition'] ?? given['of']) === undefined) return line;
  throw new BadLine('condition and of belong to goods brought back, whose quantity is below 0');
};

const comingBack = ({ condition, of }: Given) => {
  if (condition !== undefined && !CONDITIONS.includes(condition))
    throw new BadLine(`condition is one of ${CONDITIONS.join(', ')}`);
  return {
    ...(condition !== undefined && { condition: condition as Condition }),
    ...(of !== undefined && { of: soldOn(of) }),
  };
};

const countLineOf = (given: Given) => ({
  ...{ line: lineId(given), sku: text(given, 'sku'), counted: whole(given, 'counted', 0) },
});

const soldOn = (given: unknown): SoldOn => {
  if (!isObject(given)) throw new BadLine('of: {"till":…,"number":…,"line":…} or {"order":…,"line":…}');
  const line = lineId(given);
  if (given['order'] !== undefined) return { order: text(given, 'order'), line };
  return { till: text(given, 'till'), number: text(given, 'number', NUMBER), line };
};

const isObject = (given: unknown): given is Given => typeof given === 'object' && given !== null;

/** As a number or as text. */
const lineId = ({ line }: Given): string => {
  const id = typeof line === 'number' ? String(line) : line;
  if (typeof id !== 'string' || !NUMBER.test(id)) throw new BadLine('line: the number of the line on its receipt');
  return id;
};

const text = (given: Given, field: string, shape = TEXT): string => {
  const { [field]: value } = given;
  if (typeof value === 'string' && shape.test(value)) return value;
  throw new BadLine(`${field} must be a text like ${shape.source}`);
};

const whole = (given: Given, field: string, least: number, otherwise?: number): number => {
  const value = given[field] ?? otherwise;
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw new BadLine(`${field} must be a whole number from ${least} on`);
};

const instant = ({ at }: Given): string => {
  if (typeof at === 'string' && INSTANT.test(at) && !Number.isNaN(Date.parse(at))) return new Date(at).toISOString();
  throw new BadLine('at must be a date and time with an offset from UTC');
};
