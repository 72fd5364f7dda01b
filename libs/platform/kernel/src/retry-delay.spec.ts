import { describe, expect, it } from '@jest/globals';
import { retryDelayMs } from './retry-delay.js';

const delays = { firstMs: 100, maxMs: 1_000 };

describe('the delay before the next try', () => {
  it('doubles with each failure, up to a maximum', () =>
    expect([1, 2, 3, 4, 5, 2_000].map((failures) => retryDelayMs(failures, delays))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]));

  it.each([
    [0, 200],
    [0.5, 300],
    [1, 400],
  ])('is at least half of that where chance says %d', (chance, delayMs) =>
    expect(retryDelayMs(3, delays, () => chance)).toBe(delayMs),
  );
});
