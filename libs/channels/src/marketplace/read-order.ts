import { type MarketplaceOrder, type MarketplaceOrderLine } from './marketplace-api.js';
import { priceOf } from './order-translation.js';

/** An order that the marketplace has sent cannot be read. The message says which field is wrong. */
export class MalformedOrder extends Error {
  override name = 'MalformedOrder';
}

type Json = Readonly<Record<string, unknown>>;

const MAX_UNITS = 1_000_000;

/** The id of an order that may be malformed otherwise; undefined where it has none. */
export const orderIdIn = (json: unknown): string | undefined => {
  const id = isObject(json) ? idIn(json, 'order_id') : undefined;
  return id !== undefined && /^[^\p{C}]{1,128}$/u.test(id) ? id : undefined;
};

/**
 * Checks what Kontor needs of an order: its ids, quantities and prices. What it can do without is passed on as it is.
 * Fields that Kontor does not know are ignored.
 * @throws MalformedOrder
 */
export const readOrder = (json: unknown): MarketplaceOrder => {
  const order_id = orderIdIn(json);
  if (order_id === undefined || !isObject(json)) throw new MalformedOrder('order_id must be text');
  const currency = textIn(json, 'currency');
  if (!/^[A-Z]{3}$/.test(currency)) throw new MalformedOrder('currency must be three capital letters');
  const lines = Array.isArray(json['lines']) ? (json['lines'] as unknown[]) : [];
  if (lines.length === 0) throw new MalformedOrder('lines must be a list of lines');
  const order = {
    order_id,
    status: textIn(json, 'status'),
    currency,
    shipping_price: priceIn(json, 'shipping_price', currency),
    buyer: personIn(json['buyer']),
    ship_to: addressIn(json['ship_to']),
    lines: lines.map((line, index) => inLine(index, () => readLine(line, currency))),
  };
  if (new Set(order.lines.map(({ line_id }) => line_id)).size < lines.length)
    throw new MalformedOrder('lines has the same line_id twice');
  return order;
};

const readLine = (json: unknown, currency: string): MarketplaceOrderLine => {
  if (!isObject(json)) throw new MalformedOrder('it must be an object');
  const { title } = json;
  return {
    line_id: requiredIdIn(json, 'line_id'),
    sku: requiredIdIn(json, 'sku'),
    quantity: unitsIn(json, 'quantity', 1),
    price: priceIn(json, 'price', currency),
    cancel_requested: json['cancel_requested'] === undefined ? 0 : unitsIn(json, 'cancel_requested', 0),
    ...(typeof title === 'string' && { title }),
  };
};

const inLine = <Result>(index: number, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    throw error instanceof MalformedOrder ? new MalformedOrder(`lines[${index}]: ${error.message}`) : error;
  }
};

const personIn = (json: unknown): MarketplaceOrder['buyer'] => {
  const { name, email, phone } = isObject(json) ? json : {};
  return given({ name, email, phone });
};

const addressIn = (json: unknown): MarketplaceOrder['ship_to'] => {
  const { street, zip, city, country } = isObject(json) ? json : {};
  const lines = Array.isArray(street) ? (street as unknown[]) : [street];
  return { street: lines.filter(isGiven), ...given({ zip, city, country }) };
};

const given = (fields: Json): Json => Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value)));

/** Null and empty text say nothing. */
const isGiven = (value: unknown) => value !== undefined && value !== null && value !== '';

const textIn = (json: Json, field: string): string => {
  const value = json[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new MalformedOrder(`${field} must be text`);
};

/** Ids of digits may be written as numbers. */
const idIn = (json: Json, field: string): string | undefined => {
  const value = Number.isSafeInteger(json[field]) ? String(json[field]) : json[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const requiredIdIn = (json: Json, field: string): string => {
  const id = idIn(json, field);
  if (id === undefined) throw new MalformedOrder(`${field} must be text`);
  return id;
};

const unitsIn = (json: Json, field: string, min: number): number => {
  const value = json[field];
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= MAX_UNITS) return value as number;
  throw new MalformedOrder(`${field} must be a whole number from ${min} to ${MAX_UNITS}`);
};

const priceIn = (json: Json, field: string, currency: string): string => {
  const price = textIn(json, field);
  try {
    priceOf(price, currency);
  } catch {
    throw new MalformedOrder(`${field} must be a decimal number as text, such as "8.50"`);
  }
  return price;
};

const isObject = (json: unknown): json is Json => typeof json === 'object' && json !== null && !Array.isArray(json);
