import { expect, it } from '@jest/globals';
import { BloomFilter } from './bloom-filter.js';

it('finds every key that was added', () => {
  const filter = new BloomFilter();
  for (let n = 0; n < 20_000; n++) filter.add(`added-${n}`);
  for (let n = 0; n < 20_000; n++) expect(filter.mayHave(`added-${n}`)).toBe(true);
});

it('finds other keys as seldom as three independent bits of 2^26 allow', () => {
  const filter = new BloomFilter();
  for (let n = 0; n < 400_000; n++) filter.add(`added-${n}`);
  let found = 0;
  for (let n = 0; n < 200_000; n++) if (filter.mayHave(`other-${n}`)) found++;
  expect(found).toBeLessThan(10); // 1 is expected
});
