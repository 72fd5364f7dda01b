import { describe, expect, it } from '@jest/globals';
import { type RecordedAs } from '#projections';
import { aRecorded } from '#testing';
import { type FulfillmentEvent } from '../domain/fulfillment-messages.js';
import { assigned, fulfillmentEvent } from '../domain/samples.js';
import { fulfillmentText } from './fulfillment-text.js';
import { fulfillments, type FulfillmentRow } from './fulfillments.projection.js';

const rowAfter = (...events: FulfillmentEvent[]) =>
  events.reduce<FulfillmentRow | undefined>((row, event, index) => {
    const recorded = aRecorded('fulfillment-f-1', event, { revision: index }) as RecordedAs<FulfillmentEvent>;
    const before = structuredClone(row);
    const after = fulfillments.project(row, recorded, { fulfillmentId: 'f-1' });
    expect(row).toEqual(before); // never changed in place
    return JSON.parse(JSON.stringify(after)) as FulfillmentRow;
  }, undefined);

const lines = [{ lineId: '1', sku: 'TEA', quantity: 3, reservationId: 'r-1' }];
const three = [{ lineId: '1', quantity: 3 }];
const accepted = fulfillmentEvent('FulfillmentAccepted', {});
const picked = fulfillmentEvent('ItemsPicked', { lines: three });
const packed = fulfillmentEvent('ParcelPacked', { parcelId: 'p', lines: three });
const shipped = (more: object = {}) =>
  fulfillmentEvent('ParcelShipped', {
    parcelId: 'p',
    lines,
    locationId: 'leeds',
    carrier: 'mail',
    tracking: 'T-1',
    ...more,
  });

describe('the row of a fulfillment order', () => {
  it('shows the location, the lines and the time to accept', () =>
    expect(rowAfter(assigned({ lines }))).toMatchObject({
      ...{ fulfillmentId: 'f-1', orderId: 'o-1', channel: 'web', workAt: 'leeds', pickupAt: null },
      ...{ state: 'assigned', isOpen: true, held: false, attempt: 1, reason: null, parcels: [], pickupUntil: null },
      acceptBy: '2026-01-02T12:00:00.000Z',
      lines: [{ lineId: '1', sku: 'TEA', assigned: 3, open: 3, cancelled: 0 }],
    }));

  it('shows its parcels, and when they were shipped and delivered', () => {
    const events = [assigned({ lines }), accepted, picked, packed, shipped()];
    const parcel = { parcelId: 'p', lines: three, carrier: 'mail', tracking: 'T-1' };
    expect(rowAfter(...events)).toMatchObject({ state: 'shipped', isOpen: false, parcels: [parcel] });
    expect(rowAfter(...events, fulfillmentEvent('ParcelDelivered', { parcelId: 'p' }))).toMatchObject({
      state: 'delivered',
      parcels: [{ ...parcel, deliveredAt: '2026-01-01T12:00:00.000Z' }],
    });
  });

  it('shows no parcel whose units were all cancelled', () => {
    const cancelled = fulfillmentEvent('FulfillmentLinesCancelled', {
      cancellationId: 'c',
      cancelled: three,
      refused: [],
    });
    expect(rowAfter(assigned({ lines }), accepted, picked, packed, cancelled)).toMatchObject({
      ...{ state: 'cancelled', isOpen: false, parcels: [] },
    });
  });

  it('is work of the pickup location once the goods were shipped there', () => {
    const sent = [assigned({ lines, method: 'pickup', pickupAt: 'york' }), accepted, picked, packed];
    expect(rowAfter(...sent)).toMatchObject({ workAt: 'leeds', isOpen: true });
    expect(rowAfter(...sent, shipped({ pickupAt: 'york' }))).toMatchObject({ workAt: 'york', isOpen: true });
    const until = '2026-01-08T12:00:00.000Z';
    const ready = [
      fulfillmentEvent('ArrivedForPickup', { locationId: 'york' }),
      fulfillmentEvent('ReadyForPickup', { until }),
    ];
    expect(rowAfter(...sent, shipped({ pickupAt: 'york' }), ...ready)).toMatchObject({
      ...{ state: 'ready', workAt: 'york', pickupUntil: until, reminded: false },
    });
  });

  it('shows why it was rejected', () => {
    const refused = fulfillmentEvent('FulfillmentRejected', {
      lines,
      reason: 'damaged',
      locationId: 'leeds',
      attempt: 1,
    });
    expect(rowAfter(assigned({ lines }), refused)).toMatchObject({ state: 'rejected', reason: 'damaged' });
  });
});

it('the text of an event is plain English', () => {
  expect([assigned({ lines, method: 'pickup', pickupAt: 'york' }), shipped()].map(fulfillmentText)).toEqual([
    'Assigned to leeds (pickup to collect at york): 3 × line 1',
    'Parcel p left leeds by mail, T-1: 3 × line 1',
  ]);
});
