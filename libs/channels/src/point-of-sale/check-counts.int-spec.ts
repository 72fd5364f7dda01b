import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import { checkCounts } from './check-counts.js';
import { type ParsedLine, parseTillLine } from './parse-till-line.js';

const skus = Array.from({ length: 40 }, (_, index) => `SKU-${index}`);
const origin = {
  ...{ adapter: 'pos', till: { id: 't1', locationId: 'store' } },
  settings: { currency: 'GBP', scale: 2 },
};
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
  await database.owner.query('CREATE TABLE read.stock_position (sku text, location_id text, on_hand integer)');
  await database.owner.query(`INSERT INTO read.stock_position SELECT unnest($1::text[]), 'store', 5`, [skus]);
});
afterAll(() => database.stop());

/** What becomes of a count of all SKUs that finds nothing of some of them. */
const checked = async (nothingOf: number, more: object = {}) => {
  const lines = skus.map((sku, line) => ({ line, sku, counted: line < nothingOf ? 0 : 3 }));
  const count = { kind: 'count', number: 'c-1', at: '2025-11-01T09:00:00Z', lines, ...more };
  const parsed = parseTillLine({ line: 1, text: JSON.stringify(count) }, origin) as ParsedLine;
  return (await checkCounts(database.owner, [parsed]))[0]?.row;
};

it.each([
  ['fewer than ten shelves', 9, {}],
  ['many shelves, which a person has confirmed,', 40, { confirmed: true }],
])('a count that empties %s is recorded', async (_, nothingOf, more) => {
  await expect(checked(nothingOf, more)).resolves.toMatchObject({ state: 'sent' });
});

it('a count that empties many shelves is refused until a person confirms it', async () => {
  const problem = {
    code: 'count-not-confirmed',
    detail: expect.stringContaining('sets 10 of 40 SKUs with stock to 0'),
  };
  await expect(checked(10)).resolves.toMatchObject({ state: 'refused', problem });
});
