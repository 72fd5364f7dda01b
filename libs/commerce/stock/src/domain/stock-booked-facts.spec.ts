import { describe, expect, it } from '@jest/globals';
import { aCause, atOnce, specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';
import { MIN_FACTS_REMEMBERED } from './stock-state.js';

const { decider, snapshot } = stockItem;
const given = specification(decider);

const sale = (quantity: number, factId?: string): StockCommand => ({
  type: 'RecordStockIssue',
  data: { quantity, cause: 'store-sale', ref: 'till-1', ...(factId !== undefined && { factId }) },
});
const sold = (quantity: number, factId?: string): StockEvent => ({
  type: 'StockIssued',
  data: { quantity, cause: 'store-sale', ref: 'till-1', ...(factId !== undefined && { factId }) },
});

describe('a fact with an identity', () => {
  const factId = 'f-1';
  const cases: [StockCommand, StockEvent][] = [
    [
      { type: 'ReceiveStock', data: { quantity: 1, ref: 'DN-1', factId } },
      { type: 'StockReceived', data: { quantity: 1, ref: 'DN-1', factId } },
    ],
    [
      { type: 'AdjustStock', data: { delta: 2, reason: 'found', ref: 'A-1', factId } },
      { type: 'StockAdjusted', data: { delta: 2, reason: 'found', ref: 'A-1', factId } },
    ],
    [
      { type: 'RestockReturn', data: { quantity: 1, returnId: 'b-1', disposition: 'damaged', factId } },
      { type: 'StockRestocked', data: { quantity: 1, returnId: 'b-1', disposition: 'damaged', factId } },
    ],
  ];

  it.each(cases)('is booked once: $type', (command, event) => {
    given().when(command).then(event);
    given(event).when(command).thenNothing();
  });

  it('is booked once even if it is reported late, after a count', () =>
    given({ type: 'StockReceived', data: { quantity: 9, ref: 'DN-1' } }, sold(1, 't/7/1'))
      .when(sale(1, 't/7/1'), { occurredAt: '2025-01-01T00:00:00.000Z' })
      .thenNothing());

  it('is refused when another fact was booked under its identity', () => {
    given(sold(1, 't/7/1')).when(sale(2, 't/7/1')).thenFails('fact-id-reused', { factId: 't/7/1' });
    given(sold(1, 'f-1'))
      .when({ type: 'AdjustStock', data: { delta: -1, reason: 'theft', ref: 'A-1', factId } })
      .thenFails('fact-id-reused', { factId });
  });

  it('does not affect facts without identity: one document may cover several facts', () =>
    given({ type: 'StockReceived', data: { quantity: 9, ref: 'DN-1' } }, sold(1))
      .when(sale(1))
      .then(sold(1)));

  it.each([1, MIN_FACTS_REMEMBERED, MIN_FACTS_REMEMBERED + 1])(
    'is remembered after %d facts, also by a snapshot, in bounded memory',
    (count) => {
      const item = decider.initialState();
      for (let n = 0; n < count; n++) decider.evolve(item, sold(1, `t/${n}`), aCause());
      const loaded = snapshot.load(JSON.parse(JSON.stringify(snapshot.save(item))) as object);
      for (const known of [item, loaded]) expect(decider.decide(sale(1, 't/0'), known, atOnce(aCause()))).toEqual([]);
      for (let n = 0; n < 2 * MIN_FACTS_REMEMBERED; n++) decider.evolve(item, sold(1, `u/${n}`), aCause());
      expect(item.bookedFacts.recent.size + item.bookedFacts.older.size).toBeLessThanOrEqual(2 * MIN_FACTS_REMEMBERED);
    },
  );
});
