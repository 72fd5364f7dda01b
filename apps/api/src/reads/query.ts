import { parsePosition } from '#event-store';
import { isPageCursor } from '#projections';
import { invalid, instant } from '../http/headers.js';

/** Query parameters: one, several of the same name, or none. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export const MAX_SKUS = 500;
const SKU = /^[A-Za-z0-9][A-Za-z0-9._/ +-]{0,63}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** @throws Problem if the parameter was given twice */
export const one = (query: Query, name: string): string | undefined => {
  const value = query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(name, 'must be given only once');
};

/** @throws Problem if the value is not an id */
export const id = (query: Query, name: string): string | undefined => {
  const value = one(query, name);
  if (value === undefined || ID.test(value)) return value;
  throw invalid(name, 'is not an id');
};

/** One of the values, where one was given. @throws Problem */
export const oneOf = <Value extends string>(query: Query, name: string, values: readonly Value[]) => {
  const text = one(query, name);
  const value = values.find((known) => known === text);
  if (text !== undefined && !value) throw invalid(name, `must be one of ${values.join(', ')}`);
  return value;
};

/** Those of the values that were given: repeated, comma-separated, or both. @throws Problem */
export const someOf = <Value extends string>(
  query: Query,
  name: string,
  values: readonly Value[],
): readonly Value[] => {
  const given = [query[name] ?? []].flat().flatMap((text) => text.split(','));
  if (!given.every((text) => values.some((value) => value === text)))
    throw invalid(name, `must list some of ${values.join(', ')}`);
  return values.filter((value) => given.includes(value));
};

/** `next` of the page before. @throws Problem */
const cursor = (query: Query, isCursor: (text: string) => boolean): string | undefined => {
  const text = one(query, 'cursor');
  if (text === undefined || isCursor(text)) return text;
  throw invalid('cursor', 'must be `next` of the page before');
};

export const pageCursor = (query: Query) => cursor(query, isPageCursor);
export const positionCursor = (query: Query) => cursor(query, (text) => parsePosition(text) !== undefined);

/** Milliseconds since 1970. @throws Problem */
export const asOf = (query: Query): number | undefined => {
  const value = one(query, 'asOf');
  return value === undefined ? undefined : Date.parse(instant(value, 'asOf'));
};

/** @throws Problem */
export const sku = (query: Query): string => {
  const value = one(query, 'sku') ?? '';
  if (SKU.test(value)) return value;
  throw invalid('sku', 'must be a SKU');
};

/** Repeated, comma-separated, or both. @throws Problem */
export const skus = (query: Query): readonly string[] => {
  const values = [query['sku'] ?? []].flat().flatMap((value) => value.split(','));
  const wrong = values.find((value) => !SKU.test(value));
  if (wrong !== undefined || values.length === 0)
    throw invalid('sku', 'must list at least one SKU, and only valid SKUs');
  if (values.length > MAX_SKUS) throw invalid('sku', `must list at most ${MAX_SKUS} SKUs`);
  return values;
};

/** @throws Problem */
export const limit = (query: Query, max: number): number => {
  const text = one(query, 'limit') ?? '50';
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw invalid('limit', `must be a number from 1 to ${max}`);
};
