import { describe, expect, it } from '@jest/globals';
import { specification } from '#testing';
import { fulfillment } from './fulfillment.js';
import { assigned, happened, work } from './samples.js';

const given = specification(fulfillment.decider);

const lines = [{ lineId: '1', sku: 'TEA', quantity: 2, reservationId: 'r-1' }];
const two = [{ lineId: '1', quantity: 2 }];
const accepted = happened('FulfillmentAccepted', {});
const picked = happened('ItemsPicked', { lines: two });
const until = '2026-01-08T12:00:00.000Z';
const ready = happened('ReadyForPickup', { until });
const later = { occurredAt: until };

describe('goods that are collected where they are', () => {
  const here = assigned({ method: 'pickup', lines });
  const waiting = [here, accepted, picked, ready];
  const collected = happened('HandedOver', { lines, locationId: 'leeds', proof: 'code' });

  it('wait seven days unless it is said otherwise', () => {
    given(here).when(work('MarkReadyForPickup')).then(accepted, picked, ready);
    given(here, accepted, picked)
      .when(work('MarkReadyForPickup', { until: '2026-01-03T13:00:00+01:00' }))
      .then(happened('ReadyForPickup', { until: '2026-01-03T12:00:00.000Z' }));
    given(here)
      .when(work('MarkReadyForPickup', { until: '2026-01-01T12:00:00Z' }))
      .thenFails('expiry-passed');
  });
  it('may wait longer', () => {
    given(...waiting)
      .when(work('MarkReadyForPickup'))
      .thenNothing();
    given(...waiting)
      .when(work('MarkReadyForPickup', { until: '2026-01-10T12:00:00Z' }))
      .then(happened('ReadyForPickup', { until: '2026-01-10T12:00:00.000Z' }));
  });
  it('are remembered once', () => {
    const reminded = happened('PickupReminded', {});
    given(...waiting)
      .when(work('RemindPickup'))
      .then(reminded);
    given(...waiting, reminded)
      .when(work('RemindPickup'))
      .thenNothing();
    given(here).when(work('RemindPickup')).thenNothing();
  });
  it('are handed over to who proves that they are theirs', () => {
    given(...waiting)
      .when(work('HandOver', { proof: 'code' }))
      .then(collected);
    given(...waiting, collected)
      .when(work('HandOver', { proof: 'code' }))
      .thenFails('fulfillment-not-open', { state: 'handed-over' });
    given(here)
      .when(work('HandOver', { proof: 'code' }))
      .thenFails('fulfillment-not-open');
  });
  it('go back when nobody came', () => {
    const expired = happened('PickupExpired', { lines, locationId: 'leeds' });
    given(...waiting)
      .when(work('ExpirePickup'), later)
      .then(expired);
    given(...waiting)
      .when(work('ExpirePickup'))
      .thenNothing();
    given(...waiting, happened('ReadyForPickup', { until: '2026-01-10T12:00:00.000Z' }))
      .when(work('ExpirePickup'), later)
      .thenNothing();
    given(...waiting, expired)
      .when(work('HandOver', { proof: 'code' }))
      .thenFails('fulfillment-not-open', { state: 'expired' });
  });
});

describe('goods that come from another place', () => {
  const elsewhere = assigned({ method: 'pickup', pickupAt: 'york', lines });
  const packed = happened('ParcelPacked', { parcelId: 'p', lines: two });
  const shipped = happened('ParcelShipped', {
    ...{ parcelId: 'p', lines, locationId: 'leeds', carrier: 'van', pickupAt: 'york' },
  });
  const sent = [elsewhere, accepted, picked, packed, shipped];
  const arrived = happened('ArrivedForPickup', { locationId: 'york' });
  const york = { locationId: 'york' };

  it('say where they are going', () =>
    given(elsewhere, accepted, picked, packed)
      .when(work('ShipParcel', { parcelId: 'p', carrier: 'van' }))
      .then(shipped));
  it('must arrive before they are ready', () => {
    given(...sent)
      .when(work('MarkReadyForPickup'))
      .thenFails('fulfillment-not-open', { state: 'shipped' });
    given(...sent)
      .when(work('RecordArrival', york))
      .then(arrived);
    given(...sent, arrived)
      .when(work('RecordArrival', york))
      .thenNothing();
    given(elsewhere).when(work('RecordArrival', york)).thenFails('fulfillment-not-open');
  });
  it('are from then on for the place where they are collected', () => {
    given(...sent, arrived)
      .when(work('MarkReadyForPickup'))
      .thenFails('not-your-turn', york);
    given(...sent, arrived)
      .when(work('MarkReadyForPickup', york))
      .then(ready);
    given(...sent, arrived, ready)
      .when(work('HandOver', { ...york, proof: 'code' }))
      .then(happened('HandedOver', { lines, locationId: 'york', proof: 'code', shippedHere: true }));
  });
  it('stay there when nobody came', () =>
    given(...sent, arrived, ready)
      .when(work('ExpirePickup'), later)
      .then(happened('PickupExpired', { lines, locationId: 'york', shippedHere: true })));
  it('have left, so they cannot be cancelled', () =>
    given(...sent, arrived, ready)
      .when(work('CancelFulfillmentLines', { cancellationId: 'c', lines: two }))
      .then(happened('FulfillmentLinesCancelled', { cancellationId: 'c', cancelled: [], refused: two })));
  it('are collected in the end', () => {
    const done = happened('HandedOver', { lines, locationId: 'york', proof: 'code', shippedHere: true });
    expect(given(...sent, arrived, ready, done).state()?.status).toBe('handed-over');
  });
});

describe('goods that a buyer carries out', () => {
  it('are handed over without further ado', () =>
    given(assigned({ method: 'carry-out', lines }))
      .when(work('HandOver', { proof: 'till' }))
      .then(accepted, happened('HandedOver', { lines, locationId: 'leeds', proof: 'till' })));
});
