import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#kernel';
import { aCause, atOnce } from '#testing';
import { stockItem, type StockCommand } from './stock-item.js';
import { MIN_ENDED_RESERVATIONS_REMEMBERED, type StockItem } from './stock-state.js';

const { decider, snapshot } = stockItem;
const cause = aCause();

const reserve = (reservationId: string): StockCommand => ({
  type: 'ReserveStock',
  data: { reservationId, quantity: 1, kind: 'hard', owner: { type: 'order', id: 'order-1' } },
});
const release = (reservationId: string): StockCommand => ({
  type: 'ReleaseReservation',
  data: { reservationId, reason: 'cancelled' },
});

const carryOut = (item: StockItem, ...commands: StockCommand[]) => {
  for (const command of commands) {
    for (const event of decider.decide(command, item, atOnce(cause))) decider.evolve(item, event, cause);
  }
  return item;
};

/** A stock item with one unit, which has been reserved and released `times` times, as r-0, r-1, … */
const afterReservations = (times: number) => {
  const item = carryOut(decider.initialState(), { type: 'ReceiveStock', data: { quantity: 1, ref: 'DN-1' } });
  for (let i = 0; i < times; i++) carryOut(item, reserve(`r-${i}`), release(`r-${i}`));
  return item;
};

const refuses = (item: StockItem, reservationId: string) => {
  try {
    return decider.decide(reserve(reservationId), item, atOnce(cause)).length === 0;
  } catch (error) {
    return error instanceof DomainError && error.code === 'reservation-ended';
  }
};

const reloaded = (item: StockItem) => snapshot.load(JSON.parse(JSON.stringify(snapshot.save(item))) as object);

describe('the ended reservations that a stock item remembers', () => {
  it.each([1, MIN_ENDED_RESERVATIONS_REMEMBERED, MIN_ENDED_RESERVATIONS_REMEMBERED + 1])(
    'include the first of %d',
    (times) => {
      const item = afterReservations(times);
      expect(refuses(item, 'r-0')).toBe(true);
      expect(refuses(reloaded(item), 'r-0')).toBe(true);
      expect(refuses(item, `r-${times - 1}`)).toBe(true);
      expect(refuses(item, `r-${times}`)).toBe(false);
    },
  );

  it('are bounded, however many there were', () => {
    const { endedReservations: ended } = afterReservations(3 * MIN_ENDED_RESERVATIONS_REMEMBERED + 5);
    expect(ended.recent.size + ended.older.size).toBe(MIN_ENDED_RESERVATIONS_REMEMBERED + 5);
  });

  it('are restored from a snapshot that shares nothing with the state', () => {
    const item = afterReservations(1);
    const saved = snapshot.save(item);
    carryOut(item, reserve('r-1'), { type: 'RecordStockIssue', data: { quantity: 1, cause: 'store-sale', ref: 'a' } });
    expect(snapshot.load(saved)).toEqual(afterReservations(1));
  });
});
