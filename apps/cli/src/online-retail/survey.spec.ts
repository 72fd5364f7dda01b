import { describe, expect, it } from '@jest/globals';
import { aRow, GUEST, read } from './row.fixture.js';
import { type ReadRow, type Row } from './rows.js';
import { surveyOf } from './survey.js';

const wrong = (line: number, ...invoices: string[]): ReadRow['row'] => ({ line, reason: 'is odd', invoices });
const survey = (...rows: readonly (Partial<Row> | ReadRow['row'])[]) =>
  surveyOf(read(rows.map((row, index) => ('reason' in row ? row : aRow({ line: index + 2, ...row })))));

describe('an invoice waits as a whole', () => {
  it('where one of its rows is wrong, wherever it is in the file', async () => {
    const { unmapped, waiting, rows } = await survey({}, { invoice: '561905' }, wrong(4, '561904'));
    expect({ unmapped, rows }).toEqual({ unmapped: [{ line: 4, reason: 'is odd' }], rows: 2 });
    expect([...waiting]).toEqual(['561904']);
  });

  it('where a row that may be of it names no invoice', async () => {
    const before = await survey({ invoice: '561903' }, {}, wrong(4), { invoice: '561905' }, { invoice: '561906' });
    expect([...before.waiting]).toEqual(['561904', '561905']);
    expect([...(await survey(wrong(2), {})).waiting]).toEqual(['561904']);
  });

  it.each<[string, Partial<Row>[], string]>([
    ['a cancellation has a positive quantity', [{ invoice: 'C561904', quantity: 2 }], 'must be below 0'],
    ['it has two customers', [{}, { customer: '12345' }], 'CustomerID "12345" must be "17941" as in line 2'],
    ['a customer is missing', [{}, GUEST], 'CustomerID "" must be "17941"'],
    ['it has too many lines', Array.from({ length: 2_005 }, () => ({})), 'must have at most 2000 lines of goods'],
  ])('where %s, which is reported once', async (_, rows, reason) => {
    const { unmapped, waiting } = await survey(...rows);
    expect(unmapped).toMatchObject([{ reason: expect.stringContaining(reason) }]);
    expect([...waiting]).toEqual([rows[0]?.invoice ?? '561904']);
  });
});

it('knows the first and the latest country of a customer', async () => {
  const at = (day: number) => ({ at: `2011-08-0${day}T07:30:00.000Z`, invoice: `56190${day}` });
  const { customers } = await survey(at(2), { ...at(4), country: 'Eire' }, { ...at(3), country: 'France' });
  expect(customers.get('17941')).toMatchObject({
    first: { country: 'United Kingdom', invoice: '561902' },
    latest: { country: 'Eire', invoice: '561904' },
  });
});

it('counts lines that are not UTF-8', async () => {
  async function* rows(): AsyncGenerator<ReadRow> {
    for (const line of [2, 3, 4]) yield await Promise.resolve({ row: aRow({ line }), isWindows1252: line > 2 });
  }
  expect((await surveyOf(rows())).windows1252).toEqual({ lines: 2, firstLine: 3 });
});
