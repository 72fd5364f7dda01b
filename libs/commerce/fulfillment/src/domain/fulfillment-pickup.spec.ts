import { describe, expect, it } from '@jest/globals';
import { specification } from '#testing';
import { fulfillment } from './fulfillment.js';
import { assigned, fulfillmentEvent, locationCommand } from './samples.js';

const given = specification(fulfillment.decider);

const lines = [{ lineId: '1', sku: 'TEA', quantity: 2, reservationId: 'r-1' }];
const two = [{ lineId: '1', quantity: 2 }];
const accepted = fulfillmentEvent('FulfillmentAccepted', {});
const picked = fulfillmentEvent('ItemsPicked', { lines: two });
const until = '2026-01-08T12:00:00.000Z';
const ready = fulfillmentEvent('ReadyForPickup', { until });
const atTheDeadline = { decidedAt: until };

describe('goods that are collected at the location that has them', () => {
  const pickupOrder = assigned({ method: 'pickup', lines });
  const readyForPickup = [pickupOrder, accepted, picked, ready];
  const collected = fulfillmentEvent('HandedOver', { lines, locationId: 'leeds', proof: 'code' });

  it('wait for seven days unless another time is given', () => {
    given(pickupOrder).when(locationCommand('MarkReadyForPickup')).then(accepted, picked, ready);
    given(pickupOrder, accepted, picked)
      .when(locationCommand('MarkReadyForPickup', { until: '2026-01-03T13:00:00+01:00' }))
      .then(fulfillmentEvent('ReadyForPickup', { until: '2026-01-03T12:00:00.000Z' }));
    given(pickupOrder)
      .when(locationCommand('MarkReadyForPickup', { until: '2026-01-01T12:00:00Z' }))
      .thenFails('expiry-passed');
  });
  it('can be made to wait longer', () => {
    given(...readyForPickup)
      .when(locationCommand('MarkReadyForPickup'))
      .thenNothing();
    given(...readyForPickup)
      .when(locationCommand('MarkReadyForPickup', { until: '2026-01-10T12:00:00Z' }))
      .then(fulfillmentEvent('ReadyForPickup', { until: '2026-01-10T12:00:00.000Z' }));
  });
  it('have one reminder', () => {
    const reminded = fulfillmentEvent('PickupReminded', {});
    given(...readyForPickup)
      .when(locationCommand('RemindPickup'))
      .then(reminded);
    given(...readyForPickup, reminded)
      .when(locationCommand('RemindPickup'))
      .thenNothing();
    given(pickupOrder).when(locationCommand('RemindPickup')).thenNothing();
  });
  it('are handed over once, against a proof', () => {
    given(...readyForPickup)
      .when(locationCommand('HandOver', { proof: 'code' }))
      .then(collected);
    given(...readyForPickup, collected)
      .when(locationCommand('HandOver', { proof: 'code' }))
      .thenFails('fulfillment-not-open', { state: 'handed-over' });
    given(pickupOrder)
      .when(locationCommand('HandOver', { proof: 'code' }))
      .thenFails('fulfillment-not-open');
  });
  it('expire when nobody collects them', () => {
    const expired = fulfillmentEvent('PickupExpired', { lines, locationId: 'leeds' });
    given(...readyForPickup)
      .when(locationCommand('ExpirePickup'), atTheDeadline)
      .then(expired);
    given(...readyForPickup)
      .when(locationCommand('ExpirePickup'))
      .thenNothing();
    given(...readyForPickup, fulfillmentEvent('ReadyForPickup', { until: '2026-01-10T12:00:00.000Z' }))
      .when(locationCommand('ExpirePickup'), atTheDeadline)
      .thenNothing();
    given(...readyForPickup, expired)
      .when(locationCommand('HandOver', { proof: 'code' }))
      .thenFails('fulfillment-not-open', { state: 'expired' });
  });
});

describe('goods that come from another location', () => {
  const pickupElsewhere = assigned({ method: 'pickup', pickupAt: 'york', lines });
  const packed = fulfillmentEvent('ParcelPacked', { parcelId: 'p', lines: two });
  const shipped = fulfillmentEvent('ParcelShipped', {
    parcelId: 'p',
    lines,
    locationId: 'leeds',
    carrier: 'van',
    pickupAt: 'york',
  });
  const inTransit = [pickupElsewhere, accepted, picked, packed, shipped];
  const arrived = fulfillmentEvent('ArrivedForPickup', { locationId: 'york' });
  const york = { locationId: 'york' };

  it('are shipped to the pickup location', () =>
    given(pickupElsewhere, accepted, picked, packed)
      .when(locationCommand('ShipParcel', { parcelId: 'p', carrier: 'van' }))
      .then(shipped));
  it('must arrive before they are ready', () => {
    given(...inTransit)
      .when(locationCommand('MarkReadyForPickup'))
      .thenFails('fulfillment-not-open', { state: 'shipped' });
    given(...inTransit)
      .when(locationCommand('RecordArrival', york))
      .then(arrived);
    given(...inTransit, arrived)
      .when(locationCommand('RecordArrival', york))
      .thenNothing();
    given(pickupElsewhere).when(locationCommand('RecordArrival', york)).thenFails('fulfillment-not-open');
  });
  it('are handled by the pickup location after the arrival', () => {
    given(...inTransit, arrived)
      .when(locationCommand('MarkReadyForPickup'))
      .thenFails('not-your-turn', york);
    given(...inTransit, arrived)
      .when(locationCommand('MarkReadyForPickup', york))
      .then(ready);
    given(...inTransit, arrived, ready)
      .when(locationCommand('HandOver', { ...york, proof: 'code' }))
      .then(fulfillmentEvent('HandedOver', { lines, locationId: 'york', proof: 'code', shippedHere: true }));
  });
  it('stay at the pickup location when nobody collects them', () =>
    given(...inTransit, arrived, ready)
      .when(locationCommand('ExpirePickup'), atTheDeadline)
      .then(fulfillmentEvent('PickupExpired', { lines, locationId: 'york', shippedHere: true })));
  it('cannot be cancelled, because they have left', () =>
    given(...inTransit, arrived, ready)
      .when(locationCommand('CancelFulfillmentLines', { cancellationId: 'c', lines: two }))
      .then(fulfillmentEvent('FulfillmentLinesCancelled', { cancellationId: 'c', cancelled: [], refused: two })));
  it('are handed over at the pickup location', () => {
    const done = fulfillmentEvent('HandedOver', { lines, locationId: 'york', proof: 'code', shippedHere: true });
    expect(given(...inTransit, arrived, ready, done).state()?.status).toBe('handed-over');
  });
});

describe('goods that a buyer carries out', () => {
  it('are handed over without any other step', () =>
    given(assigned({ method: 'carry-out', lines }))
      .when(locationCommand('HandOver', { proof: 'till' }))
      .then(accepted, fulfillmentEvent('HandedOver', { lines, locationId: 'leeds', proof: 'till' })));
});
