import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const given = specification(stockItem.decider);

type Data<M extends { type: string }, T> = Extract<M, { type: T }> extends { data: infer D } ? D : never;
const aCommand = <T extends StockCommand['type']>(type: T, data: Data<StockCommand, T>) =>
  ({ type, data }) as StockCommand;
const anEvent = <T extends StockEvent['type']>(type: T, data: Data<StockEvent, T>) => ({ type, data }) as StockEvent;

const LATER = '2026-01-01T13:00:00.000Z';
const owner = { type: 'order', id: 'order-1' } as const;
const hard = (reservationId: string, quantity: number) => ({ reservationId, quantity, kind: 'hard', owner }) as const;
const received = (quantity: number) => anEvent('StockReceived', { quantity, ref: 'DN-1' });

describe('a partial delivery', () => {
  it.each([
    [true, 5, anEvent('IncomingStockChanged', { ref: 'PO-1', quantity: 3, eta: LATER })],
    [true, 8, anEvent('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })],
    [true, 9, anEvent('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })],
    [false, 5, anEvent('IncomingStockArrived', { ref: 'PO-1', quantity: 8 })],
  ])('keeps the rest announced if the rest is still to come: %s, %d of 8', (incomingRest, quantity, then) =>
    given(anEvent('IncomingStockAnnounced', { ref: 'PO-1', quantity: 8, eta: LATER }))
      .when(aCommand('ReceiveStock', { quantity, ref: 'DN-1', incomingRef: 'PO-1', incomingRest }))
      .then(received(quantity), then),
  );
});

describe('the consumption of a reservation', () => {
  const fiveReserved = [received(5), anEvent('StockReserved', hard('r-1', 5))] as const;

  it('may be partial, several times', () => {
    const partly = { reservationId: 'r-1', by: 2, left: 3, kind: 'hard', owner, ref: 'parcel-1' } as const;
    given(...fiveReserved)
      .when(aCommand('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-1', quantity: 2 }))
      .then(
        anEvent('ReservationPartlyConsumed', partly),
        anEvent('StockIssued', { quantity: 2, cause: 'fulfillment', ref: 'parcel-1' }),
      );
    given(...fiveReserved, anEvent('ReservationPartlyConsumed', partly))
      .when(aCommand('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-2', quantity: 3 }))
      .then(
        anEvent('ReservationConsumed', { ...hard('r-1', 3), ref: 'parcel-2' }),
        anEvent('StockIssued', { quantity: 3, cause: 'fulfillment', ref: 'parcel-2' }),
      );
    given(...fiveReserved, anEvent('ReservationPartlyConsumed', partly))
      .when(aCommand('ConsumeReservation', { reservationId: 'r-1', ref: 'parcel-2', quantity: 4 }))
      .thenFails('not-enough-stock', { available: 3 });
  });

  it('beyond what is on hand leaves a shortfall of its remaining units and those of others', () => {
    const remaining = { reservationId: 'r-2', by: 1, left: 2, kind: 'hard', owner, ref: 'parcel-1' } as const;
    given(
      received(4),
      anEvent('StockReserved', hard('r-1', 1)),
      anEvent('StockReserved', hard('r-2', 3)),
      anEvent('StockIssued', { quantity: 4, cause: 'store-sale', ref: 'till-1/7/1' }),
      anEvent('StockShortfallDetected', { short: 4, affectedReservations: ['r-2', 'r-1'] }),
    )
      .when(aCommand('ConsumeReservation', { reservationId: 'r-2', ref: 'parcel-1', quantity: 1 }))
      .then(
        anEvent('ReservationPartlyConsumed', remaining),
        anEvent('StockIssued', { quantity: 1, cause: 'fulfillment', ref: 'parcel-1' }),
        anEvent('StockShortfallDetected', { short: 3, affectedReservations: ['r-2', 'r-1'] }),
      );
  });
});
