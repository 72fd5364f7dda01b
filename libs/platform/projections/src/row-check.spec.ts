import { asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import { layoutOf, type StoredRow } from './layout.js';
import { column, type Column, nullable, primary, readTable } from './read-table.js';
import { rowCheck, UnstorableRow } from './row-check.js';

interface Thing {
  readonly id: string;
  readonly value: unknown;
}

const checkOf = (checked: Column) => {
  const table = readTable<Thing>('thing', { id: primary(column.text()), value: checked });
  const check = rowCheck(layoutOf({ name: 'thing', version: 1, categories: [], table, rowsOf: () => [] }));
  return (value: unknown) => check({ id: '1', value, revision: 0, position: asPosition(1) });
};

const cases: [Column, unknown[], unknown[]][] = [
  [column.text(), ['', 'Grüße'], [1, null, undefined, 'a\u0000b', '\ud800']],
  [nullable(column.text()), [null, undefined, 'x'], [1]],
  [column.texts(), [[], ['a']], ['a', [null], ['\u0000']]],
  [column.integer(), [0, -2147483648, 2147483647], [0.5, 2147483648, '1', Number.NaN]],
  [column.bigint(), [Number.MAX_SAFE_INTEGER], [2 ** 53, 1.5, 1n]],
  [column.decimal(), [0.1], [Infinity]],
  [column.flag(), [true], ['true']],
  [
    column.instant(),
    ['2026-01-01T12:00:00.000Z', '2024-02-29T23:59:59Z', '2026-01-01T12:00:00+02:00'],
    ['2026-02-29T12:00:00.000Z', '2026-13-01T12:00:00Z', 'soon', '0000-01-01T00:00:00Z', '2026-01-01', 0],
  ],
  [column.day(), ['2024-02-29'], ['2026-02-29', '2026-01-01T12:00:00.000Z']],
  [column.json({}), [{ a: [1, 'x', null, { b: undefined }] }, []], [{ a: '\u0000' }, { '\ud800': 1 }, [Number.NaN]]],
];

describe.each(cases)('a column of %j', (checked, good, bad) => {
  it('accepts values that PostgreSQL can store', () => {
    for (const value of good) expect(() => checkOf(checked)(value)).not.toThrow();
  });
  it('refuses values that PostgreSQL would refuse', () => {
    for (const value of bad) expect(() => checkOf(checked)(value)).toThrow(UnstorableRow);
  });
});

it('checks changed values only', () => {
  const table = readTable<Thing>('thing', { id: primary(column.text()), value: column.text() });
  const check = rowCheck(layoutOf({ name: 'thing', version: 1, categories: [], table, rowsOf: () => [] }));
  const before: StoredRow = { id: '1', value: 5, revision: 0, position: asPosition(1) };
  expect(() => check({ ...before, position: asPosition(2) }, before)).not.toThrow();
});
