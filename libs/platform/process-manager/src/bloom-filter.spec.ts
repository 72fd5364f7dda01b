import { expect, it } from '@jest/globals';
import { BloomFilter } from './bloom-filter.js';

it('finds every key that was added, and hardly any other', () => {
  const filter = new BloomFilter();
  for (let n = 0; n < 20_000; n++) filter.add(`added-${n}`);
  for (let n = 0; n < 20_000; n++) expect(filter.mayHave(`added-${n}`)).toBe(true);
  const found = Array.from({ length: 20_000 }, (_, n) => filter.mayHave(`other-${n}`)).filter(Boolean);
  expect(found.length).toBeLessThan(3);
});
