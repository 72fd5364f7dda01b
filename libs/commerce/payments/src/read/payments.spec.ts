import { describe, expect, it } from '@jest/globals';
import { type RecordedAs } from '#projections';
import { aCause, aRecorded, atOnce } from '#testing';
import { type PaymentCommand, type PaymentEvent } from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { paymentLedger } from './payment-ledger.projection.js';
import { payments, type PaymentRow } from './payments.projection.js';

const paymentId = 'o-1.card';
const NOON = '2026-01-01T12:00:00.000Z';

/** The recorded events of a series of commands. */
const log = (...commands: PaymentCommand[]): RecordedAs<PaymentEvent>[] => {
  let state = payment.decider.initialState();
  const events: PaymentEvent[] = [];
  for (const command of commands) {
    const decided = payment.decider.decide(command, state, atOnce(aCause({ occurredAt: NOON })));
    for (const event of decided) state = payment.decider.evolve(state, event, aCause());
    events.push(...decided);
  }
  return events.map((event, revision) => aRecorded(`payment-${paymentId}`, event, { revision }) as never);
};

const row = (...commands: PaymentCommand[]) =>
  log(...commands).reduce<PaymentRow | undefined>(
    (before, recorded) => payments.project(before, recorded, { paymentId }),
    undefined,
  );

const request = (amount = 100): PaymentCommand => ({
  type: 'RequestPayment',
  data: { paymentId, orderId: 'o-1', kind: 'card', amount, currency: 'EUR' },
});
const done = (operationId: string, amount: number): PaymentCommand => ({
  type: 'RecordPaymentResult',
  data: { paymentId, operationId, outcome: 'done', amount },
});
const declined: PaymentCommand = {
  type: 'RecordPaymentResult',
  data: { paymentId, operationId: 'authorize', outcome: 'declined', code: 'no-funds' },
};
const unanswered: PaymentCommand = {
  type: 'RecordPaymentResult',
  data: { paymentId, operationId: 'authorize', outcome: 'unknown', reason: 'timeout' },
};
const capture = (amount: number): PaymentCommand => ({
  type: 'CapturePayment',
  data: { paymentId, operationId: 'c', amount },
});
const voidAll: PaymentCommand = { type: 'VoidPayment', data: { paymentId, operationId: 'v' } };
const refund = (amount: number): PaymentCommand => ({
  type: 'RefundPayment',
  data: { paymentId, operationId: 'r', amount, reason: 'returned' },
});

const authorized = [request(), done('authorize', 100)];
const captured = [...authorized, capture(60), done('c', 60)];

describe('the read model of a payment', () => {
  it.each([
    ['pending', [request()]],
    ['failed', [request(), declined]],
    ['authorized', authorized],
    ['partly-captured', captured],
    ['captured', [...captured, voidAll, done('v', 40)]],
    ['voided', [...authorized, voidAll, done('v', 100)]],
    ['partly-refunded', [...captured, refund(10), done('r', 10)]],
    ['refunded', [...captured, refund(60), done('r', 60)]],
  ])('is %s', (state, commands) => expect(row(...commands)?.state).toBe(state));

  it('adds up the operations that were done', () =>
    expect(row(...captured, voidAll, done('v', 40), refund(10), done('r', 10))).toMatchObject({
      amount: 100,
      authorized: 100,
      captured: 60,
      voided: 40,
      refunded: 10,
      orderId: 'o-1',
      channel: 'web',
      disputed: false,
    }));

  it('shows when an unknown outcome is asked for again, until it is known', () => {
    expect(row(request(), unanswered, unanswered)).toMatchObject({
      state: 'pending',
      unknownOperation: 'authorize',
      unknownSince: NOON,
      nextAskAt: '2026-01-01T12:00:10.000Z',
    });
    expect(row(request(), unanswered, done('authorize', 100))).toMatchObject({
      state: 'authorized',
      unknownOperation: null,
      unknownSince: null,
      nextAskAt: null,
    });
  });

  it('is flagged where the provider contradicts what is on record', () =>
    expect(row(...authorized, capture(60), done('c', 50))).toMatchObject({ captured: 50, disputed: true }));

  it('is no longer flagged once the provider agrees again', () => {
    const disputed = [...authorized, done('authorize', 70)];
    expect(row(...disputed)).toMatchObject({ disputed: true });
    const again: PaymentCommand = {
      type: 'RecordPaymentResult',
      data: { paymentId, operationId: 'authorize', outcome: 'done', amount: 100, reference: 'again' },
    };
    expect(row(...disputed, again)).toMatchObject({ authorized: 100, disputed: false });
    const another = [capture(60), done('c', 50)];
    expect(row(...disputed, ...another, again)).toMatchObject({ disputed: true });
  });
});

describe('the ledger of payments', () => {
  it('has one row per movement, whose postings add up to zero', () => {
    const rows = log(...captured, voidAll, done('v', 40)).flatMap((recorded) => paymentLedger.rowsOf(recorded));
    expect(rows.map(({ seq, operation, amount, currency }) => [seq, operation, amount, currency])).toEqual([
      [2, 'authorize', 100, 'EUR'],
      [4, 'capture', 60, 'EUR'],
      [6, 'void', 40, 'EUR'],
    ]);
    for (const { postings } of rows) expect(postings.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
  });
});
