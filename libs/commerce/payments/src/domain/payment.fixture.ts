/** For specs: the commands of one payment, and what becomes of them. */
import { aCause, atOnce } from '#testing';
import { type PaymentCommand, type PaymentEvent, type PaymentResult, type TenderKind } from './payment-messages.js';
import { payment } from './payment.js';

export const paymentId = 'p-1';
export const orderId = 'o-1';
export const NOON = '2026-01-01T12:00:00.000Z';

export const request = (amount = 100, kind: TenderKind = 'card') =>
  ({
    type: 'RequestPayment',
    data: { paymentId, orderId, kind, amount, currency: 'EUR' },
  }) satisfies PaymentCommand;
export const capture = (operationId: string, amount: number) =>
  ({ type: 'CapturePayment', data: { paymentId, operationId, amount } }) satisfies PaymentCommand;
export const voidAmount = (operationId: string, amount?: number) =>
  ({
    type: 'VoidPayment',
    data: { paymentId, operationId, ...(amount !== undefined && { amount }) },
  }) satisfies PaymentCommand;
export const refund = (operationId: string, amount: number) =>
  ({ type: 'RefundPayment', data: { paymentId, operationId, amount, reason: 'returned' } }) satisfies PaymentCommand;
export const reported = (operationId: string, result: PaymentResult) =>
  ({ type: 'RecordPaymentResult', data: { paymentId, operationId, ...result } }) satisfies PaymentCommand;
export const done = (operationId: string, amount: number) => reported(operationId, { outcome: 'done', amount });
export const declined = (operationId: string) => reported(operationId, { outcome: 'declined', code: 'no-funds' });
export const unanswered = (operationId: string) => reported(operationId, { outcome: 'unknown', reason: 'timeout' });
export const resolve = { type: 'ResolvePayment', data: { paymentId } } satisfies PaymentCommand;

/** The events of a series of commands. */
export const after = (...commands: PaymentCommand[]): PaymentEvent[] => {
  let state = payment.decider.initialState();
  const events: PaymentEvent[] = [];
  for (const command of commands) {
    for (const event of payment.decider.decide(command, state, atOnce(aCause({ occurredAt: NOON })))) {
      events.push(event);
      state = payment.decider.evolve(state, event, aCause());
    }
  }
  return events;
};

/** The events of the last command, each as "<type> <operation id> <amount>". */
export const eventsOfLast = (...commands: PaymentCommand[]) =>
  after(...commands)
    .slice(after(...commands.slice(0, -1)).length)
    .map(({ type, data }) => {
      const { operationId = '', amount = '' } = data as { operationId?: string; amount?: number };
      return [type, operationId, amount].join(' ');
    });

export const captured = [request(), done('authorize', 100), capture('c', 100), done('c', 100)];
