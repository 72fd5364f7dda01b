import { describe, expect, it } from '@jest/globals';
import { caused, specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';
import { MIN_MOVEMENTS_REMEMBERED } from './stock-state.js';

const given = specification(stockItem.decider);

const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 0, 1, hour, minute)).toISOString();
const received = (quantity: number) => ({ type: 'StockReceived', data: { quantity, ref: 'DN-1' } }) as const;
const issued = (quantity: number) =>
  ({ type: 'StockIssued', data: { quantity, cause: 'store-sale', ref: 'till-1/7/1' } }) as const;
const counted = (number: number, asOf: string, sourceSeq = 1, countId = `count-${sourceSeq}`): StockEvent => ({
  type: 'StockCounted',
  data: { countId, counted: number, asOf, sourceSeq },
});
const countDifference = (delta: number, ref = 'count-1'): StockEvent => ({
  type: 'StockAdjusted',
  data: { delta, reason: 'count', ref },
});
const count = (number: number, asOf: string, sourceSeq = 1, countId = `count-${sourceSeq}`): StockCommand => ({
  type: 'RecordStockCount',
  data: { countId, counted: number, asOf, sourceSeq },
});
const sell = (quantity: number): StockCommand => ({
  type: 'RecordStockIssue',
  data: { quantity, cause: 'store-sale', ref: 'till-1/7/1' },
});
const shortfall = (short: number, ...affectedReservations: string[]): StockEvent => ({
  type: 'StockShortfallDetected',
  data: { short, affectedReservations },
});

/** Events happen and commands are sent at noon unless said otherwise. */
describe('a count', () => {
  const early = (event: StockEvent) => caused({ occurredAt: at(9) }, event);

  it('confirms what is on hand', () =>
    given(early(received(10)))
      .when(count(10, at(11)))
      .then(counted(10, at(11))));

  it('corrects what is on hand by the difference', () =>
    given(early(received(10)))
      .when(count(8, at(11)))
      .then(counted(8, at(11)), countDifference(-2)));

  it('does not undo movements after it', () =>
    given(early(received(10)), issued(3))
      .when(count(10, at(11)))
      .then(counted(10, at(11))));

  it('includes movements at its very instant', () =>
    given(early(received(10)), caused({ occurredAt: at(11) }, issued(3)))
      .when(count(7, at(11)))
      .then(counted(7, at(11))));

  it('compares by business time, not by recording time', () =>
    given(early(received(10)), caused({ occurredAt: at(11, 30) }, issued(1)), caused({ occurredAt: at(10) }, issued(2)))
      .when(count(8, at(11)))
      .then(counted(8, at(11))));

  it('may cause a shortfall', () =>
    given(early(received(10)), {
      type: 'StockReserved',
      data: { reservationId: 'r-1', quantity: 9, kind: 'hard', owner: { type: 'order', id: 'order-1' } },
    })
      .when(count(8, at(11)))
      .then(counted(8, at(11)), countDifference(-2), shortfall(1, 'r-1')));

  it('is recorded once', () =>
    given(counted(0, at(11)))
      .when(count(0, at(11), 2, 'count-1'))
      .thenNothing());

  it.each([1, 2])('is stale when its number is %d after 2', (sourceSeq) =>
    given(counted(0, at(10), 2))
      .when(count(5, at(11), sourceSeq, 'another'))
      .thenFails('count-stale', { lastSeq: 2 }),
  );

  it('is numbered by each channel separately', () =>
    given(caused({ channel: 'erp' }, counted(0, at(10), 7)))
      .when(count(0, at(11), 2))
      .then(counted(0, at(11), 2)));

  it('is stale when a later count was recorded', () =>
    given(counted(0, at(11), 1))
      .when(count(5, at(10), 2))
      .thenFails('count-stale', { lastAsOf: at(11) }));

  it('cannot be in the future', () =>
    given()
      .when(count(5, at(12, 1)))
      .thenFails('count-in-future'));

  it('cannot be older than the movements that are remembered', () => {
    const sale = (index: number) => caused({ occurredAt: at(10, index % 60) }, issued(1));
    const history = Array.from({ length: 2 * MIN_MOVEMENTS_REMEMBERED }, (_, index) => sale(index));
    given(...history)
      .when(count(5, at(10, 30)))
      .thenFails('count-too-old', { earliest: at(10, 59) });
    given(...history)
      .when(count(5, at(10, 59)))
      .then(counted(5, at(10, 59)), countDifference(2 * MIN_MOVEMENTS_REMEMBERED + 5));
  });

  it('does not treat the difference of an earlier count as a movement', () =>
    given(early(received(10)), counted(8, at(10)), countDifference(-2))
      .when(count(8, at(11), 2))
      .then(counted(8, at(11), 2)));
});

describe('a fact that is recorded after a count', () => {
  const history = [caused({ occurredAt: at(9) }, received(10)), counted(7, at(11)), countDifference(-3)] as const;

  it('is corrected when it happened before the count', () =>
    given(...history)
      .when(sell(3), { occurredAt: at(10) })
      .then(issued(3), countDifference(3)));

  it('is not corrected when it happened after the count', () =>
    given(...history)
      .when(sell(3), { occurredAt: at(11, 30) })
      .then(issued(3)));

  it('is not corrected when it happened at the instant of the count', () =>
    given(...history)
      .when(sell(3), { occurredAt: at(11) })
      .then(issued(3)));

  it('causes no shortfall when it is corrected', () =>
    given(...history, {
      type: 'StockReserved',
      data: { reservationId: 'r-1', quantity: 7, kind: 'hard', owner: { type: 'order', id: 'order-1' } },
    })
      .when(sell(3), { occurredAt: at(10) })
      .then(issued(3), countDifference(3)));

  it('needs no correction if it does not change on hand', () => {
    const { state } = given(...history);
    expect(state().onHand).toBe(7);
    given(...history)
      .when({ type: 'SetBackorderLimit', data: { limit: 1 } }, { occurredAt: at(10) })
      .then({ type: 'BackorderLimitSet', data: { limit: 1 } });
  });
});
