import { expect, it } from '@jest/globals';
import { RowCache } from './row-cache.js';

const filled = (rows: number, complete: boolean) => {
  const cache = new RowCache<number>(10, complete);
  for (let row = 0; row < rows; row++) cache.set(String(row), row);
  return cache;
};

it('keeps the rows used last', () => {
  const cache = filled(5, false);
  for (let row = 5; row < 30; row++) {
    cache.set(String(row), row);
    expect(cache.get('0')).toBe(0);
  }
  expect(cache.get('1')).toBeUndefined();
});

it('knows which rows do not exist until it has dropped a row', () => {
  expect(filled(5, true).get('x')).toBeNull();
  expect(filled(30, true).get('x')).toBeUndefined();
  expect(filled(5, false).get('x')).toBeUndefined();
});

it('remembers that a row does not exist', () => {
  const cache = new RowCache<number>(10, false);
  cache.set('x', null);
  expect(cache.get('x')).toBeNull();
});
