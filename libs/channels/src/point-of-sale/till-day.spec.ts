import { expect, it } from '@jest/globals';
import { translateDocument } from './document-translation.js';
import { parseTillDocument } from './till-document.js';
import { tillDay } from '../../../../test/simulators/partners/till-day.js';

const plan = { seed: 1, till: 't1', day: '2025-11-21', receipts: 500, goods: [{ sku: 'MUG', price: 850 }] };
const origin = {
  ...{ adapter: 'pos', till: { id: 't1', locationId: 'store' } },
  settings: { currency: 'GBP', scale: 2 },
};

it('the same seed makes the same day, another seed another day', () => {
  expect(tillDay(plan)).toEqual(tillDay(plan));
  expect(tillDay({ ...plan, seed: 2 })).not.toEqual(tillDay(plan));
});

it('every document of a made-up day is valid, and their figures add up to those of the day', () => {
  const { lines, revenue, sold, returned } = tillDay(plan);
  const documents = lines.map((line) => translateDocument(parseTillDocument(JSON.parse(JSON.stringify(line))), origin));
  const sum = (of: 'amount' | 'sold' | 'returned') => documents.reduce((all, one) => all + one[of], 0);
  expect([sum('amount'), sum('sold'), sum('returned')]).toEqual([revenue, sold, returned]);
  expect(documents.filter(({ waitsFor }) => waitsFor.length > 0).length).toBeGreaterThan(20);
});
