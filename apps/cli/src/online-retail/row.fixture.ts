import { type ReadRow, type Row } from './rows.js';

/** A sale, except for the fields that a test overrides. */
export const aRow = (overrides: Partial<Row> = {}): Row => ({
  line: 2,
  invoice: '561904',
  code: '22075',
  description: '6 RIBBONS ELEGANT CHRISTMAS ',
  quantity: 96,
  at: '2011-08-01T07:30:00.000Z',
  price: { amount: 145, scale: 2 },
  customer: '17941',
  country: 'United Kingdom',
  ...overrides,
});

export const FREE = { amount: 0, scale: 2 };
export const GUEST = { customer: undefined };

/** Rows as they are read from a file. */
export async function* read(rows: readonly ReadRow['row'][]): AsyncGenerator<ReadRow, void> {
  for (const row of rows) yield await Promise.resolve({ row, isWindows1252: false });
}
