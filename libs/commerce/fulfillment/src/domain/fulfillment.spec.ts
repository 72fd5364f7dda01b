import { describe, expect, it } from '@jest/globals';
import { specification } from '#testing';
import { fulfillment } from './fulfillment.js';
import { assigned, details, fulfillmentId, happened, work } from './samples.js';

const given = specification(fulfillment.decider);

const tea = (quantity: number) => ({ lineId: '1', quantity });
const cup = { lineId: '2', quantity: 1 };
const heldTea = (quantity: number) => ({ lineId: '1', sku: 'TEA', quantity, reservationId: 'r-1' });
const heldCup = { lineId: '2', sku: 'CUP', quantity: 1, reservationId: 'r-2' };

const accepted = happened('FulfillmentAccepted', {});
const picked = happened('ItemsPicked', { lines: [tea(2)] });
const packed = happened('ParcelPacked', { parcelId: 'p-1', lines: [tea(2)] });
const shipped = happened('ParcelShipped', {
  ...{ parcelId: 'p-1', lines: [heldTea(2)], locationId: 'leeds', carrier: 'mail' },
});
const twoOnTheWay = [assigned(), accepted, picked, packed, shipped];

describe('assigning', () => {
  it('says who is to do what, until when', () =>
    given()
      .when({ type: 'AssignFulfillment', data: { fulfillmentId, ...details() } })
      .then(assigned()));
  it('happens once', () =>
    given(assigned())
      .when({ type: 'AssignFulfillment', data: { fulfillmentId, ...details() } })
      .thenNothing());
  it('comes before everything else', () => given().when(work('AcceptFulfillment')).thenFails('fulfillment-not-found'));
});

describe('accepting', () => {
  it('is recorded once', () => {
    given(assigned()).when(work('AcceptFulfillment')).then(accepted);
    given(assigned(), accepted).when(work('AcceptFulfillment')).thenNothing();
  });
  it('is for the location that was assigned', () =>
    given(assigned())
      .when(work('AcceptFulfillment', { locationId: 'york' }))
      .thenFails('not-your-turn', { locationId: 'leeds' }));
  it('is implied by picking', () =>
    given(assigned())
      .when(work('PickItems', { lines: [tea(2)] }))
      .then(accepted, picked));
  it('is no more possible once it ended', () =>
    given(assigned(), happened('FulfillmentRejected', { ...timeout(3), lines: [heldTea(3), heldCup] }))
      .when(work('AcceptFulfillment'))
      .thenFails('fulfillment-not-open', { state: 'rejected' }));
});

const timeout = (quantity: number) =>
  ({ lines: [heldTea(quantity), heldCup], reason: 'timeout', locationId: 'leeds', attempt: 1 }) as const;

describe('the time to accept', () => {
  const late = { occurredAt: '2026-01-02T12:00:00.000Z' };
  const expire = work('ExpireAcceptance');
  it('ends as a rejection', () =>
    given(assigned())
      .when(expire, late)
      .then(happened('FulfillmentRejected', timeout(3))));
  it('does not end early', () => given(assigned()).when(expire).thenNothing());
  it('does not matter once accepted', () => given(assigned(), accepted).when(expire, late).thenNothing());
  it('does not matter while held', () =>
    given(assigned(), happened('FulfillmentHeld', {})).when(expire, late).thenNothing());
});

describe('rejecting', () => {
  const why = { reason: 'not-found', locationId: 'leeds', attempt: 1 } as const;
  it('takes all that is not packed, unless lines are named', () => {
    given(assigned())
      .when(work('RejectFulfillment', { reason: 'not-found' }))
      .then(happened('FulfillmentRejected', { ...why, lines: [heldTea(3), heldCup] }));
    given(assigned(), accepted, picked, packed)
      .when(work('RejectFulfillment', { reason: 'not-found' }))
      .then(happened('FulfillmentRejected', { ...why, lines: [heldTea(1), heldCup] }));
    given(assigned())
      .when(work('RejectFulfillment', { reason: 'not-found', lines: [cup], note: 'gone' }))
      .then(happened('FulfillmentRejected', { ...why, lines: [heldCup], note: 'gone' }));
  });
  it('leaves the rest to be done', () =>
    given(assigned(), happened('FulfillmentRejected', { ...why, lines: [heldCup] }))
      .when(work('PickItems', { lines: [tea(3)] }))
      .then(accepted, happened('ItemsPicked', { lines: [tea(3)] })));
  it('is what a short pick does with what is missing, and accepts the rest', () =>
    given(assigned())
      .when(work('ReportShortPick', { reason: 'not-found', lines: [tea(1)] }))
      .then(accepted, happened('FulfillmentRejected', { ...why, lines: [heldTea(1)] })));
  it('names units that are there', () => {
    given(assigned())
      .when(work('RejectFulfillment', { reason: 'other', lines: [tea(4)] }))
      .thenFails('units-not-there', { lineId: '1', requested: 4, available: 3 });
    given(assigned())
      .when(work('RejectFulfillment', { reason: 'other', lines: [{ lineId: '9', quantity: 1 }] }))
      .thenFails('line-not-found');
  });
});

