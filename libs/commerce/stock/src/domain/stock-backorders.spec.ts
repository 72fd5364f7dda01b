import { describe, it } from '@jest/globals';
import { caused, specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const given = specification(stockItem.decider);

const owner = { type: 'order', id: 'order-1' } as const;
const hard = (reservationId: string, quantity: number) => ({ reservationId, quantity, kind: 'hard', owner }) as const;
const MAY = '2026-05-01T00:00:00.000Z';
const JUNE = '2026-06-01T00:00:00.000Z';

const limit: StockEvent = { type: 'BackorderLimitSet', data: { limit: 20 } };
const received = (quantity: number): StockEvent => ({ type: 'StockReceived', data: { quantity, ref: 'DN-1' } });
const issued = (quantity: number): StockEvent => ({
  type: 'StockIssued',
  data: { quantity, cause: 'store-sale', ref: 'till-1/7/1' },
});
const waiting = (
  reservationId: string,
  quantity: number,
  promisedFor?: string,
  backordered = quantity,
): StockEvent => ({
  type: 'StockReserved',
  data: { ...hard(reservationId, quantity), backordered, ...(promisedFor !== undefined && { promisedFor }) },
});
const filled = (reservationId: string, quantity: number, left = 0): StockEvent => ({
  type: 'BackorderFilled',
  data: { reservationId, quantity, left, owner },
});

const receive = (quantity: number): StockCommand => ({ type: 'ReceiveStock', data: { quantity, ref: 'DN-1' } });
const reserve = (reservationId: string, quantity: number, more: object = {}): StockCommand => ({
  type: 'ReserveStock',
  data: { ...hard(reservationId, quantity), ...more },
});

describe('the backorder limit', () => {
  const limited: StockEvent = { type: 'BackorderLimitSet', data: { limit: 3 } };
  const setLimit: StockCommand = { type: 'SetBackorderLimit', data: { limit: 3 } };

  it('is set', () => given().when(setLimit).then(limited));

  it('is not set to what it is already', () => given(limited).when(setLimit).thenNothing());

  it('allows more units to be reserved than are on hand', () =>
    given(limited).when(reserve('r-1', 3)).then(waiting('r-1', 3)));

  it('declines a reservation that exceeds it', () =>
    given(limited)
      .when(reserve('r-1', 4))
      .then({ type: 'StockReservationDeclined', data: { reservationId: 'r-1', quantity: 4, available: 3, owner } }));

  it('is not reduced by on hand below zero', () =>
    given(limited, issued(5)).when(reserve('r-1', 3)).then(waiting('r-1', 3)));
});

describe('a reservation of more units than are on hand', () => {
  it('records how many units are backordered and the promised date', () =>
    given(limit, received(2))
      .when(reserve('r-1', 5, { promisedFor: MAY }))
      .then(waiting('r-1', 5, MAY, 3)));

  it('is backordered when older reservations wait already', () =>
    given(limit, waiting('r-1', 3)).when(reserve('r-2', 1)).then(waiting('r-2', 1)));
});

describe('units that become uncommitted', () => {
  it('fill the earliest promised date first, then the oldest reservation; no date comes last', () =>
    given(limit, waiting('no-date', 2), waiting('june', 2, JUNE), waiting('may', 2, MAY), waiting('may-too', 2, MAY))
      .when(receive(7))
      .then(received(7), filled('may', 2), filled('may-too', 2), filled('june', 2), filled('no-date', 1, 1)));

  it('fill the oldest reservation by business time, whenever it was recorded', () =>
    given(
      limit,
      waiting('recorded-first', 1),
      caused<StockEvent>({ occurredAt: '2025-12-31T00:00:00.000Z' }, waiting('older', 1)),
    )
      .when(receive(1))
      .then(received(1), filled('older', 1)));

  it('fill no more than is backordered', () =>
    given(limit, waiting('r-1', 2)).when(receive(5)).then(received(5), filled('r-1', 2)));

  it('make up for a shortfall before they fill backorders', () =>
    given(limit, received(3), waiting('r-1', 3, undefined, 0), issued(2), waiting('r-2', 2))
      .when(receive(3))
      .then(received(3), filled('r-2', 1, 1)));

  const causes: [string, StockEvent[], StockCommand, StockEvent[]][] = [
    [
      'are released',
      [],
      { type: 'ReleaseReservation', data: { reservationId: 'covered', reason: 'cancelled' } },
      [{ type: 'ReservationReleased', data: { ...hard('covered', 2), reason: 'cancelled' } }, filled('r-1', 2, 1)],
    ],
    [
      'are released in part',
      [],
      { type: 'ReduceReservation', data: { reservationId: 'covered', by: 1 } },
      [
        { type: 'ReservationReduced', data: { reservationId: 'covered', by: 1, left: 1, kind: 'hard', owner } },
        filled('r-1', 1, 2),
      ],
    ],
    [
      'are found',
      [],
      { type: 'AdjustStock', data: { delta: 1, reason: 'found', ref: 'A-1' } },
      [{ type: 'StockAdjusted', data: { delta: 1, reason: 'found', ref: 'A-1' } }, filled('r-1', 1, 2)],
    ],
    [
      'are restocked',
      [],
      { type: 'RestockReturn', data: { quantity: 1, returnId: 'b-1', disposition: 'restock' } },
      [{ type: 'StockRestocked', data: { quantity: 1, returnId: 'b-1', disposition: 'restock' } }, filled('r-1', 1, 2)],
    ],
    [
      'are made available again',
      [{ type: 'StockRestocked', data: { quantity: 1, returnId: 'b-1', disposition: 'damaged' } }],
      { type: 'MarkStockAvailable', data: { quantity: 1, reason: 'damaged', ref: 'Q-1' } },
      [{ type: 'StockMadeAvailable', data: { quantity: 1, reason: 'damaged', ref: 'Q-1' } }, filled('r-1', 1, 2)],
    ],
    [
      'are counted',
      [],
      { type: 'RecordStockCount', data: { countId: 'c', counted: 3, asOf: '2026-01-01T12:00:00.000Z', sourceSeq: 1 } },
      [
        { type: 'StockCounted', data: { countId: 'c', counted: 3, asOf: '2026-01-01T12:00:00.000Z', sourceSeq: 1 } },
        { type: 'StockAdjusted', data: { delta: 1, reason: 'count', ref: 'c' } },
        filled('r-1', 1, 2),
      ],
    ],
  ];
  it.each(causes)('because they %s fill backorders', (_, before, command, then) =>
    given(limit, received(2), waiting('covered', 2, undefined, 0), waiting('r-1', 3), ...before)
      .when(command, { occurredAt: '2026-01-01T12:00:00.000Z' })
      .then(...then),
  );

  it('because a soft reservation expired fill backorders', () => {
    const soft = { ...hard('soft', 2), kind: 'soft' } as const;
    given(
      ...[limit, received(2)],
      { type: 'StockReserved', data: { ...soft, expiresAt: '2026-01-01T11:00:00.000Z' } },
      waiting('r-1', 3),
    )
      .when({ type: 'ExpireReservation', data: { reservationId: 'soft' } })
      .then({ type: 'ReservationExpired', data: soft }, filled('r-1', 2, 1));
  });
});

describe('a reservation with backordered units', () => {
  const oneWaiting = [limit, received(2), waiting('r-1', 5, undefined, 3), waiting('r-2', 1)] as const;

  it('is affected by a shortfall of its covered units only', () =>
    given(...oneWaiting)
      .when({ type: 'AdjustStock', data: { delta: -1, reason: 'theft', ref: 'A-1' } })
      .then(
        { type: 'StockAdjusted', data: { delta: -1, reason: 'theft', ref: 'A-1' } },
        { type: 'StockShortfallDetected', data: { short: 1, affectedReservations: ['r-1'] } },
      ));

  it('is not affected when uncommitted units are lost', () =>
    given(limit, received(2), waiting('r-1', 1, undefined, 0))
      .when({ type: 'AdjustStock', data: { delta: -1, reason: 'theft', ref: 'A-1' } })
      .then({ type: 'StockAdjusted', data: { delta: -1, reason: 'theft', ref: 'A-1' } }));

  it('gives up backordered units first when it is reduced, which fills no other', () =>
    given(...oneWaiting)
      .when({ type: 'ReduceReservation', data: { reservationId: 'r-1', by: 2 } })
      .then({
        type: 'ReservationReduced',
        data: { reservationId: 'r-1', by: 2, left: 3, kind: 'hard', owner, backordered: 2 },
      }));

  it('records at its end how many units were backordered, and its covered units fill others', () =>
    given(...oneWaiting)
      .when({ type: 'ReleaseReservation', data: { reservationId: 'r-1', reason: 'cancelled' } })
      .then(
        { type: 'ReservationReleased', data: { ...hard('r-1', 5), backordered: 3, reason: 'cancelled' } },
        filled('r-2', 1),
      ));

  it('has its covered units consumed first', () =>
    given(...oneWaiting)
      .when({ type: 'ConsumeReservation', data: { reservationId: 'r-1', ref: 'parcel-1', quantity: 2 } })
      .then(
        {
          type: 'ReservationPartlyConsumed',
          data: { reservationId: 'r-1', by: 2, left: 3, kind: 'hard', owner, ref: 'parcel-1' },
        },
        { type: 'StockIssued', data: { quantity: 2, cause: 'fulfillment', ref: 'parcel-1' } },
      ));
});

describe('a reservation that replaces another', () => {
  const cart = { type: 'cart', id: 'cart-1' } as const;
  const soft = { reservationId: 'c-1', quantity: 3, kind: 'soft', owner: cart } as const;
  const softReserved: StockEvent = {
    type: 'StockReserved',
    data: { ...soft, expiresAt: '2026-01-01T13:00:00.000Z' },
  };
  const softReleased = (more: object = {}): StockEvent => ({
    type: 'ReservationReleased',
    data: { ...soft, ...more, reason: 'taken-over' },
  });
  const since = '2026-01-01T12:00:00.000Z';
  const replacement = (quantity: number, more: object = {}): StockEvent => ({
    type: 'StockReserved',
    data: { ...hard('r-1', quantity), ...more, since },
  });
  const replace = (quantity: number) => reserve('r-1', quantity, { replaces: 'c-1' });

  it('releases it and reserves its units in one step', () =>
    given(received(3), softReserved).when(replace(3)).then(softReleased(), replacement(3)));

  it('may reserve more units if they are available', () =>
    given(received(4), softReserved).when(replace(4)).then(softReleased(), replacement(4)));

  it('does not release it when it is declined', () =>
    given(received(4), softReserved)
      .when(replace(5))
      .then({ type: 'StockReservationDeclined', data: { reservationId: 'r-1', quantity: 5, available: 4, owner } }));

  it('leaves units that it does not need to backorders', () =>
    given(limit, received(3), softReserved, waiting('r-2', 2))
      .when(replace(2))
      .then(softReleased(), replacement(2), filled('r-2', 1, 1)));

  it('keeps its place in the queue and its promised date', () =>
    given(limit, {
      type: 'StockReserved',
      data: { ...soft, expiresAt: '2026-01-01T13:00:00.000Z', backordered: 3, promisedFor: MAY },
    })
      .when(replace(3), { occurredAt: '2026-01-01T12:30:00.000Z' })
      .then(softReleased({ backordered: 3 }), replacement(3, { backordered: 3, promisedFor: MAY })));

  it.each([
    ['has ended', [softReserved, softReleased()]],
    ['never started', []],
  ])('is an ordinary reservation when the other %s', (_, before) =>
    given(received(3), ...before)
      .when(replace(3))
      .then({ type: 'StockReserved', data: hard('r-1', 3) }),
  );
});
