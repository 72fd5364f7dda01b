import { describe, expect, it } from '@jest/globals';
import { specification } from '#testing';
import { type FulfillmentCommand } from './fulfillment-messages.js';
import { fulfillment } from './fulfillment.js';
import { assigned, details, fulfillmentId, fulfillmentEvent, locationCommand } from './samples.js';

const given = specification(fulfillment.decider);

const tea = (quantity: number) => ({ lineId: '1', quantity });
const cup = { lineId: '2', quantity: 1 };
const reservedTea = (quantity: number) => ({ lineId: '1', sku: 'TEA', quantity, reservationId: 'r-1' });
const reservedCup = { lineId: '2', sku: 'CUP', quantity: 1, reservationId: 'r-2' };

const accepted = fulfillmentEvent('FulfillmentAccepted', {});
const picked = fulfillmentEvent('ItemsPicked', { lines: [tea(2)] });
const packed = fulfillmentEvent('ParcelPacked', { parcelId: 'p-1', lines: [tea(2)] });
const shipped = fulfillmentEvent('ParcelShipped', {
  parcelId: 'p-1',
  lines: [reservedTea(2)],
  locationId: 'leeds',
  carrier: 'mail',
});
const twoUnitsShipped = [assigned(), accepted, picked, packed, shipped];

const NOW = '2026-01-01T12:00:00.000Z';

describe('the assignment', () => {
  const { acceptBy, ...request } = details();
  const assign: FulfillmentCommand = {
    type: 'AssignFulfillment',
    data: { fulfillmentId, ...request, acceptWithinSeconds: (Date.parse(acceptBy ?? '') - Date.parse(NOW)) / 1000 },
  };
  it('states the location, the lines and the time to accept', () =>
    given().when(assign, { occurredAt: '2025-12-24T12:00:00.000Z', decidedAt: NOW }).then(assigned()));
  it('happens once', () => given(assigned()).when(assign).thenNothing());
  it('comes before every other command', () =>
    given().when(locationCommand('AcceptFulfillment')).thenFails('fulfillment-not-found'));
});

describe('the acceptance', () => {
  it('is recorded once', () => {
    given(assigned()).when(locationCommand('AcceptFulfillment')).then(accepted);
    given(assigned(), accepted).when(locationCommand('AcceptFulfillment')).thenNothing();
  });
  it('is possible only for the assigned location', () =>
    given(assigned())
      .when(locationCommand('AcceptFulfillment', { locationId: 'york' }))
      .thenFails('not-your-turn', { locationId: 'leeds' }));
  it('is implied by picking', () =>
    given(assigned())
      .when(locationCommand('PickItems', { lines: [tea(2)] }))
      .then(accepted, picked));
  it('is impossible after the end', () =>
    given(assigned(), fulfillmentEvent('FulfillmentRejected', { ...timeout(3), lines: [reservedTea(3), reservedCup] }))
      .when(locationCommand('AcceptFulfillment'))
      .thenFails('fulfillment-not-open', { state: 'rejected' }));
});

const timeout = (quantity: number) =>
  ({ lines: [reservedTea(quantity), reservedCup], reason: 'timeout', locationId: 'leeds', attempt: 1 }) as const;

describe('the deadline for accepting', () => {
  const atTheDeadline = { decidedAt: '2026-01-02T12:00:00.000Z' };
  const expire = locationCommand('ExpireAcceptance');
  it('leads to a rejection', () =>
    given(assigned())
      .when(expire, atTheDeadline)
      .then(fulfillmentEvent('FulfillmentRejected', timeout(3))));
  it('does nothing before it is reached', () => given(assigned()).when(expire).thenNothing());
  it('does nothing after the acceptance', () => given(assigned(), accepted).when(expire, atTheDeadline).thenNothing());
  it('does nothing while the order is held', () =>
    given(assigned(), fulfillmentEvent('FulfillmentHeld', {})).when(expire, atTheDeadline).thenNothing());
});

