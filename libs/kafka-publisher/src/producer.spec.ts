import { expect, it } from '@jest/globals';
import { choose, PartitionsChanged } from './producer.js';

const place = (count: number) =>
  choose(new Map([['kontor.stock.v1', 6]]), {
    topic: 'kontor.stock.v1',
    message: { key: Buffer.from('stock-TEA~london') },
    partitionMetadata: new Array(count).fill({}),
  });

it('places a record by its key', () => expect(place(6)).toBe(2));

it('places nothing once the broker says that a topic has more partitions, also while it runs', () =>
  expect(() => place(7)).toThrow(PartitionsChanged));
