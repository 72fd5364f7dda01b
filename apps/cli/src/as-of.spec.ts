import { expect, it } from '@jest/globals';
import { parseAsOf } from './as-of.js';

it('a day stands for its end', () => {
  expect(parseAsOf('2026-11-29')).toBe('2026-11-29T23:59:59.999Z');
});

it('an instant stands for itself, in UTC', () => {
  expect(parseAsOf('2026-11-29T12:00:00Z')).toBe('2026-11-29T12:00:00.000Z');
  expect(parseAsOf('2026-11-29T12:00:00+02:00')).toBe('2026-11-29T10:00:00.000Z');
});

it.each(['yesterday', '', '2026-02-30', '2026-11-29T12:00:00', '2026-11', '29.11.2026'])(
  '%j is refused with the forms that are taken',
  (text) => {
    expect(() => parseAsOf(text)).toThrow(
      `--as-of takes a day, such as 2030-01-31, or an instant, such as 2030-01-31T12:00:00Z, but not ${text}`,
    );
  },
);