describe('a rejection', () => {
  const rejection = { reason: 'not-found', locationId: 'leeds', attempt: 1 } as const;
  it('is of all units that are not packed, unless lines are named', () => {
    given(assigned())
      .when(locationCommand('RejectFulfillment', { reason: 'not-found' }))
      .then(fulfillmentEvent('FulfillmentRejected', { ...rejection, lines: [reservedTea(3), reservedCup] }));
    given(assigned(), accepted, picked, packed)
      .when(locationCommand('RejectFulfillment', { reason: 'not-found' }))
      .then(fulfillmentEvent('FulfillmentRejected', { ...rejection, lines: [reservedTea(1), reservedCup] }));
    given(assigned())
      .when(locationCommand('RejectFulfillment', { reason: 'not-found', lines: [cup], note: 'gone' }))
      .then(fulfillmentEvent('FulfillmentRejected', { ...rejection, lines: [reservedCup], note: 'gone' }));
  });
  it('of some lines leaves the work on the others', () =>
    given(assigned(), fulfillmentEvent('FulfillmentRejected', { ...rejection, lines: [reservedCup] }))
      .when(locationCommand('PickItems', { lines: [tea(3)] }))
      .then(accepted, fulfillmentEvent('ItemsPicked', { lines: [tea(3)] })));
  it('is recorded for the missing units of a short pick, which accepts the other units', () =>
    given(assigned())
      .when(locationCommand('ReportShortPick', { reason: 'not-found', lines: [tea(1)] }))
      .then(accepted, fulfillmentEvent('FulfillmentRejected', { ...rejection, lines: [reservedTea(1)] })));
  it('must not name more units than there are', () => {
    given(assigned())
      .when(locationCommand('RejectFulfillment', { reason: 'other', lines: [tea(4)] }))
      .thenFails('units-not-there', { lineId: '1', requested: 4, available: 3 });
    given(assigned())
      .when(locationCommand('RejectFulfillment', { reason: 'other', lines: [{ lineId: '9', quantity: 1 }] }))
      .thenFails('line-not-found');
  });
});

describe('parcels', () => {
  it('pick the units that they are packed with', () =>
    given(assigned(), accepted, fulfillmentEvent('ItemsPicked', { lines: [tea(1)] }))
      .when(locationCommand('PackParcel', { parcelId: 'p-1', lines: [tea(2)] }))
      .then(fulfillmentEvent('ItemsPicked', { lines: [tea(1)] }), packed));
  it('have ids of their own', () =>
    given(assigned(), accepted, picked, packed)
      .when(locationCommand('PackParcel', { parcelId: 'p-1', lines: [cup] }))
      .thenFails('parcel-exists'));
  it('are shipped once, with the reservations of their units', () => {
    const ship = locationCommand('ShipParcel', { parcelId: 'p-1', carrier: 'mail' });
    given(assigned(), accepted, picked, packed).when(ship).then(shipped);
    given(...twoUnitsShipped)
      .when(ship)
      .thenNothing();
    given(assigned()).when(ship).thenFails('parcel-not-found');
  });
  it('can contain only units that have not left', () =>
    given(...twoUnitsShipped)
      .when(locationCommand('PackParcel', { parcelId: 'p-2', lines: [tea(2)] }))
      .thenFails('units-not-there', { available: 1 }));
  it('are recorded as delivered once, after they were shipped', () => {
    const deliver = locationCommand('RecordDelivery', { parcelId: 'p-1' });
    const delivered = fulfillmentEvent('ParcelDelivered', { parcelId: 'p-1' });
    given(...twoUnitsShipped)
      .when(deliver)
      .then(delivered);
    given(...twoUnitsShipped, delivered)
      .when(deliver)
      .thenNothing();
    given(assigned(), accepted, picked, packed).when(deliver).thenFails('parcel-not-shipped');
  });
  it('are not shipped when the buyer collects the goods', () =>
    given(assigned({ method: 'pickup' }), accepted, picked, packed)
      .when(locationCommand('ShipParcel', { parcelId: 'p-1', carrier: 'mail' }))
      .thenFails('wrong-method'));
  it('are all delivered before the fulfillment order is', () => {
    const oneParcel = [assigned({ lines: [reservedTea(2)] }), accepted, picked, packed, shipped];
    expect(given(...oneParcel).state()?.status).toBe('shipped');
    expect(given(...oneParcel, fulfillmentEvent('ParcelDelivered', { parcelId: 'p-1' })).state()?.status).toBe(
      'delivered',
    );
  });
});

