import { describe, expect, it } from '@jest/globals';
import { parseAsOf, parsePeriodBound } from './instants.js';

const READERS = [
  ['--as-of', parseAsOf],
  ['--from', parsePeriodBound('--from')],
] as const;

it('a day means its end for --as-of, and its start for --from and --to', () => {
  expect(parseAsOf('2026-11-29')).toBe('2026-11-29T23:59:59.999Z');
  expect(parsePeriodBound('--from')('2026-11-29')).toBe('2026-11-29T00:00:00.000Z');
});

describe.each(READERS)('%s', (option, parse) => {
  it('takes an instant, in UTC', () => {
    expect(parse('2026-11-29T12:00:00Z')).toBe('2026-11-29T12:00:00.000Z');
    expect(parse('2026-11-29T12:00:00+02:00')).toBe('2026-11-29T10:00:00.000Z');
  });

  it.each(['yesterday', '', '2026-02-30', '2026-11-29T12:00:00', '2026-11', '29.11.2026'])(
    'refuses %j with the forms that it takes',
    (text) => {
      expect(() => parse(text)).toThrow(
        `${option} takes a day, such as 2030-01-31, or an instant, such as 2030-01-31T12:00:00Z, but not ${text}`,
      );
    },
  );
});
