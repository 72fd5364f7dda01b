import { describe, it } from '@jest/globals';
import { caused, specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const given = specification(stockItem.decider);

type Data<M extends { type: string }, T> = Extract<M, { type: T }> extends { data: infer D } ? D : never;
const does = <T extends StockCommand['type']>(type: T, data: Data<StockCommand, T>) => ({ type, data }) as StockCommand;
const happened = <T extends StockEvent['type']>(type: T, data: Data<StockEvent, T>) => ({ type, data }) as StockEvent;

const NOON = '2026-01-01T12:00:00.000Z'; // when an ordinary command is sent
const LATER = '2026-01-01T13:00:00.000Z';
const EARLIER = '2026-01-01T11:00:00.000Z';
const owner = { type: 'order', id: 'order-1' } as const;

const received = (quantity: number) => happened('StockReceived', { quantity, ref: 'DN-1' });
const issued = (quantity: number) => happened('StockIssued', { quantity, cause: 'store-sale', ref: 'till-1/7/1' });
const unavailable = (quantity: number) =>
  happened('StockMadeUnavailable', { quantity, reason: 'display', ref: 'window' });
const hard = (reservationId: string, quantity: number) => ({ reservationId, quantity, kind: 'hard', owner }) as const;
const soft = (reservationId: string, quantity: number, expiresAt = LATER) =>
  ({ reservationId, quantity, kind: 'soft', owner, expiresAt }) as const;
const reserved = (reservation: ReturnType<typeof hard | typeof soft>) => happened('StockReserved', reservation);
const released = (reservationId: string, quantity: number) =>
  happened('ReservationReleased', { ...hard(reservationId, quantity), reason: 'cancelled' });
const shortfall = (short: number, ...affectedReservations: string[]) =>
  happened('StockShortfallDetected', { short, affectedReservations });

const sell = (quantity: number) => does('RecordStockIssue', { quantity, cause: 'store-sale', ref: 'till-1/7/1' });
const reserve = (reservation: ReturnType<typeof hard | typeof soft>) => does('ReserveStock', reservation);

describe('goods that come and go', () => {
  it('are booked in', () =>
    given()
      .when(does('ReceiveStock', { quantity: 5, ref: 'DN-1' }))
      .then(received(5)));

  it('end the announcement that they arrive with', () =>
    given(happened('IncomingStockAnnounced', { ref: 'PO-1', quantity: 8, eta: LATER }))
      .when(does('ReceiveStock', { quantity: 5, ref: 'DN-1', incomingRef: 'PO-1' }))
      .then(received(5), happened('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })));

  it('are booked in whether announced or not', () =>
    given()
      .when(does('ReceiveStock', { quantity: 5, ref: 'DN-1', incomingRef: 'PO-1' }))
      .then(received(5)));

  it('are adjusted by a difference', () =>
    given(received(5))
      .when(does('AdjustStock', { delta: -2, reason: 'theft', ref: 'R-1' }))
      .then(happened('StockAdjusted', { delta: -2, reason: 'theft', ref: 'R-1' })));

  it('are not adjusted by nothing', () =>
    given()
      .when(does('AdjustStock', { delta: 0, reason: 'theft', ref: 'R-1' }))
      .thenNothing());

  it('are booked out when sold at a till', () => given(received(5)).when(sell(5)).then(issued(5)));

  it('are restocked after a return', () =>
    given(issued(1), shortfall(1))
      .when(does('RestockReturn', { quantity: 1, returnId: 'return-1', disposition: 'restock' }))
      .then(happened('StockRestocked', { quantity: 1, returnId: 'return-1', disposition: 'restock' })));

  it.each(['damaged', 'refurbish'] as const)('are not sellable when returned as %s', (disposition) =>
    given(happened('StockRestocked', { quantity: 1, returnId: 'return-1', disposition }))
      .when(reserve(hard('r-1', 1)))
      .then(happened('StockReservationDeclined', { reservationId: 'r-1', quantity: 1, available: 0, owner })),
  );

  it('may be put on sale again after being refurbished', () =>
    given(happened('StockRestocked', { quantity: 2, returnId: 'return-1', disposition: 'refurbish' }))
      .when(does('MarkStockAvailable', { quantity: 2, reason: 'quarantine', ref: 'Q-1' }))
      .then(happened('StockMadeAvailable', { quantity: 2, reason: 'quarantine', ref: 'Q-1' })));
});

describe('goods out of sale', () => {
  const mark = (quantity: number) => does('MarkStockUnavailable', { quantity, reason: 'display', ref: 'window' });
  const unmark = (quantity: number) => does('MarkStockAvailable', { quantity, reason: 'display', ref: 'window' });

  it('are on hand but not sellable', () =>
    given(received(5), unavailable(4))
      .when(reserve(hard('r-1', 2)))
      .then(happened('StockReservationDeclined', { reservationId: 'r-1', quantity: 2, available: 1, owner })));

  it('may be as many as there are', () => given(received(5), unavailable(3)).when(mark(2)).then(unavailable(2)));

  it('cannot be more than there are', () =>
    given(received(5), unavailable(3)).when(mark(3)).thenFails('not-enough-stock', { available: 2 }));

  it('return on sale', () =>
    given(received(5), unavailable(3))
      .when(unmark(3))
      .then(happened('StockMadeAvailable', { quantity: 3, reason: 'display', ref: 'window' })));

  it('do not return for a reason that they were not taken for', () =>
    given(received(5), unavailable(3))
      .when(does('MarkStockAvailable', { quantity: 1, reason: 'damaged', ref: 'window' }))
      .thenFails('not-enough-stock', { available: 0 }));

  it('leave reservations uncovered when these were counted on', () =>
    given(received(5), reserved(hard('r-1', 4)))
      .when(mark(2))
      .then(unavailable(2), shortfall(1, 'r-1')));
});

describe('incoming goods', () => {
  const announced = happened('IncomingStockAnnounced', { ref: 'PO-1', quantity: 8, eta: LATER });
  const announce = (quantity: number) => does('AnnounceIncomingStock', { ref: 'PO-1', quantity, eta: LATER });
  const change = (quantity: number) => does('ChangeIncomingStock', { ref: 'PO-1', quantity, eta: LATER });
  const changed = (quantity: number) => happened('IncomingStockChanged', { ref: 'PO-1', quantity, eta: LATER });

  it('are announced', () => given().when(announce(8)).then(announced));
  it('are announced once', () => given(announced).when(announce(8)).thenNothing());
  it('are changed by another announcement', () => given(announced).when(announce(9)).then(changed(9)));
  it('are changed', () => given(announced).when(change(9)).then(changed(9)));
  it('are not changed to what they are', () => given(announced).when(change(8)).thenNothing());
  it('are not known before they are announced', () => given().when(change(9)).thenFails('incoming-not-found'));
  it('are not known after they were called off', () =>
    given(announced, changed(0)).when(change(9)).thenFails('incoming-not-found'));
  it('are not known after they arrived', () =>
    given(announced, happened('IncomingStockArrived', { ref: 'PO-1', quantity: 8 }))
      .when(change(9))
      .thenFails('incoming-not-found'));
});

describe('the backorder limit', () => {
  const limited = happened('BackorderLimitSet', { limit: 3 });

  it('is set', () =>
    given()
      .when(does('SetBackorderLimit', { limit: 3 }))
      .then(limited));
  it('is not set to what it is', () =>
    given(limited)
      .when(does('SetBackorderLimit', { limit: 3 }))
      .thenNothing());
  it('lets more be reserved than is there', () =>
    given(limited)
      .when(reserve(hard('r-1', 3)))
      .then(happened('StockReserved', { ...hard('r-1', 3), backordered: 3 })));
  it('ends somewhere', () =>
    given(limited)
      .when(reserve(hard('r-1', 4)))
      .then(happened('StockReservationDeclined', { reservationId: 'r-1', quantity: 4, available: 3, owner })));
  it('does not turn goods that are missing into sellable ones', () =>
    given(limited, issued(5))
      .when(reserve(hard('r-1', 3)))
      .then(happened('StockReserved', { ...hard('r-1', 3), backordered: 3 })));
});

describe('a shortfall', () => {
  it('is told with the newest reservations first', () =>
    given(received(5), reserved(hard('r-1', 2)), reserved(hard('r-2', 2)), reserved(hard('r-3', 1)))
      .when(sell(2))
      .then(issued(2), shortfall(2, 'r-3', 'r-2')));

  it('hits soft reservations before hard ones', () =>
    given(received(4), reserved(soft('r-1', 2)), reserved(hard('r-2', 2)))
      .when(sell(1))
      .then(issued(1), shortfall(1, 'r-1')));

  it('hits a reservation that was made firm last', () =>
    given(
      ...[received(4), reserved(soft('r-1', 2)), reserved(soft('r-2', 2))],
      happened('ReservationFirmed', { reservationId: 'r-2', quantity: 2 }),
    )
      .when(sell(1))
      .then(issued(1), shortfall(1, 'r-1')));

  it('is told again when more is missing for reservations', () =>
    given(received(4), reserved(hard('r-1', 2)), reserved(hard('r-2', 2)), issued(1), shortfall(1, 'r-2'))
      .when(sell(2))
      .then(issued(2), shortfall(3, 'r-2', 'r-1')));

  it('is not told when it gets smaller', () =>
    given(received(4), reserved(hard('r-1', 4)), issued(3), shortfall(3, 'r-1'))
      .when(does('ReceiveStock', { quantity: 2, ref: 'DN-1' }))
      .then(received(2)));

  it('is told when on hand falls below zero', () => given(received(1)).when(sell(3)).then(issued(3), shortfall(2)));

  it('is not told again when on hand merely falls further', () =>
    given(received(1), issued(3), shortfall(2)).when(sell(1)).then(issued(1)));

  it('is told of goods that were given to somebody, whatever may be backordered', () =>
    given(happened('BackorderLimitSet', { limit: 2 }), received(2), reserved(hard('r-1', 2)))
      .when(sell(2))
      .then(issued(2), shortfall(2, 'r-1')));

  it('does not hit the reservation that is consumed', () =>
    given(received(2), reserved(hard('r-1', 1)), reserved(hard('r-2', 1)), issued(2), shortfall(2, 'r-2', 'r-1'))
      .when(does('ConsumeReservation', { reservationId: 'r-2', ref: 'parcel-1' }))
      .then(
        happened('ReservationConsumed', { ...hard('r-2', 1), ref: 'parcel-1' }),
        happened('StockIssued', { quantity: 1, cause: 'fulfillment', ref: 'parcel-1' }),
        shortfall(1, 'r-1'),
      ));
});

describe('a reservation', () => {
  it('holds all that is available', () =>
    given(received(5), reserved(hard('r-1', 2)))
      .when(reserve(hard('r-2', 3)))
      .then(reserved(hard('r-2', 3))));

  it('is declined when there is not enough, and never made in part', () =>
    given(received(5), reserved(hard('r-1', 2)))
      .when(reserve(hard('r-2', 4)))
      .then(happened('StockReservationDeclined', { reservationId: 'r-2', quantity: 4, available: 3, owner })));

  it('is declined with nothing available when facts took what was promised', () =>
    given(received(2), reserved(hard('r-1', 2)), issued(1))
      .when(reserve(hard('r-2', 1)))
      .then(happened('StockReservationDeclined', { reservationId: 'r-2', quantity: 1, available: 0, owner })));

  it('is made when it leaves alone what the channel keeps', () =>
    given(received(8), reserved(hard('r-1', 2)))
      .when(does('ReserveStock', { ...hard('r-2', 3), keep: 3 }))
      .then(reserved(hard('r-2', 3))));

  it.each([
    [4, 2],
    [7, 0],
  ])('is declined when it needs some of what the channel keeps: %d of 6', (keep, available) =>
    given(received(8), reserved(hard('r-1', 2)))
      .when(does('ReserveStock', { ...hard('r-2', 3), keep }))
      .then(happened('StockReservationDeclined', { reservationId: 'r-2', quantity: 3, available, owner })),
  );

  it('may be asked for again after it was declined', () =>
    given(happened('StockReservationDeclined', { reservationId: 'r-1', quantity: 4, available: 0, owner }), received(4))
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
      .when(does('ReserveStock', { ...hard('r-1', 2), locationPaused: true }))
      .thenFails('location-inactive'));

  it('expires when it is soft', () =>
    given(received(5))
      .when(reserve(soft('r-1', 2)))
      .then(reserved(soft('r-1', 2))));

  it('cannot expire before it is made', () =>
    given(received(5))
      .when(reserve(soft('r-1', 2, NOON)))
      .thenFails('expiry-passed'));

  it('must say when it expires if it is soft', () =>
    given(received(5))
      .when(does('ReserveStock', { ...hard('r-1', 2), kind: 'soft' }))
      .thenFails('expiry-passed'));

  it('does not expire when it is hard, whatever is asked', () =>
    given(received(5))
      .when(does('ReserveStock', { ...hard('r-1', 2), expiresAt: LATER }))
      .then(reserved(hard('r-1', 2))));

  it('counts until its end is in the log', () =>
    given(received(5), reserved(soft('r-1', 5, EARLIER)))
      .when(reserve(hard('r-2', 1)))
      .then(happened('StockReservationDeclined', { reservationId: 'r-2', quantity: 1, available: 0, owner })));
});

describe('a reservation that goes on', () => {
  const FAR = '2026-01-01T14:00:00.000Z';
  const extend = (expiresAt: string) => does('ExtendReservation', { reservationId: 'r-1', expiresAt });
  const firm = does('FirmReservation', { reservationId: 'r-1' });
  const reduce = (by: number) => does('ReduceReservation', { reservationId: 'r-1', by });
  const firmed = happened('ReservationFirmed', { reservationId: 'r-1', quantity: 5 });
  const held = [received(5), reserved(soft('r-1', 5))] as const;

  it('is extended', () =>
    given(...held)
      .when(extend(FAR))
      .then(happened('ReservationExtended', { reservationId: 'r-1', expiresAt: FAR })));
  it('is not shortened', () =>
    given(...held)
      .when(extend('2026-01-01T12:30:00.000Z'))
      .thenNothing());
  it('is not extended into the past', () =>
    given(...held)
      .when(extend(NOON))
      .thenFails('expiry-passed'));
  it('needs no extension when it is hard', () =>
    given(...held, firmed)
      .when(extend(FAR))
      .thenNothing());

  it('is made firm', () =>
    given(...held)
      .when(firm)
      .then(firmed));
  it('is made firm once', () =>
    given(...held, firmed)
      .when(firm)
      .thenNothing());
  it('does not expire once it is firm', () =>
    given(...held, firmed)
      .when(does('ExpireReservation', { reservationId: 'r-1' }), { occurredAt: FAR })
      .thenNothing());

  it('gives a part back', () =>
    given(...held)
      .when(reduce(2))
      .then(happened('ReservationReduced', { reservationId: 'r-1', by: 2, left: 3, kind: 'soft', owner })));
  it('gives back what was reduced', () =>
    given(...held, happened('ReservationReduced', { reservationId: 'r-1', by: 2, left: 3, kind: 'soft', owner }))
      .when(reserve(hard('r-2', 2)))
      .then(reserved(hard('r-2', 2))));
  it('is left with the rest', () =>
    given(...held, happened('ReservationReduced', { reservationId: 'r-1', by: 2, left: 3, kind: 'soft', owner }))
      .when(does('ReleaseReservation', { reservationId: 'r-1', reason: 'cancelled' }))
      .then(happened('ReservationReleased', { ...hard('r-1', 3), kind: 'soft', reason: 'cancelled' })));
  it.each([5, 7])('ends when all of it is given back, by %d of 5', (by) =>
    given(...held)
      .when(reduce(by))
      .then(happened('ReservationReleased', { ...hard('r-1', 5), kind: 'soft', reason: 'reduced to nothing' })),
  );
});

describe('the end of a reservation', () => {
  const release = does('ReleaseReservation', { reservationId: 'r-1', reason: 'cancelled' });
  const expire = does('ExpireReservation', { reservationId: 'r-1' });
  const consume = does('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-1' });
  const held = [received(5), reserved(hard('r-1', 5))] as const;

  it('is its release', () =>
    given(...held)
      .when(release)
      .then(released('r-1', 5)));
  it('makes room for others', () =>
    given(...held, released('r-1', 5))
      .when(reserve(hard('r-2', 5)))
      .then(reserved(hard('r-2', 5))));

  it('is its expiry, when the time has come', () =>
    given(received(5), reserved(soft('r-1', 5)))
      .when(expire, { occurredAt: LATER })
      .then(happened('ReservationExpired', { ...hard('r-1', 5), kind: 'soft' })));
  it('is not its expiry before', () =>
    given(received(5), reserved(soft('r-1', 5)))
      .when(expire)
      .thenNothing());
  it('is not its expiry when it was extended meanwhile', () =>
    given(
      ...[received(5), reserved(soft('r-1', 5))],
      happened('ReservationExtended', { reservationId: 'r-1', expiresAt: '2026-01-01T14:00:00.000Z' }),
    )
      .when(expire, { occurredAt: LATER })
      .thenNothing());

  it('is its consumption, which books the goods out', () =>
    given(...held)
      .when(consume)
      .then(
        happened('ReservationConsumed', { ...hard('r-1', 5), ref: 'parcel-1' }),
        happened('StockIssued', { quantity: 5, cause: 'fulfillment', ref: 'parcel-1' }),
      ));

  it.each([release, expire])('is not repeated by $type', (command) =>
    given(...held, released('r-1', 5))
      .when(command)
      .thenNothing(),
  );
  it.each([release, expire])('needs no $type of what never was', (command) => given().when(command).thenNothing());

  it.each([
    consume,
    does('ExtendReservation', { reservationId: 'r-1', expiresAt: LATER }),
    does('FirmReservation', { reservationId: 'r-1' }),
    does('ReduceReservation', { reservationId: 'r-1', by: 1 }),
  ])('refuses $type afterwards, and before it was made', (command) => {
    given(...held, released('r-1', 5))
      .when(command)
      .thenFails('reservation-ended');
    given(...held, caused({ occurredAt: LATER }, happened('ReservationExpired', hard('r-1', 5))))
      .when(command)
      .thenFails('reservation-ended');
    given(received(5)).when(command).thenFails('reservation-not-found');
  });
});
