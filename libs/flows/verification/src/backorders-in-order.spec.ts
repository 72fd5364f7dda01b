import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { aRecorded } from '#testing';
import { BackordersInOrder } from './backorders-in-order.js';

const owner = { type: 'order', id: 'o-1' };
const backordered = (reservationId: string, quantity: number, promisedFor?: string): Message => ({
  type: 'StockReserved',
  data: { reservationId, quantity, kind: 'hard', owner, backordered: quantity, promisedFor },
});
const received = (quantity: number): Message => ({ type: 'StockReceived', data: { quantity, ref: 'DN-1' } });
const filled = (reservationId: string, quantity: number, left = 0): Message => ({
  type: 'BackorderFilled',
  data: { reservationId, quantity, left, owner },
});

const violationsOf = (...events: Message[]) => {
  const checker = new BackordersInOrder();
  events.forEach((event, revision) => checker.check(aRecorded('stock-TEA~london', event, { revision })));
  return checker.violations.map(({ sentence }) => sentence);
};

const MAY = '2036-05-01T00:00:00.000Z';
const twoBackorders = [backordered('late', 2), backordered('may', 2, MAY)];

describe('backorders are filled in order', () => {
  it('when the earliest promised date comes first, each with the units that it waits for', () => {
    expect(violationsOf(...twoBackorders, received(3), filled('may', 2), filled('late', 1, 1))).toEqual([]);
  });

  it('and not when a later one is filled before an earlier one', () => {
    expect(violationsOf(...twoBackorders, received(2), filled('late', 2))).toEqual([
      'Reservation late is filled before may, which comes first',
    ]);
  });

  it('and not when one is filled twice or with more units than it waits for', () => {
    expect(violationsOf(...twoBackorders, received(9), filled('may', 3))).toEqual([
      'Reservation may waits for 2 units, not 3',
    ]);
    expect(violationsOf(...twoBackorders, received(9), filled('may', 2), filled('may', 2))).toEqual([
      'Reservation may waits for 0 units, not 2',
    ]);
  });

  it('and not when one is filled with units that are not on hand', () => {
    expect(violationsOf(...twoBackorders, received(1), filled('may', 2))).toEqual([
      '2 units are covered by stock for reservations, but only 1 are sellable',
    ]);
  });
});