describe('parcels', () => {
  it('hold what is picked by packing it', () =>
    given(assigned(), accepted, happened('ItemsPicked', { lines: [tea(1)] }))
      .when(work('PackParcel', { parcelId: 'p-1', lines: [tea(2)] }))
      .then(happened('ItemsPicked', { lines: [tea(1)] }), packed));
  it('have ids of their own', () =>
    given(assigned(), accepted, picked, packed)
      .when(work('PackParcel', { parcelId: 'p-1', lines: [cup] }))
      .thenFails('parcel-exists'));
  it('ship with what holds their units, once', () => {
    const ship = work('ShipParcel', { parcelId: 'p-1', carrier: 'mail' });
    given(assigned(), accepted, picked, packed).when(ship).then(shipped);
    given(...twoOnTheWay)
      .when(ship)
      .thenNothing();
    given(assigned()).when(ship).thenFails('parcel-not-found');
  });
  it('leave the rest to be done', () =>
    given(...twoOnTheWay)
      .when(work('PackParcel', { parcelId: 'p-2', lines: [tea(2)] }))
      .thenFails('units-not-there', { available: 1 }));
  it('are delivered by whoever says so, once they were shipped', () => {
    const deliver = work('RecordDelivery', { parcelId: 'p-1' });
    const delivered = happened('ParcelDelivered', { parcelId: 'p-1' });
    given(...twoOnTheWay)
      .when(deliver)
      .then(delivered);
    given(...twoOnTheWay, delivered)
      .when(deliver)
      .thenNothing();
    given(assigned(), accepted, picked, packed).when(deliver).thenFails('parcel-not-shipped');
  });
  it('are no way to collect something', () =>
    given(assigned({ method: 'pickup' }), accepted, picked, packed)
      .when(work('ShipParcel', { parcelId: 'p-1', carrier: 'mail' }))
      .thenFails('wrong-method'));
  it('make it delivered when all of them are', () => {
    const whole = [assigned({ lines: [heldTea(2)] }), accepted, picked, packed, shipped];
    expect(given(...whole).state()?.status).toBe('shipped');
    expect(given(...whole, happened('ParcelDelivered', { parcelId: 'p-1' })).state()?.status).toBe('delivered');
  });
});

describe('cancelling', () => {
  const cancel = (...lines: { lineId: string; quantity: number }[]) =>
    work('CancelFulfillmentLines', { cancellationId: 'c-1', lines });
  const answer = (cancelled: object[], refused: object[]) =>
    happened('FulfillmentLinesCancelled', { cancellationId: 'c-1', cancelled, refused } as never);

  it('refuses what has left', () =>
    given(...twoOnTheWay)
      .when(cancel(tea(3), cup))
      .then(answer([tea(1), cup], [tea(2)])));
  it('answers when nothing can be cancelled, too', () =>
    given(...twoOnTheWay, answer([tea(1), cup], []))
      .when(cancel(tea(1)))
      .then(answer([], [tea(1)])));
  it('unpacks', () => {
    const cancelled = answer([tea(2), cup], []);
    given(assigned(), accepted, picked, packed, cancelled)
      .when(work('ShipParcel', { parcelId: 'p-1', carrier: 'mail' }))
      .then({ ...shipped, data: { ...shipped.data, lines: [heldTea(1)] } } as never);
    given(assigned(), accepted, picked, packed, answer([tea(3)], []))
      .when(work('ShipParcel', { parcelId: 'p-1', carrier: 'mail' }))
      .thenFails('parcel-not-found');
  });
  it('of everything is its end', () =>
    expect(given(assigned(), answer([tea(3), cup], [])).state()?.status).toBe('cancelled'));
});

describe('a hold', () => {
  const held = happened('FulfillmentHeld', {});
  it('stops the work until it is released', () => {
    given(assigned()).when(work('HoldFulfillment')).then(held);
    given(assigned(), held).when(work('HoldFulfillment')).thenNothing();
    given(assigned(), held)
      .when(work('PickItems', { lines: [cup] }))
      .thenFails('fulfillment-held');
    given(assigned(), held).when(work('ResumeFulfillment')).then(happened('FulfillmentResumed', {}));
    given(assigned(), held, happened('FulfillmentResumed', {})).when(work('AcceptFulfillment')).then(accepted);
  });
  it('does not stop facts', () =>
    given(...twoOnTheWay, held)
      .when(work('RecordDelivery', { parcelId: 'p-1' }))
      .then(happened('ParcelDelivered', { parcelId: 'p-1' })));
  it('is nothing to what has ended', () =>
    given(assigned(), happened('FulfillmentRejected', timeout(3)))
      .when(work('HoldFulfillment'))
      .thenNothing());
});
