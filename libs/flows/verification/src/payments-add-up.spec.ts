import { describe, expect, it } from '@jest/globals';
import { payment, type PaymentCommand, type PaymentEvent } from '#payments';
import { aCause, aRecorded } from '#testing';
import { PaymentsAddUp } from './payments-add-up.js';

const paymentId = 'p';
const done = (operationId: string, amount: number): PaymentCommand => ({
  type: 'RecordPaymentResult',
  data: { paymentId, operationId, outcome: 'done', amount },
});
const life: PaymentCommand[] = [
  { type: 'RequestPayment', data: { paymentId, orderId: 'o', kind: 'card', amount: 100, currency: 'EUR' } },
  done('authorize', 100),
  { type: 'CapturePayment', data: { paymentId, operationId: 'c', amount: 60 } },
  done('c', 60),
  { type: 'VoidPayment', data: { paymentId, operationId: 'v' } },
  done('v', 40),
  { type: 'RefundPayment', data: { paymentId, operationId: 'r', amount: 60, reason: 'returned' } },
  done('r', 60),
];

const eventsOf = (commands: readonly PaymentCommand[]) => {
  let state = payment.decider.initialState();
  return commands.flatMap((command) => {
    const decided = payment.decider.decide(command, state, aCause());
    for (const event of decided) state = payment.decider.evolve(state, event, aCause());
    return [...decided];
  });
};

const check = (events: readonly PaymentEvent[]) => {
  const checker = new PaymentsAddUp();
  events.forEach((event, revision) => checker.see(aRecorded('payment-p', event, { revision })));
  checker.end();
  return checker;
};

const events = eventsOf(life);
const saying = (type: PaymentEvent['type'], data: object) =>
  events.map((event) => (event.type === type ? ({ type, data: { ...event.data, ...data } } as PaymentEvent) : event));

describe('the books of a payment', () => {
  it('are right, from authorisation to refund', () => {
    const { checked, failed, flagged } = check(events);
    expect({ checked, failed, flagged }).toEqual({ checked: 4, failed: 0, flagged: 0 });
  });

  it('are right for what a till took, and what was given up of nothing', () => {
    const cash = { paymentId, orderId: 'o', kind: 'cash', amount: 100, currency: 'EUR' } as const;
    const giveUp = { paymentId, operationId: 'v' };
    const till = eventsOf([
      { type: 'RequestPayment', data: cash },
      { type: 'VoidPayment', data: giveUp },
    ]);
    expect(check(till)).toMatchObject({ checked: 3, failed: 0 });
  });

  it('are flagged, not wrong, where the provider did another thing than it was asked for', () => {
    const disputed = eventsOf([...life.slice(0, 3), done('c', 101)]);
    expect(check(disputed)).toMatchObject({ failed: 0, flagged: 1 });
  });

  it.each([
    [
      'more is captured than authorised',
      saying('PaymentCaptured', { amount: 61 }),
      '61 captured and 40 given up of 100',
    ],
    ['more is refunded than captured', saying('PaymentRefunded', { amount: 61 }), '61 refunded of 60 captured'],
    [
      'postings do not add up',
      saying('PaymentVoided', { postings: [{ account: 'payer', amount: 40 }] }),
      'The postings of v add up to 40',
    ],
    ['an operation is done twice', saying('PaymentRefunded', { operationId: 'c' }), 'c is done a second time'],
    ['nobody asked for it', saying('PaymentRefunded', { operationId: 'x' }), 'nobody had asked for it'],
    ['it is authorised twice', [...events.slice(0, 3), ...events.slice(2, 3)], 'It is authorised a second time'],
  ])('are wrong when %s', (_, wrong, sentence) =>
    expect(
      check(wrong)
        .violations.map((violation) => violation.sentence)
        .join(),
    ).toContain(sentence),
  );
});
