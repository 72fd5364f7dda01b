import { expect, it } from '@jest/globals';
import { type RecordedAs } from '#projections';
import { aRecorded } from '#testing';
import { type ShipmentEvent } from '../domain/shipment.js';
import { shipments, type ShipmentRow } from './shipments.projection.js';

const rowAfter = (...events: ShipmentEvent[]) =>
  events.reduce<ShipmentRow | undefined>((row, event, index) => {
    const recorded = aRecorded('shipment-s-1', event, { revision: index }) as RecordedAs<ShipmentEvent>;
    return shipments.project(row, recorded, { shipmentId: 's-1' });
  }, undefined);

const at = '2026-01-01T12:00:00.000Z';
const requested: ShipmentEvent = {
  type: 'ShipmentRequested',
  data: { locationId: 'leeds', recipient: 'r', fulfillmentIds: ['f-1', 'f-2'] },
};
const answered: ShipmentEvent[] = [
  { type: 'ShipmentMemberJoined', data: { fulfillmentId: 'f-1' } },
  { type: 'ShipmentMemberLost', data: { fulfillmentId: 'f-2', code: 'fulfillment-held' } },
];

it('the row of a shipment shows which fulfillment orders leave with it, and why others do not', () => {
  expect(rowAfter(requested)).toMatchObject({ state: 'open', shippedAt: null, fulfillments: [{ state: 'asked' }, {}] });
  const shipped: ShipmentEvent = { type: 'ShipmentShipped', data: { carrier: 'mail', fulfillmentIds: ['f-1'] } };
  const row = rowAfter(requested, ...answered, shipped);
  expect(row).toMatchObject({
    ...{ shipmentId: 's-1', locationId: 'leeds', state: 'shipped', carrier: 'mail', tracking: null, shippedAt: at },
    fulfillments: [
      { fulfillmentId: 'f-1', state: 'joined' },
      { fulfillmentId: 'f-2', state: 'lost', code: 'fulfillment-held' },
    ],
  });
  const there: ShipmentEvent = { type: 'ShipmentDelivered', data: { fulfillmentIds: ['f-1'] } };
  expect(rowAfter(requested, ...answered, shipped, there)).toMatchObject({ state: 'delivered', deliveredAt: at });
});
