import { expect, it } from '@jest/globals';
import { CommandIdReused } from '#event-store';
import { KeyBook } from './key-book.js';

it('lets a key come back for the same stream, and finds out when it comes back for another', () => {
  const book = new KeyBook();
  book.check('web', 'k-1', 'order-1');
  book.note('web', 'k-1', 'order-1');
  expect(() => book.check('web', 'k-1', 'order-1')).not.toThrow();
  expect(() => book.check('web', 'k-1', 'order-2')).toThrow(CommandIdReused);
});

it('keeps the keys of channels apart', () => {
  const book = new KeyBook();
  book.note('web', 'k-1', 'order-1');
  expect(() => book.check('till', 'k-1', 'order-2')).not.toThrow();
});
