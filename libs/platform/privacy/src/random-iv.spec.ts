import { expect, it } from '@jest/globals';
import { randomIv } from './random-iv.js';

it('never repeats, even when the pool is refilled', () => {
  const ivs = Array.from({ length: 1_000 }, randomIv);
  expect(new Set(ivs.map((iv) => iv.toString('hex'))).size).toBe(1_000);
  expect(ivs.every((iv) => iv.length === 12)).toBe(true);
});
