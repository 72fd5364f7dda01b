import { expect, it } from '@jest/globals';
import { Random } from './random.js';

const numbers = (random: Random) => Array.from({ length: 1000 }, () => random.between(1, 6));

it('tells the same story for the same seed, and another for another', () => {
  expect(numbers(new Random(7))).toEqual(numbers(new Random(7)));
  expect(numbers(new Random(8))).not.toEqual(numbers(new Random(7)));
});

it('reaches both ends and nothing beyond', () => {
  expect(new Set(numbers(new Random(7)))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});

it('picks nothing from nothing', () => {
  expect(() => new Random(7).pick([])).toThrow(RangeError);
});
