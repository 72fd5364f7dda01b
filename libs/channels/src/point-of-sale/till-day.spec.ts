import { expect, it } from '@jest/globals';
import { factsOf } from './facts.js';
import { documentOf } from './receipt.js';
import { tillDay } from '../../../../test/simulators/partners/till-day.js';

const plan = { seed: 1, till: 't1', day: '2025-11-21', receipts: 500, goods: [{ sku: 'MUG', price: 850 }] };
const origin = {
  ...{ adapter: 'pos', till: { id: 't1', locationId: 'store' } },
  settings: { currency: 'GBP', scale: 2 },
};

it('the same seed is the same day, another is another', () => {
  expect(tillDay(plan)).toEqual(tillDay(plan));
  expect(tillDay({ ...plan, seed: 2 })).not.toEqual(tillDay(plan));
});

it('a made-up day is believed line by line, and its facts come to what it says', () => {
  const { lines, revenue, sold, returned } = tillDay(plan);
  const facts = lines.map((line) => factsOf(documentOf(JSON.parse(JSON.stringify(line))), origin));
  const sum = (of: 'amount' | 'sold' | 'returned') => facts.reduce((all, one) => all + one[of], 0);
  expect([sum('amount'), sum('sold'), sum('returned')]).toEqual([revenue, sold, returned]);
  expect(facts.filter(({ waitsFor }) => waitsFor.length > 0).length).toBeGreaterThan(20);
});
