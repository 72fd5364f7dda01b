import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const given = specification(stockItem.decider);

type Data<M extends { type: string }, T> = Extract<M, { type: T }> extends { data: infer D } ? D : never;
const does = <T extends StockCommand['type']>(type: T, data: Data<StockCommand, T>) => ({ type, data }) as StockCommand;
const happened = <T extends StockEvent['type']>(type: T, data: Data<StockEvent, T>) => ({ type, data }) as StockEvent;

const LATER = '2026-01-01T13:00:00.000Z';
const owner = { type: 'order', id: 'order-1' } as const;
const hard = (reservationId: string, quantity: number) => ({ reservationId, quantity, kind: 'hard', owner }) as const;
const received = (quantity: number) => happened('StockReceived', { quantity, ref: 'DN-1' });

describe('goods that arrive in part', () => {
  it.each([
    [true, 5, happened('IncomingStockChanged', { ref: 'PO-1', quantity: 3, eta: LATER })],
    [true, 8, happened('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })],
    [true, 9, happened('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })],
    [false, 5, happened('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })],
  ])('leave the rest announced if it is said that it is still to come: %s, %d of 8', (incomingRest, quantity, then) =>
    given(happened('IncomingStockAnnounced', { ref: 'PO-1', quantity: 8, eta: LATER }))
      .when(does('ReceiveStock', { quantity, ref: 'DN-1', incomingRef: 'PO-1', incomingRest }))
      .then(received(quantity), then),
  );
});

describe('the consumption of a reservation', () => {
  const held = [received(5), happened('StockReserved', hard('r-1', 5))] as const;

  it('comes bit by bit as goods leave bit by bit', () => {
    const partly = { reservationId: 'r-1', by: 2, left: 3, kind: 'hard', owner, ref: 'parcel-1' } as const;
    given(...held)
      .when(does('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-1', quantity: 2 }))
      .then(
        happened('ReservationPartlyConsumed', partly),
        happened('StockIssued', { quantity: 2, cause: 'fulfillment', ref: 'parcel-1' }),
      );
    given(...held, happened('ReservationPartlyConsumed', partly))
      .when(does('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-2', quantity: 3 }))
      .then(
        happened('ReservationConsumed', { ...hard('r-1', 3), ref: 'parcel-2' }),
        happened('StockIssued', { quantity: 3, cause: 'fulfillment', ref: 'parcel-2' }),
      );
    given(...held, happened('ReservationPartlyConsumed', partly))
      .when(does('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-2', quantity: 4 }))
      .thenFails('not-enough-stock', { available: 3 });
  });
});
