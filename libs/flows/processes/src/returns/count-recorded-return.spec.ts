import { expect, it } from '@jest/globals';
import { type ReturnLine } from '#returns';
import { whenReturnRecordedThenCountAgainstOrder as policy } from './count-recorded-return.process.js';

const line = (lineId: string, orderId?: string): ReturnLine => ({
  ...{ lineId, sku: 'MUG', quantity: 2, unitPrice: { amount: 850, scale: 2 } },
  ...{ locationId: 'store', disposition: 'restock' },
  ...(orderId !== undefined && { original: { orderId, lineId: `${orderId}/${lineId}` } }),
});

/** The commands after a return of these lines, on which the buyer got back 3.00 for a deposit as well. */
const commandsAfter = (...lines: readonly ReturnLine[]) => {
  const credits = [{ chargeId: 'deposit', kind: 'fee', quantity: 1, unitPrice: { amount: -300, scale: 2 } } as const];
  const data = { currency: 'GBP', lines, credits, total: 1700 * lines.length + 300 };
  const event = { type: 'ReturnRecorded', data } as const;
  const cause = { correlationId: 'c', channel: 'till', occurredAt: '2026-01-01T12:00:00.000Z' };
  return policy.react(undefined, { id: 'e', event, stream: 'return-r', ...cause }, 'return-r').commands;
};
const count = (orderId: string, lineIds: readonly string[], paidBack: number) => ({
  type: 'AddRecordedReturn',
  data: {
    ...{ orderId, returnId: 'r', paidBack, currency: 'GBP' },
    lines: lineIds.map((lineId) => ({ lineId: `${orderId}/${lineId}`, quantity: 2 })),
  },
});

it('a return of one order counts with all that the buyer was given', () =>
  expect(commandsAfter(line('1', 'a'), line('2', 'a'))).toEqual([count('a', ['1', '2'], 3700)]));

it('a return of several orders counts for each with its own goods', () =>
  expect(commandsAfter(line('1', 'a'), line('2', 'b'))).toEqual([count('a', ['1'], 1700), count('b', ['2'], 1700)]));

it('goods whose order is unknown count for none', () => {
  expect(commandsAfter(line('1', 'a'), line('2'))).toEqual([count('a', ['1'], 1700)]);
  expect(commandsAfter(line('1'))).toEqual([]);
});
