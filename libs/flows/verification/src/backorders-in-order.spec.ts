import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { aRecorded } from '#testing';
import { BackordersInOrder } from './backorders-in-order.js';

const owner = { type: 'order', id: 'o-1' };
const waits = (reservationId: string, quantity: number, promisedFor?: string): Message => ({
  type: 'StockReserved',
  data: { reservationId, quantity, kind: 'hard', owner, backordered: quantity, promisedFor },
});
const received = (quantity: number): Message => ({ type: 'StockReceived', data: { quantity, ref: 'DN-1' } });
const filled = (reservationId: string, quantity: number, left = 0): Message => ({
  type: 'BackorderFilled',
  data: { reservationId, quantity, left, owner },
});

const found = (...events: Message[]) => {
  const checker = new BackordersInOrder();
  events.forEach((event, revision) => checker.see(aRecorded('stock-TEA~london', event, { revision })));
  return checker.violations.map(({ sentence }) => sentence);
};

const MAY = '2036-05-01T00:00:00.000Z';
const queue = [waits('late', 2), waits('may', 2, MAY)];

describe('backorders', () => {
  it('are right when the earliest promise is filled first, each with what it waits for', () => {
    expect(found(...queue, received(3), filled('may', 2), filled('late', 1, 1))).toEqual([]);
  });

  it('are wrong when filled out of turn', () => {
    expect(found(...queue, received(2), filled('late', 2))).toEqual(['Reservation may waits, but late is filled']);
  });

  it('are wrong when filled twice, or with more than is waited for', () => {
    expect(found(...queue, received(9), filled('may', 3))).toEqual(['Reservation may waits for 2 units, not 3']);
    expect(found(...queue, received(9), filled('may', 2), filled('may', 2))).toEqual([
      'Reservation may waits for 0 units, not 2',
    ]);
  });

  it('are wrong when filled with what is not there', () => {
    expect(found(...queue, received(1), filled('may', 2))).toEqual([
      '2 units are given to reservations, but 1 are there',
    ]);
  });
});
