import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { shipment, type ShipmentCommand, type ShipmentEvent } from './shipment.js';

const given = specification(shipment.decider);
const shipmentId = 's-1';

const request = { locationId: 'leeds', recipient: 'r-1', fulfillmentIds: ['f-1', 'f-2'] };
const consolidate: ShipmentCommand = { type: 'ConsolidateFulfillments', data: { shipmentId, ...request } };
const requested: ShipmentEvent = { type: 'ShipmentRequested', data: request };
const joined = (fulfillmentId: string): ShipmentEvent => ({ type: 'ShipmentMemberJoined', data: { fulfillmentId } });
const lost = (fulfillmentId: string): ShipmentEvent => ({
  type: 'ShipmentMemberLost',
  data: { fulfillmentId, code: 'fulfillment-held' },
});
const recordAnswer = (fulfillmentId: string, code?: string): ShipmentCommand => ({
  type: 'RecordShipmentAnswer',
  data: { shipmentId, fulfillmentId, ...(code !== undefined && { code }) },
});
const ship = (locationId = 'leeds'): ShipmentCommand => ({
  type: 'ShipShipment',
  data: { shipmentId, locationId, carrier: 'mail', tracking: 'T-1' },
});
const shipped = (...fulfillmentIds: string[]): ShipmentEvent => ({
  type: 'ShipmentShipped',
  data: { carrier: 'mail', tracking: 'T-1', fulfillmentIds },
});
const deliver: ShipmentCommand = { type: 'RecordShipmentDelivery', data: { shipmentId } };
const delivered: ShipmentEvent = { type: 'ShipmentDelivered', data: { fulfillmentIds: ['f-1'] } };

describe('a shipment of several orders', () => {
  it('names each of them once', () =>
    given()
      .when({ ...consolidate, data: { ...consolidate.data, fulfillmentIds: ['f-1', 'f-2', 'f-1'] } })
      .then(requested));
  it('is made once', () => given(requested).when(consolidate).thenFails('shipment-exists'));
  it('must be requested before every other command', () => given().when(ship()).thenFails('shipment-not-found'));

  it('records which fulfillment orders join and which refuse', () => {
    given(requested).when(recordAnswer('f-1')).then(joined('f-1'));
    given(requested).when(recordAnswer('f-2', 'fulfillment-held')).then(lost('f-2'));
  });
  it('records each answer once', () => {
    given(requested, joined('f-1')).when(recordAnswer('f-1')).thenNothing();
    given(requested, lost('f-1')).when(recordAnswer('f-1', 'fulfillment-held')).thenNothing();
  });
  it('can be joined after a refusal, until it leaves', () => {
    given(requested, lost('f-1')).when(recordAnswer('f-1')).then(joined('f-1'));
    given(requested, joined('f-2'), lost('f-1'), shipped('f-2')).when(recordAnswer('f-1')).thenNothing();
  });

  it('leaves with those that have joined', () =>
    given(requested, joined('f-1'), lost('f-2')).when(ship()).then(shipped('f-1')));
  it('waits until all have answered', () => given(requested, joined('f-1')).when(ship()).thenFails('shipment-pending'));
  it('does not leave empty', () => given(requested, lost('f-1'), lost('f-2')).when(ship()).thenFails('shipment-empty'));
  it('leaves once, from its location', () => {
    const both = [requested, joined('f-1'), joined('f-2')];
    given(...both)
      .when(ship('york'))
      .thenFails('not-your-turn', { locationId: 'leeds' });
    given(...both, shipped('f-1', 'f-2'))
      .when(ship())
      .thenNothing();
  });

  it('is delivered once, with all members that left with it', () => {
    const partlyShipped = [requested, joined('f-1'), joined('f-2'), shipped('f-1', 'f-2'), lost('f-2')];
    given(requested).when(deliver).thenFails('shipment-not-shipped');
    given(...partlyShipped)
      .when(deliver)
      .then(delivered);
    given(...partlyShipped, delivered)
      .when(deliver)
      .thenNothing();
  });
});
