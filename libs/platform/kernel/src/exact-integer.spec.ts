import { expect, it } from '@jest/globals';
import { exactInteger } from './exact-integer.js';

it('is a number where that is exact', () => expect(exactInteger('-9007199254740991')).toBe(-9007199254740991));

it('keeps its digits in JSON beyond that', () =>
  expect(JSON.stringify({ GBP: exactInteger('18014398509481983') })).toBe('{"GBP":18014398509481983}'));
