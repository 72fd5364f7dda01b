/** The place of a row in a list that is sorted by an instant and an id. */
export type PagePlace = readonly [instant: string, id: string];

export const cursorOf = (...place: PagePlace): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @throws RangeError for a text that {@link cursorOf} has not made */
export const placeAt = (cursor: string): PagePlace => {
  const place = readPlace(cursor);
  if (place) return place;
  throw new RangeError('The cursor is not that of a page');
};

export const isPageCursor = (cursor: string): boolean => readPlace(cursor) !== undefined;

const readPlace = (cursor: string): PagePlace | undefined => {
  try {
    const [instant, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    return isInstant(instant) && typeof id === 'string' && !/\p{C}/u.test(id) ? [instant, id] : undefined;
  } catch {
    return undefined; // not even JSON
  }
};

/** As read models answer it. */
const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && /^(?!0000)\d{4}-/.test(value) && new Date(value).toISOString() === value;
