import { describe, expect, it } from '@jest/globals';
import { aCause, specification } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';
import { FACTS } from './stock-state.js';

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

describe('a fact with a name', () => {
  const factId = 'f-1';
  const named: [StockCommand, StockEvent][] = [
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

  it.each(named)('is booked once: $type', (command, event) => {
    given().when(command).then(event);
    given(event).when(command).thenNothing();
  });

  it('is booked once when it comes late, after a count that had seen it', () =>
    given({ type: 'StockReceived', data: { quantity: 9, ref: 'DN-1' } }, sold(1, 't/7/1'))
      .when(sale(1, 't/7/1'), { occurredAt: '2025-01-01T00:00:00.000Z' })
      .thenNothing());

  it('is not taken for another that says something else', () => {
    given(sold(1, 't/7/1')).when(sale(2, 't/7/1')).thenFails('fact-id-reused', { factId: 't/7/1' });
    given(sold(1, 'f-1'))
      .when({ type: 'AdjustStock', data: { delta: -1, reason: 'theft', ref: 'A-1', factId } })
      .thenFails('fact-id-reused', { factId });
  });

  it('leaves those without a name alone: one document may stand for many facts', () =>
    given({ type: 'StockReceived', data: { quantity: 9, ref: 'DN-1' } }, sold(1))
      .when(sale(1))
      .then(sold(1)));

  it.each([1, FACTS, FACTS + 1])('is remembered with %d others, also by a snapshot; memory is bounded', (others) => {
    const item = decider.initialState();
    for (let n = 0; n < others; n++) decider.evolve(item, sold(1, `t/${n}`), aCause());
    const loaded = snapshot.load(JSON.parse(JSON.stringify(snapshot.save(item))) as object);
    for (const known of [item, loaded]) expect(decider.decide(sale(1, 't/0'), known, aCause())).toEqual([]);
    for (let n = 0; n < 2 * FACTS; n++) decider.evolve(item, sold(1, `u/${n}`), aCause());
    expect(item.facts.recent.size + item.facts.older.size).toBeLessThanOrEqual(2 * FACTS);
  });
});
