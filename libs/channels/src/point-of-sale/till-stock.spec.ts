import { asPosition } from '#event-store';
import { expect, it } from '@jest/globals';
import { type AvailabilityDelta } from '../availability/availability-deltas.js';
import { tillStock } from './till-stock.js';

const delta = (sku: string, sequence: number, available: number): AvailabilityDelta => ({
  ...{ channel: 'till', sku, atp: available + 2, sequence, position: asPosition(sequence), policyVersion: 1 },
  ...{ byLocation: [{ locationId: 'store', available }], nextEta: null, reservable: true, preorderable: false },
});

const all = Array.from({ length: 2_500 }, (_, index) => delta(`SKU-${index}`, index + 1, index));
const availability = {
  changesAfter: (_: string, sequence: number, limit = 1_000) =>
    Promise.resolve(all.filter((one) => one.sequence > sequence).slice(0, limit)),
};

it('a snapshot has everything that can be sold, here and everywhere, and a cursor', async () => {
  const { cursor, stock } = await tillStock(availability, 'till', { location: 'store' });
  expect([cursor, stock.length]).toEqual([2_500, 2_500]);
  expect(stock[7]).toEqual(['SKU-7', 7, 9]);
});

it('a delta has what has changed, zero included', async () => {
  const gone = { changesAfter: () => Promise.resolve([{ ...delta('MUG', 9, 0), atp: 0, byLocation: [] }]) };
  await expect(tillStock(gone, 'till', { location: 'store', since: 8 })).resolves.toEqual({
    ...{ location: 'store', cursor: 9, stock: [['MUG', 0, 0]] },
  });
  await expect(tillStock(gone, 'till', { location: 'store' })).resolves.toMatchObject({ cursor: 9, stock: [] });
  const nothing = await tillStock(availability, 'till', { location: 'store', since: 2_500 });
  expect(nothing).toEqual({ location: 'store', cursor: 2_500, stock: [] });
});
