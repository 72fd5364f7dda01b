import { expect, it } from '@jest/globals';
import { cursorOf, isPageCursor, placeAt } from './page-cursor.js';

const encoded = (json: string) => Buffer.from(json).toString('base64url');

it('brings back the place of a row', () => {
  const cursor = cursorOf('2026-01-31T17:30:00.000Z', 'o:1');
  expect([isPageCursor(cursor), placeAt(cursor)]).toEqual([true, ['2026-01-31T17:30:00.000Z', 'o:1']]);
});

it.each([
  ['nothing', ''],
  ['no JSON', 'x'],
  ['a number', encoded('7')],
  ['null', encoded('null')],
  ['two texts', encoded('["x","y"]')],
  ['a day that does not exist', encoded('["2026-02-30T00:00:00.000Z","o-1"]')],
  ['a year that PostgreSQL does not know', encoded('["0000-01-01T00:00:00.000Z","o-1"]')],
  ['U+0000', encoded(String.raw`["2026-01-31T17:30:00.000Z","\u0000"]`)],
  ['half a surrogate pair', encoded(String.raw`["2026-01-31T17:30:00.000Z","\ud800"]`)],
])('is none with %s', (_, cursor) => {
  expect(isPageCursor(cursor)).toBe(false);
  expect(() => placeAt(cursor)).toThrow(RangeError);
});