describe('a cancellation', () => {
  const cancel = (...lines: { lineId: string; quantity: number }[]) =>
    locationCommand('CancelFulfillmentLines', { cancellationId: 'c-1', lines });
  const answer = (cancelled: object[], refused: object[]) =>
    fulfillmentEvent('FulfillmentLinesCancelled', { cancellationId: 'c-1', cancelled, refused } as never);

  it('is refused for units that have left', () =>
    given(...twoUnitsShipped)
      .when(cancel(tea(3), cup))
      .then(answer([tea(1), cup], [tea(2)])));
  it('is also answered when nothing can be cancelled', () =>
    given(...twoUnitsShipped, answer([tea(1), cup], []))
      .when(cancel(tea(1)))
      .then(answer([], [tea(1)])));
  it('cancels no more units than there are when a line is named twice', () =>
    given(assigned())
      .when(cancel(tea(2), tea(2)))
      .then(answer([tea(3)], [tea(1)])));
  it('takes units out of packed parcels', () => {
    const cancelled = answer([tea(2), cup], []);
    given(assigned(), accepted, picked, packed, cancelled)
      .when(locationCommand('ShipParcel', { parcelId: 'p-1', carrier: 'mail' }))
      .then({ ...shipped, data: { ...shipped.data, lines: [reservedTea(1)] } } as never);
    given(assigned(), accepted, picked, packed, answer([tea(3)], []))
      .when(locationCommand('ShipParcel', { parcelId: 'p-1', carrier: 'mail' }))
      .thenFails('parcel-not-found');
  });
  it('of all units ends the fulfillment order', () =>
    expect(given(assigned(), answer([tea(3), cup], [])).state()?.status).toBe('cancelled'));
});

describe('a hold', () => {
  const held = fulfillmentEvent('FulfillmentHeld', {});
  it('stops the work until it is released', () => {
    given(assigned()).when(locationCommand('HoldFulfillment')).then(held);
    given(assigned(), held).when(locationCommand('HoldFulfillment')).thenNothing();
    given(assigned(), held)
      .when(locationCommand('PickItems', { lines: [cup] }))
      .thenFails('fulfillment-held');
    given(assigned(), held).when(locationCommand('ResumeFulfillment')).then(fulfillmentEvent('FulfillmentResumed', {}));
    given(assigned(), held, fulfillmentEvent('FulfillmentResumed', {}))
      .when(locationCommand('AcceptFulfillment'))
      .then(accepted);
  });
  it('does not stop facts', () =>
    given(...twoUnitsShipped, held)
      .when(locationCommand('RecordDelivery', { parcelId: 'p-1' }))
      .then(fulfillmentEvent('ParcelDelivered', { parcelId: 'p-1' })));
  it('does nothing after the end', () =>
    given(assigned(), fulfillmentEvent('FulfillmentRejected', timeout(3)))
      .when(locationCommand('HoldFulfillment'))
      .thenNothing());
});

describe('an event that no decision can have recorded', () => {
  it.each([
    ['before the assignment', [accepted], 'begins with FulfillmentAssigned'],
    ['for more units than there are', [assigned(), picked, picked], '1 units too few that are open'],
    [
      'for an unknown line',
      [assigned(), fulfillmentEvent('ItemsPicked', { lines: [{ lineId: '9', quantity: 1 }] })],
      'no line 9',
    ],
    ['for an unknown parcel', [assigned(), fulfillmentEvent('ParcelDelivered', { parcelId: 'p-9' })], 'no parcel p-9'],
  ])('%s cannot be folded', (_, events, message) => {
    expect(() => given(...events).state()).toThrow(message);
  });
});
