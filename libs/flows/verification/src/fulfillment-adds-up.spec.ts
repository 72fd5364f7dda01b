import { describe, expect, it } from '@jest/globals';
import { type FulfillmentEvent } from '#fulfillment';
import { type StockEvent } from '#stock';
import { aRecorded } from '#testing';
import { FulfillmentAddsUp } from './fulfillment-adds-up.js';

const orderId = 'o';
const tea = (quantity: number) => [{ lineId: '1', sku: 'TEA', quantity, reservationId: 'r' }];
const lines = (quantity: number) => [{ lineId: '1', quantity }];

const assigned: FulfillmentEvent = {
  type: 'FulfillmentAssigned',
  data: { orderId, channel: 'web', locationId: 'leeds', method: 'ship', lines: tea(3), attempt: 1 },
};
const shipped = (parcelId: string, quantity: number, more: object = {}): FulfillmentEvent => ({
  type: 'ParcelShipped',
  data: { orderId, parcelId, lines: tea(quantity), locationId: 'leeds', carrier: 'mail', ...more },
});
const handedOver = (quantity: number, more: object = {}): FulfillmentEvent => ({
  type: 'HandedOver',
  data: { orderId, lines: tea(quantity), locationId: 'leeds', proof: 'code', ...more },
});
const cancelled = (quantity: number): FulfillmentEvent => ({
  type: 'FulfillmentLinesCancelled',
  data: { orderId, cancellationId: 'c', cancelled: lines(quantity), refused: [] },
});
const issued = (quantity: number): StockEvent => ({
  type: 'StockIssued',
  data: { quantity, cause: 'fulfillment', ref: 'f' },
});

const violationsOf = (...events: (FulfillmentEvent | StockEvent)[]) => {
  const checker = new FulfillmentAddsUp();
  events.forEach((event, revision) => {
    const stream = event.type === 'StockIssued' ? 'stock-TEA~leeds' : 'fulfillment-f';
    checker.check(aRecorded(stream, event, { revision }));
  });
  checker.finish(Date.parse('2030-01-01T00:00:00.000Z'));
  return checker.violations.map(({ sentence }) => sentence);
};

describe('a fulfillment order', () => {
  it('adds up when every unit leaves or is cancelled once', () => {
    expect(violationsOf(assigned, shipped('p', 2), issued(2), cancelled(1))).toEqual([]);
    const toPickup = { pickupAt: 'york' };
    expect(violationsOf(assigned, shipped('p', 3, toPickup), issued(3), handedOver(3, { shippedHere: true }))).toEqual(
      [],
    );
  });

  it.each<[string, RegExp, (FulfillmentEvent | StockEvent)[]]>([
    [
      'units leave that were cancelled',
      /^4 units of line 1 left, were rejected or were cancelled, but 3/,
      [assigned, cancelled(2), shipped('p', 2), issued(2)],
    ],
    [
      'a parcel is shipped twice',
      /Parcel p is shipped a second time/,
      [assigned, shipped('p', 1), shipped('p', 1), issued(2)],
    ],
    ['units leave that were never assigned', /was never assigned/, [shipped('p', 1)]],
    [
      'units are handed over that never arrived',
      /^1 units of line 1 were handed over or put back where 0 had been shipped/,
      [assigned, handedOver(1, { shippedHere: true })],
    ],
    ['stock does not issue what has left', /2 units have left, but 0/, [assigned, shipped('p', 2)]],
    ['stock issues too much', /2 units have left, but 3/, [assigned, handedOver(2), issued(3)]],
  ])('does not add up when %s', (_, sentence, events) =>
    expect(violationsOf(...events)).toContainEqual(expect.stringMatching(sentence)),
  );
});
