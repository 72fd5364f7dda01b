import { expect, it } from '@jest/globals';
import { checkedPartition, PartitionsChanged } from './record-producer.js';

const partitionWith = (count: number) =>
  checkedPartition(new Map([['kontor.stock.v1', 6]]), {
    topic: 'kontor.stock.v1',
    message: { key: Buffer.from('stock-TEA~london') },
    partitionMetadata: new Array(count).fill({}),
  });

it('a record goes to the partition of its key', () => expect(partitionWith(6)).toBe(2));

it('no record is sent once the broker has another number of partitions, also while the producer is open', () =>
  expect(() => partitionWith(7)).toThrow(PartitionsChanged));
