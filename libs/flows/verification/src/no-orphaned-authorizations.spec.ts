import { describe, expect, it } from '@jest/globals';
import { type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { aRecorded } from '#testing';
import { NoOrphanedAuthorizations } from './no-orphaned-authorizations.js';

const lines = [{ lineId: '1', quantity: 2 }];
const placed = { type: 'OrderPlaced', data: { lines } } as unknown as OrderEvent;
const rejected = { type: 'OrderRejected', data: { reasons: [] } } as OrderEvent;
const cancelled = { type: 'OrderLinesCancelled', data: { lines } } as unknown as OrderEvent;

const paymentEvent = (type: PaymentEvent['type'], operation: string, amount = 100) =>
  ({ type, data: { orderId: 'o', operationId: operation, operation, amount } }) as unknown as PaymentEvent;
const authorized = paymentEvent('PaymentAuthorized', 'authorize');
const captured = paymentEvent('PaymentCaptured', 'capture');

const AFTER_THE_GRACE_PERIOD = 120_000;

const check = (order: readonly OrderEvent[], payment: readonly PaymentEvent[], now = AFTER_THE_GRACE_PERIOD) => {
  const checker = new NoOrphanedAuthorizations();
  order.forEach((event, revision) => checker.check(aRecorded('order-o', event, { revision, recordedAt: 1 })));
  payment.forEach((event, revision) => checker.check(aRecorded('payment-p', event, { revision, recordedAt: 1 })));
  checker.finish(now);
  const { checked, flagged, violations } = checker;
  return { checked, flagged, violations: violations.map(({ sentence }) => sentence).join() };
};

describe('the payment of an order that has ended', () => {
  it.each([
    ['was voided', [placed, rejected], [authorized, paymentEvent('PaymentVoided', 'void')]],
    ['was refunded', [placed, rejected], [authorized, captured, paymentEvent('PaymentRefunded', 'refund')]],
    ['was never authorized', [placed, rejected], [paymentEvent('PaymentFailed', 'authorize')]],
    [
      'was captured for fulfilled goods',
      [placed, { ...cancelled, type: 'OrderLinesFulfilled' }],
      [authorized, captured],
    ],
  ] as [string, OrderEvent[], PaymentEvent[]][])('is right when it %s', (_, order, payment) =>
    expect(check(order, payment)).toEqual({ checked: 1, flagged: 0, violations: '' }),
  );

  it.each([
    [
      'rejected',
      [placed, rejected],
      [authorized],
      'The payment still has 100 minor units authorized, but its order o has ended',
    ],
    ['cancelled', [placed, cancelled], [authorized], 'The payment still has 100 minor units authorized'],
    [
      'rejected after the capture',
      [placed, rejected],
      [authorized, captured],
      'The payment still has 100 minor units captured',
    ],
  ] as [string, OrderEvent[], PaymentEvent[], string][])(
    'is a violation when it is kept for an order that was %s',
    (_, order, payment, sentence) => expect(check(order, payment).violations).toContain(sentence),
  );

  it.each([
    ['has not answered', paymentEvent('PaymentRequested', 'void')],
    ['has refused to void it', paymentEvent('PaymentFailed', 'void')],
    ['contradicts what is recorded', paymentEvent('PaymentDisputed', 'void')],
  ])('is flagged when the provider %s', (_, event) =>
    expect(check([placed, rejected], [authorized, event])).toEqual({ checked: 1, flagged: 1, violations: '' }),
  );

  it('is a violation again once the provider agrees with what is recorded', () => {
    const disputed = [authorized, paymentEvent('PaymentDisputed', 'authorize')];
    expect(check([placed, rejected], disputed)).toMatchObject({ flagged: 1 });
    const resolved = [...disputed, paymentEvent('PaymentDisputeResolved', 'authorize')];
    expect(check([placed, rejected], resolved).violations).toContain('still has 100 minor units authorized');
  });

  it('is not checked while the order is open, nor within the grace period', () => {
    expect(check([placed], [authorized])).toMatchObject({ violations: '' });
    expect(check([placed, rejected], [authorized], 60_000)).toMatchObject({ violations: '' });
  });
});
