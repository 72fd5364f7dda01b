import { describe, it } from '@jest/globals';
import { caused, specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const given = specification(stockItem.decider);

type Data<M extends { type: string }, T> = Extract<M, { type: T }> extends { data: infer D } ? D : never;
const aCommand = <T extends StockCommand['type']>(type: T, data: Data<StockCommand, T>) =>
  ({ type, data }) as StockCommand;
const anEvent = <T extends StockEvent['type']>(type: T, data: Data<StockEvent, T>) => ({ type, data }) as StockEvent;

const NOON = '2026-01-01T12:00:00.000Z'; // when an ordinary command is sent
const LATER = '2026-01-01T13:00:00.000Z';
const EARLIER = '2026-01-01T11:00:00.000Z';
const owner = { type: 'order', id: 'order-1' } as const;

const received = (quantity: number) => anEvent('StockReceived', { quantity, ref: 'DN-1' });
const issued = (quantity: number) => anEvent('StockIssued', { quantity, cause: 'store-sale', ref: 'till-1/7/1' });
const unavailable = (quantity: number) =>
  anEvent('StockMadeUnavailable', { quantity, reason: 'display', ref: 'window' });
const hard = (reservationId: string, quantity: number) => ({ reservationId, quantity, kind: 'hard', owner }) as const;
const soft = (reservationId: string, quantity: number, expiresAt = LATER) =>
  ({ reservationId, quantity, kind: 'soft', owner, expiresAt }) as const;
const reserved = (reservation: ReturnType<typeof hard | typeof soft>) => anEvent('StockReserved', reservation);
const released = (reservationId: string, quantity: number) =>
  anEvent('ReservationReleased', { ...hard(reservationId, quantity), reason: 'cancelled' });
const shortfall = (short: number, ...affectedReservations: string[]) =>
  anEvent('StockShortfallDetected', { short, affectedReservations });

const sell = (quantity: number) => aCommand('RecordStockIssue', { quantity, cause: 'store-sale', ref: 'till-1/7/1' });
const reserve = (reservation: ReturnType<typeof hard | typeof soft>) => aCommand('ReserveStock', reservation);

describe('goods on hand', () => {
  it('increase when goods are received', () =>
    given()
      .when(aCommand('ReceiveStock', { quantity: 5, ref: 'DN-1' }))
      .then(received(5)));

  it('end the announcement under which they are received', () =>
    given(anEvent('IncomingStockAnnounced', { ref: 'PO-1', quantity: 8, eta: LATER }))
      .when(aCommand('ReceiveStock', { quantity: 5, ref: 'DN-1', incomingRef: 'PO-1' }))
      .then(received(5), anEvent('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })));

  it('are received whether announced or not', () =>
    given()
      .when(aCommand('ReceiveStock', { quantity: 5, ref: 'DN-1', incomingRef: 'PO-1' }))
      .then(received(5)));

  it('are adjusted by a difference', () =>
    given(received(5))
      .when(aCommand('AdjustStock', { delta: -2, reason: 'theft', ref: 'R-1' }))
      .then(anEvent('StockAdjusted', { delta: -2, reason: 'theft', ref: 'R-1' })));

  it('are not adjusted by zero units', () =>
    given()
      .when(aCommand('AdjustStock', { delta: 0, reason: 'theft', ref: 'R-1' }))
      .thenNothing());

  it('decrease when goods are sold at a till', () => given(received(5)).when(sell(5)).then(issued(5)));

  it('are restocked after a return', () =>
    given(issued(1), shortfall(1))
      .when(aCommand('RestockReturn', { quantity: 1, returnId: 'return-1', disposition: 'restock' }))
      .then(anEvent('StockRestocked', { quantity: 1, returnId: 'return-1', disposition: 'restock' })));

  it.each(['damaged', 'refurbish'] as const)('are not sellable when returned with disposition %s', (disposition) =>
    given(anEvent('StockRestocked', { quantity: 1, returnId: 'return-1', disposition }))
      .when(reserve(hard('r-1', 1)))
      .then(anEvent('StockReservationDeclined', { reservationId: 'r-1', quantity: 1, available: 0, owner })),
  );

  it('can be made available again after being refurbished', () =>
    given(anEvent('StockRestocked', { quantity: 2, returnId: 'return-1', disposition: 'refurbish' }))
      .when(aCommand('MarkStockAvailable', { quantity: 2, reason: 'quarantine', ref: 'Q-1' }))
      .then(anEvent('StockMadeAvailable', { quantity: 2, reason: 'quarantine', ref: 'Q-1' })));
});

describe('unavailable goods', () => {
  const makeUnavailable = (quantity: number) =>
    aCommand('MarkStockUnavailable', { quantity, reason: 'display', ref: 'window' });
  const makeAvailable = (quantity: number) =>
    aCommand('MarkStockAvailable', { quantity, reason: 'display', ref: 'window' });

  it('are on hand but not sellable', () =>
    given(received(5), unavailable(4))
      .when(reserve(hard('r-1', 2)))
      .then(anEvent('StockReservationDeclined', { reservationId: 'r-1', quantity: 2, available: 1, owner })));

  it('may be as many as are on hand', () =>
    given(received(5), unavailable(3)).when(makeUnavailable(2)).then(unavailable(2)));

  it('cannot be more than are on hand', () =>
    given(received(5), unavailable(3)).when(makeUnavailable(3)).thenFails('not-enough-stock', { available: 2 }));

  it('are made available again', () =>
    given(received(5), unavailable(3))
      .when(makeAvailable(3))
      .then(anEvent('StockMadeAvailable', { quantity: 3, reason: 'display', ref: 'window' })));

  it('are not made available for a reason for which none are unavailable', () =>
    given(received(5), unavailable(3))
      .when(aCommand('MarkStockAvailable', { quantity: 1, reason: 'damaged', ref: 'window' }))
      .thenFails('not-enough-stock', { available: 0 }));

  it('cause a shortfall when reservations were covered by them', () =>
    given(received(5), reserved(hard('r-1', 4)))
      .when(makeUnavailable(2))
      .then(unavailable(2), shortfall(1, 'r-1')));
});

describe('an announced delivery', () => {
  const announced = anEvent('IncomingStockAnnounced', { ref: 'PO-1', quantity: 8, eta: LATER });
  const announce = (quantity: number) => aCommand('AnnounceIncomingStock', { ref: 'PO-1', quantity, eta: LATER });
  const change = (quantity: number) => aCommand('ChangeIncomingStock', { ref: 'PO-1', quantity, eta: LATER });
  const changed = (quantity: number) => anEvent('IncomingStockChanged', { ref: 'PO-1', quantity, eta: LATER });

  it('is announced', () => given().when(announce(8)).then(announced));
  it('is announced once', () => given(announced).when(announce(8)).thenNothing());
  it('is changed by another announcement with the same reference', () =>
    given(announced).when(announce(9)).then(changed(9)));
  it('is changed', () => given(announced).when(change(9)).then(changed(9)));
  it('is not changed to what it is already', () => given(announced).when(change(8)).thenNothing());
  it('cannot be changed before it is announced', () => given().when(change(9)).thenFails('incoming-not-found'));
  it('cannot be changed after it was cancelled', () =>
    given(announced, changed(0)).when(change(9)).thenFails('incoming-not-found'));
  it('cannot be changed after it arrived', () =>
    given(announced, anEvent('IncomingStockArrived', { ref: 'PO-1', quantity: 8 }))
      .when(change(9))
      .thenFails('incoming-not-found'));
});

describe('a shortfall', () => {
  it('affects the newest reservations first', () =>
    given(received(5), reserved(hard('r-1', 2)), reserved(hard('r-2', 2)), reserved(hard('r-3', 1)))
      .when(sell(2))
      .then(issued(2), shortfall(2, 'r-3', 'r-2')));

  it('affects soft reservations before hard ones', () =>
    given(received(4), reserved(soft('r-1', 2)), reserved(hard('r-2', 2)))
      .when(sell(1))
      .then(issued(1), shortfall(1, 'r-1')));

  it('affects a reservation that was made firm after the soft ones', () =>
    given(
      ...[received(4), reserved(soft('r-1', 2)), reserved(soft('r-2', 2))],
      anEvent('ReservationFirmed', { reservationId: 'r-2', quantity: 2 }),
    )
      .when(sell(1))
      .then(issued(1), shortfall(1, 'r-1')));

  it('is reported again when it grows for reservations', () =>
    given(received(4), reserved(hard('r-1', 2)), reserved(hard('r-2', 2)), issued(1), shortfall(1, 'r-2'))
      .when(sell(2))
      .then(issued(2), shortfall(3, 'r-2', 'r-1')));

  it('is not reported when it shrinks', () =>
    given(received(4), reserved(hard('r-1', 4)), issued(3), shortfall(3, 'r-1'))
      .when(aCommand('ReceiveStock', { quantity: 2, ref: 'DN-1' }))
      .then(received(2)));

  it('is reported when on hand falls below zero', () => given(received(1)).when(sell(3)).then(issued(3), shortfall(2)));

  it('is not reported again when on hand falls further and no reservation is affected', () =>
    given(received(1), issued(3), shortfall(2)).when(sell(1)).then(issued(1)));

  it('is reported for covered units, whatever the backorder limit', () =>
    given(anEvent('BackorderLimitSet', { limit: 2 }), received(2), reserved(hard('r-1', 2)))
      .when(sell(2))
      .then(issued(2), shortfall(2, 'r-1')));

  it('does not affect the reservation that is being consumed', () =>
    given(received(2), reserved(hard('r-1', 1)), reserved(hard('r-2', 1)), issued(2), shortfall(2, 'r-2', 'r-1'))
      .when(aCommand('ConsumeReservation', { reservationId: 'r-2', ref: 'parcel-1' }))
      .then(
        anEvent('ReservationConsumed', { ...hard('r-2', 1), ref: 'parcel-1' }),
        anEvent('StockIssued', { quantity: 1, cause: 'fulfillment', ref: 'parcel-1' }),
        shortfall(1, 'r-1'),
      ));
});

describe('a reservation', () => {
  it('can take all available units', () =>
    given(received(5), reserved(hard('r-1', 2)))
      .when(reserve(hard('r-2', 3)))
      .then(reserved(hard('r-2', 3))));

  it('is declined, and never made in part, when too few units are available', () =>
    given(received(5), reserved(hard('r-1', 2)))
      .when(reserve(hard('r-2', 4)))
      .then(anEvent('StockReservationDeclined', { reservationId: 'r-2', quantity: 4, available: 3, owner })));

  it('is declined with 0 units available when facts took reserved units', () =>
    given(received(2), reserved(hard('r-1', 2)), issued(1))
      .when(reserve(hard('r-2', 1)))
      .then(anEvent('StockReservationDeclined', { reservationId: 'r-2', quantity: 1, available: 0, owner })));

  it('is made when it leaves the safety stock available', () =>
    given(received(8), reserved(hard('r-1', 2)))
      .when(aCommand('ReserveStock', { ...hard('r-2', 3), keep: 3 }))
      .then(reserved(hard('r-2', 3))));

  it.each([
    [4, 2],
    [7, 0],
  ])('is declined when it needs units of the safety stock: %d of 6', (keep, available) =>
    given(received(8), reserved(hard('r-1', 2)))
      .when(aCommand('ReserveStock', { ...hard('r-2', 3), keep }))
      .then(anEvent('StockReservationDeclined', { reservationId: 'r-2', quantity: 3, available, owner })),
  );

  it('can be requested again after it was declined', () =>
    given(anEvent('StockReservationDeclined', { reservationId: 'r-1', quantity: 4, available: 0, owner }), received(4))
      .when(reserve(hard('r-1', 4)))
      .then(reserved(hard('r-1', 4))));

  it('is made once', () =>
    given(received(5), reserved(hard('r-1', 2)))
      .when(reserve(hard('r-1', 2)))
      .thenNothing());

  it('is not made again after it ended', () =>
    given(received(5), reserved(hard('r-1', 2)), released('r-1', 2))
      .when(reserve(hard('r-1', 2)))
      .thenFails('reservation-ended'));

  it('is refused while the location is paused', () =>
    given(received(5))
      .when(aCommand('ReserveStock', { ...hard('r-1', 2), locationPaused: true }))
      .thenFails('location-inactive'));

  it('has an expiry when it is soft', () =>
    given(received(5))
      .when(reserve(soft('r-1', 2)))
      .then(reserved(soft('r-1', 2))));

  it('cannot expire before it is made', () =>
    given(received(5))
      .when(reserve(soft('r-1', 2, NOON)))
      .thenFails('expiry-passed'));

  it('needs an expiry when it is soft', () =>
    given(received(5))
      .when(aCommand('ReserveStock', { ...hard('r-1', 2), kind: 'soft' }))
      .thenFails('expiry-passed'));

  it('has no expiry when it is hard, even if one is given', () =>
    given(received(5))
      .when(aCommand('ReserveStock', { ...hard('r-1', 2), expiresAt: LATER }))
      .then(reserved(hard('r-1', 2))));

  it('counts until its end is in the log', () =>
    given(received(5), reserved(soft('r-1', 5, EARLIER)))
      .when(reserve(hard('r-2', 1)))
      .then(anEvent('StockReservationDeclined', { reservationId: 'r-2', quantity: 1, available: 0, owner })));
});

describe('an active reservation', () => {
  const FAR = '2026-01-01T14:00:00.000Z';
  const extend = (expiresAt: string) => aCommand('ExtendReservation', { reservationId: 'r-1', expiresAt });
  const firm = aCommand('FirmReservation', { reservationId: 'r-1' });
  const reduce = (by: number) => aCommand('ReduceReservation', { reservationId: 'r-1', by });
  const firmed = anEvent('ReservationFirmed', { reservationId: 'r-1', quantity: 5 });
  const fiveReserved = [received(5), reserved(soft('r-1', 5))] as const;

  it('is extended', () =>
    given(...fiveReserved)
      .when(extend(FAR))
      .then(anEvent('ReservationExtended', { reservationId: 'r-1', expiresAt: FAR })));
  it('is not shortened', () =>
    given(...fiveReserved)
      .when(extend('2026-01-01T12:30:00.000Z'))
      .thenNothing());
  it('is not extended into the past', () =>
    given(...fiveReserved)
      .when(extend(NOON))
      .thenFails('expiry-passed'));
  it('needs no extension when it is hard', () =>
    given(...fiveReserved, firmed)
      .when(extend(FAR))
      .thenNothing());

  it('is made firm', () =>
    given(...fiveReserved)
      .when(firm)
      .then(firmed));
  it('is made firm once', () =>
    given(...fiveReserved, firmed)
      .when(firm)
      .thenNothing());
  it('does not expire once it is firm', () =>
    given(...fiveReserved, firmed)
      .when(aCommand('ExpireReservation', { reservationId: 'r-1' }), { decidedAt: FAR })
      .thenNothing());

  it('is reduced', () =>
    given(...fiveReserved)
      .when(reduce(2))
      .then(anEvent('ReservationReduced', { reservationId: 'r-1', by: 2, left: 3, kind: 'soft', owner })));
  it('makes the units available by which it is reduced', () =>
    given(...fiveReserved, anEvent('ReservationReduced', { reservationId: 'r-1', by: 2, left: 3, kind: 'soft', owner }))
      .when(reserve(hard('r-2', 2)))
      .then(reserved(hard('r-2', 2))));
  it('continues with the remaining units', () =>
    given(...fiveReserved, anEvent('ReservationReduced', { reservationId: 'r-1', by: 2, left: 3, kind: 'soft', owner }))
      .when(aCommand('ReleaseReservation', { reservationId: 'r-1', reason: 'cancelled' }))
      .then(anEvent('ReservationReleased', { ...hard('r-1', 3), kind: 'soft', reason: 'cancelled' })));
  it.each([5, 7])('is released when it is reduced by %d of 5 units', (by) =>
    given(...fiveReserved)
      .when(reduce(by))
      .then(anEvent('ReservationReleased', { ...hard('r-1', 5), kind: 'soft', reason: 'reduced to nothing' })),
  );
});

describe('the end of a reservation', () => {
  const release = aCommand('ReleaseReservation', { reservationId: 'r-1', reason: 'cancelled' });
  const expire = aCommand('ExpireReservation', { reservationId: 'r-1' });
  const consume = aCommand('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-1' });
  const fiveReserved = [received(5), reserved(hard('r-1', 5))] as const;

  it('is its release', () =>
    given(...fiveReserved)
      .when(release)
      .then(released('r-1', 5)));
  it('makes its units available to others', () =>
    given(...fiveReserved, released('r-1', 5))
      .when(reserve(hard('r-2', 5)))
      .then(reserved(hard('r-2', 5))));

  it('is its expiry, once the time has come', () =>
    given(received(5), reserved(soft('r-1', 5)))
      .when(expire, { decidedAt: LATER })
      .then(anEvent('ReservationExpired', { ...hard('r-1', 5), kind: 'soft' })));
  it('is not its expiry before that time', () =>
    given(received(5), reserved(soft('r-1', 5)))
      .when(expire)
      .thenNothing());
  it('is not its expiry if it was extended meanwhile', () =>
    given(
      ...[received(5), reserved(soft('r-1', 5))],
      anEvent('ReservationExtended', { reservationId: 'r-1', expiresAt: '2026-01-01T14:00:00.000Z' }),
    )
      .when(expire, { decidedAt: LATER })
      .thenNothing());

  it('is its consumption, which issues the goods', () =>
    given(...fiveReserved)
      .when(consume)
      .then(
        anEvent('ReservationConsumed', { ...hard('r-1', 5), ref: 'parcel-1' }),
        anEvent('StockIssued', { quantity: 5, cause: 'fulfillment', ref: 'parcel-1' }),
      ));

  it.each([release, expire])('is not repeated by $type', (command) =>
    given(...fiveReserved, released('r-1', 5))
      .when(command)
      .thenNothing(),
  );
  it.each([release, expire])('is not recorded for a reservation that never started: $type', (command) =>
    given().when(command).thenNothing(),
  );

  it.each([
    consume,
    aCommand('ExtendReservation', { reservationId: 'r-1', expiresAt: LATER }),
    aCommand('FirmReservation', { reservationId: 'r-1' }),
    aCommand('ReduceReservation', { reservationId: 'r-1', by: 1 }),
  ])('makes $type fail, as does a reservation that never started', (command) => {
    given(...fiveReserved, released('r-1', 5))
      .when(command)
      .thenFails('reservation-ended');
    given(...fiveReserved, caused({ occurredAt: LATER }, anEvent('ReservationExpired', hard('r-1', 5))))
      .when(command)
      .thenFails('reservation-ended');
    given(received(5)).when(command).thenFails('reservation-not-found');
  });
});
