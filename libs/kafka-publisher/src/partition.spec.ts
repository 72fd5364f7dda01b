import { expect, it } from '@jest/globals';
import { murmur2, partitionOf } from './partition.js';

/** Expected values from UtilsTest of Apache Kafka. */
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('hashes %s as Kafka’s own clients do', (text, hash) => expect(murmur2(Buffer.from(text))).toBe(hash));

/** These must never change: a key that moves to another partition loses its order. */
it.each([
  ['order-o-1', 6, 2],
  ['stock-TEA~london', 6, 2],
  ['web·TEA', 6, 2],
  ['customer-ß', 12, 0],
])('places %s in the same one of %i partitions as always', (key, partitions, partition) =>
  expect(partitionOf(key, partitions)).toBe(partition),
);

it('spreads keys evenly', () => {
  const keys = Array.from({ length: 6000 }, (_, i) => partitionOf(`order-${i}`, 6));
  for (const partition of [0, 1, 2, 3, 4, 5])
    expect(Math.abs(keys.filter((one) => one === partition).length - 1000)).toBeLessThan(150);
});
