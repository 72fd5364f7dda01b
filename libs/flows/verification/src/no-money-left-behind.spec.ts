import { describe, expect, it } from '@jest/globals';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { aRecorded } from '#testing';
import { NoMoneyLeftBehind } from './no-money-left-behind.js';

const lines = [{ lineId: '1', quantity: 2 }];
const placed = { type: 'OrderPlaced', data: { lines } } as unknown as OrderEvent;
const rejected = { type: 'OrderRejected', data: { reasons: [] } } as OrderEvent;
const cancelled = { type: 'OrderLinesCancelled', data: { lines } } as unknown as OrderEvent;

const said = (type: PaymentEvent['type'], operation: string, amount = 100) =>
  ({ type, data: { orderId: 'o', operationId: operation, operation, amount } }) as unknown as PaymentEvent;
const authorized = said('PaymentAuthorized', 'authorize');
const captured = said('PaymentCaptured', 'capture');

const LATER = 120_000;

const check = (order: readonly OrderEvent[], payment: readonly PaymentEvent[], now = LATER) => {
  const checker = new NoMoneyLeftBehind();
  order.forEach((event, revision) => checker.see(aRecorded('order-o', event, { revision, recordedAt: 1 })));
  payment.forEach((event, revision) => checker.see(aRecorded('payment-p', event, { revision, recordedAt: 1 })));
  checker.end(now);
  const { checked, flagged, violations } = checker;
  return { checked, flagged, wrong: violations.map(({ sentence }) => sentence).join() };
};

describe('the money of an order that has ended', () => {
  it.each([
    ['was given up', [placed, rejected], [authorized, said('PaymentVoided', 'void')]],
    ['was given back', [placed, rejected], [authorized, captured, said('PaymentRefunded', 'refund')]],
    ['was never there', [placed, rejected], [said('PaymentFailed', 'authorize')]],
    ['was taken for what has left', [placed, { ...cancelled, type: 'OrderLinesFulfilled' }], [authorized, captured]],
  ] as [string, OrderEvent[], PaymentEvent[]][])('is right when it %s', (_, order, payment) =>
    expect(check(order, payment)).toEqual({ checked: 1, flagged: 0, wrong: '' }),
  );

  it.each([
    ['rejected', [placed, rejected], [authorized], 'It keeps 100 authorised, but its order o has ended'],
    ['cancelled', [placed, cancelled], [authorized], 'It keeps 100 authorised'],
    ['rejected after it was taken', [placed, rejected], [authorized, captured], 'It keeps 100 captured'],
  ] as [string, OrderEvent[], PaymentEvent[], string][])('is wrong when it is kept of one that was %s', (_, ...told) =>
    expect(check(told[0], told[1]).wrong).toContain(told[2]),
  );

  it.each([
    ['has not answered', said('PaymentRequested', 'void')],
    ['refuses to let go', said('PaymentFailed', 'void')],
    ['contradicts itself', said('PaymentDisputed', 'void')],
  ])('is flagged when the provider %s', (_, event) =>
    expect(check([placed, rejected], [authorized, event])).toEqual({ checked: 1, flagged: 1, wrong: '' }),
  );

  it('is not missed while the order goes on, nor at once', () => {
    expect(check([placed], [authorized])).toMatchObject({ wrong: '' });
    expect(check([placed, rejected], [authorized], 60_000)).toMatchObject({ wrong: '' });
  });
});
