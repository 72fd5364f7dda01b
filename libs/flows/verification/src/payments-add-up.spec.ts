import { describe, expect, it } from '@jest/globals';
import { payment, type PaymentCommand, type PaymentEvent } from '#payments';
import { aCause, aRecorded, atOnce } from '#testing';
import { PaymentsAddUp } from './payments-add-up.js';

const paymentId = 'p';
const resultOf = (operationId: string, amount: number): PaymentCommand => ({
  type: 'RecordPaymentResult',
  data: { paymentId, operationId, outcome: 'done', amount },
});
const lifecycle: PaymentCommand[] = [
  { type: 'RequestPayment', data: { paymentId, orderId: 'o', kind: 'card', amount: 100, currency: 'EUR' } },
  resultOf('authorize', 100),
  { type: 'CapturePayment', data: { paymentId, operationId: 'c', amount: 60 } },
  resultOf('c', 60),
  { type: 'VoidPayment', data: { paymentId, operationId: 'v' } },
  resultOf('v', 40),
  { type: 'RefundPayment', data: { paymentId, operationId: 'r', amount: 60, reason: 'returned' } },
  resultOf('r', 60),
];

const eventsOf = (commands: readonly PaymentCommand[]) => {
  let state = payment.decider.initialState();
  return commands.flatMap((command) => {
    const decided = payment.decider.decide(command, state, atOnce(aCause()));
    for (const event of decided) state = payment.decider.evolve(state, event, aCause());
    return [...decided];
  });
};

const check = (events: readonly PaymentEvent[]) => {
  const checker = new PaymentsAddUp();
  events.forEach((event, revision) => checker.check(aRecorded('payment-p', event, { revision })));
  checker.finish();
  return checker;
};

const events = eventsOf(lifecycle);
const withData = (type: PaymentEvent['type'], data: object) =>
  events.map((event) => (event.type === type ? ({ type, data: { ...event.data, ...data } } as PaymentEvent) : event));

describe('the postings and totals of a payment', () => {
  it('add up from authorization to refund', () => {
    const { checked, failed, flagged } = check(events);
    expect({ checked, failed, flagged }).toEqual({ checked: 4, failed: 0, flagged: 0 });
  });

  it('add up for a payment taken at a till, and for a void of nothing', () => {
    const cash = { paymentId, orderId: 'o', kind: 'cash', amount: 100, currency: 'EUR' } as const;
    const voidAll = { paymentId, operationId: 'v' };
    const till = eventsOf([
      { type: 'RequestPayment', data: cash },
      { type: 'VoidPayment', data: voidAll },
    ]);
    expect(check(till)).toMatchObject({ checked: 3, failed: 0 });
  });

  it('are flagged, not violated, where the provider did something other than requested', () => {
    const disputed = eventsOf([...lifecycle.slice(0, 3), resultOf('c', 101)]);
    expect(check(disputed)).toMatchObject({ failed: 0, flagged: 1 });
  });

  it.each([
    [
      'more is captured than authorized',
      withData('PaymentCaptured', { amount: 61 }),
      '61 captured and 40 voided of 100',
    ],
    ['more is refunded than captured', withData('PaymentRefunded', { amount: 61 }), '61 refunded of 60 captured'],
    [
      'postings do not add up',
      withData('PaymentVoided', { postings: [{ account: 'payer', amount: 40 }] }),
      'The postings of operation v add up to 40, not to zero',
    ],
    ['an operation is done twice', withData('PaymentRefunded', { operationId: 'c' }), 'c was done a second time'],
    [
      'an operation was never requested',
      withData('PaymentRefunded', { operationId: 'x' }),
      'Operation x was done, but never requested',
    ],
    [
      'the payment is authorized twice',
      [...events.slice(0, 3), ...events.slice(2, 3)],
      'The payment was authorized a second time',
    ],
  ])('are violated when %s', (_, recorded, sentence) =>
    expect(
      check(recorded)
        .violations.map((violation) => violation.sentence)
        .join(),
    ).toContain(sentence),
  );
});
