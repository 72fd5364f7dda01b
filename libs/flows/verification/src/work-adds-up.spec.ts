import { describe, expect, it } from '@jest/globals';
import { type FulfillmentEvent } from '#fulfillment';
import { type StockEvent } from '#stock';
import { aRecorded } from '#testing';
import { WorkAddsUp } from './work-adds-up.js';

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

const faults = (...events: (FulfillmentEvent | StockEvent)[]) => {
  const checker = new WorkAddsUp();
  events.forEach((event, revision) => {
    const stream = event.type === 'StockIssued' ? 'stock-TEA~leeds' : 'fulfillment-f';
    checker.see(aRecorded(stream, event, { revision }));
  });
  checker.end(Date.parse('2030-01-01T00:00:00.000Z'));
  return checker.violations.map(({ sentence }) => sentence);
};

describe('the books of a fulfilment order', () => {
  it('are right when everything leaves or is given up once', () => {
    expect(faults(assigned, shipped('p', 2), issued(2), cancelled(1))).toEqual([]);
    const there = { pickupAt: 'york' };
    expect(faults(assigned, shipped('p', 3, there), issued(3), handedOver(3, { shippedHere: true }))).toEqual([]);
  });

  it.each<[string, RegExp, (FulfillmentEvent | StockEvent)[]]>([
    [
      'something leaves that was cancelled',
      /4 units left or were/,
      [assigned, cancelled(2), shipped('p', 2), issued(2)],
    ],
    ['a parcel leaves twice', /Parcel p leaves twice/, [assigned, shipped('p', 1), shipped('p', 1), issued(2)]],
    ['something leaves that was not assigned', /Nothing was assigned/, [shipped('p', 1)]],
    [
      'something is handed over that never came',
      /1 units left where 0/,
      [assigned, handedOver(1, { shippedHere: true })],
    ],
    ['stock does not know what has left', /2 units have left, but 0/, [assigned, shipped('p', 2)]],
    ['stock books too much', /2 units have left, but 3/, [assigned, handedOver(2), issued(3)]],
  ])('are wrong when %s', (_, sentence, events) =>
    expect(faults(...events)).toContainEqual(expect.stringMatching(sentence)),
  );
});
