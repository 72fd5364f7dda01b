import { expect, it } from '@jest/globals';
import { CommandIdReused } from '#event-store';
import { RecentKeys } from './recent-keys.js';

it('a key may be used again for the same stream, but not for another', () => {
  const keys = new RecentKeys();
  keys.check('web', 'k-1', 'order-1');
  keys.add('web', 'k-1', 'order-1');
  expect(() => keys.check('web', 'k-1', 'order-1')).not.toThrow();
  expect(() => keys.check('web', 'k-1', 'order-2')).toThrow(CommandIdReused);
});

it('the same key of another channel is another key', () => {
  const keys = new RecentKeys();
  keys.add('web', 'k-1', 'order-1');
  expect(() => keys.check('till', 'k-1', 'order-2')).not.toThrow();
});
