import { expect, it } from '@jest/globals';
import { clockSkewMs, clockTrouble } from './clock-skew.js';

const databaseAt = (ms: number) => ({ query: () => Promise.resolve([{ now: new Date(ms) }]) as Promise<never> });

it.each([-3_600_000, 0, 90_000])('measures a clock that is %d ms ahead of the database', async (skew) => {
  const measured = await clockSkewMs(databaseAt(Date.now() - skew));
  expect(Math.abs(measured - skew)).toBeLessThan(5_000);
});

it.each([
  [0, undefined],
  [60_000, undefined],
  [-60_000, undefined],
  [90_000_000, /90000 s ahead of that of the database/],
  [-61_000, /61 s behind that of the database/],
])('names a skew of %d ms if it is more than a minute', (skew, trouble) => {
  if (trouble === undefined) expect(clockTrouble(skew)).toBeUndefined();
  else expect(clockTrouble(skew)).toMatch(trouble);
});
