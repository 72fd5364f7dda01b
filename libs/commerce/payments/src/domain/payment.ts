/**
 * A payment: stream `payment-<paymentId>`, one per tender of an order.
 *
 *   authorized ≥ captured + voided,  captured ≥ refunded,  Σ postings = 0 in every event that moves money
 *
 * What the provider says is a fact, even where it breaks the first two: it is recorded, and flagged as disputed.
 */
import { DomainError, type Cause, type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { type PaymentCommand, type PaymentEvent, type PaymentTerms } from './payment-messages.js';
import { record } from './payment-results.js';
import { evolve, initialState, type Payment } from './payment-state.js';
import { available, begin, checkAvailable, isTakenOutside, type Wanted } from './payment-steps.js';

type Request = Extract<PaymentCommand, { type: 'RequestPayment' }>['data'];
type Change = Exclude<PaymentCommand, { type: 'RequestPayment' }>;

const decide = (command: PaymentCommand, payment: Readonly<Payment>, { occurredAt }: Cause): PaymentEvent[] => {
  if (command.type === 'RequestPayment') return request(command.data, payment);
  const { terms } = payment;
  const { paymentId } = command.data;
  if (!terms) throw new DomainError('payment-not-found', `There is no payment ${paymentId}`);
  return change(command, { payment, terms, occurredAt });
};

const request = ({ paymentId, ...terms }: Request, payment: Readonly<Payment>): PaymentEvent[] => {
  if (payment.terms) {
    if (isSame(payment.terms, terms)) return [];
    throw new DomainError('payment-exists', `There is another payment ${paymentId}`);
  }
  const whole = { operation: 'authorize', operationId: 'authorize', amount: terms.amount } as const;
  const initiated: PaymentEvent = { type: 'PaymentInitiated', data: terms };
  const authorized = begin(payment, terms, whole);
  if (!isTakenOutside(terms.kind)) return [initiated, ...authorized];
  const after = { ...payment, totals: { ...payment.totals, authorized: terms.amount } };
  const taken = begin(after, terms, { ...whole, operation: 'capture', operationId: 'capture' });
  return [initiated, ...authorized, ...taken];
};

const isSame = (a: PaymentTerms, b: PaymentTerms) =>
  a.orderId === b.orderId && a.kind === b.kind && a.amount === b.amount && a.currency === b.currency;

interface Known {
  readonly payment: Readonly<Payment>;
  readonly terms: PaymentTerms;
  readonly occurredAt: string;
}

const change = ({ type, data }: Change, known: Known): PaymentEvent[] => {
  const { payment, terms, occurredAt } = known;
  switch (type) {
    case 'CapturePayment':
      return ask({ ...data, operation: 'capture' }, known);
    case 'VoidPayment':
      return ask(voidOf(data, payment), known);
    case 'RefundPayment':
      return ask({ ...data, operation: 'refund' }, known);
    case 'RecordPaymentResult':
      return record(payment, terms, data, occurredAt);
    case 'ResolvePayment':
      return resolve(known);
  }
};

const voidOf = ({ operationId, amount }: { operationId: string; amount?: number }, payment: Readonly<Payment>) => {
  const left = { amount: amount ?? Math.max(0, available(payment, 'void')), ...(amount === undefined && REST) };
  return { operationId, operation: 'void', ...left } as const;
};

const REST = { rest: true } as const;

const ask = ({ operationId, operation, amount, ...more }: Wanted, { payment, terms }: Known): PaymentEvent[] => {
  const { reason, rest } = more;
  const asked = payment.steps.get(operationId);
  if (asked?.operation === operation) return [];
  if (asked) throw new DomainError('operation-exists', `Operation ${operationId} is of another kind`);
  const wanted = { operationId, operation, amount, ...(reason !== undefined && { reason }), ...(rest && { rest }) };
  if (!rest) checkAvailable(payment, wanted);
  return begin(payment, terms, wanted);
};

const resolve = ({ payment, terms, occurredAt }: Known): PaymentEvent[] => {
  const { current } = payment;
  const step = current === undefined ? undefined : payment.steps.get(current);
  if (current === undefined || step?.askAt === undefined || step.askAt > occurredAt) return [];
  const { operation, attempts } = step;
  const { orderId, kind } = terms;
  const data = { orderId, operationId: current, operation, kind, attempt: attempts };
  return [{ type: 'PaymentInquiryRequested', data }];
};

const first: EventDefinition = { version: 1 };

const events: EventDefinitions<PaymentEvent> = {
  PaymentInitiated: { version: 1, first: true },
  PaymentRequested: first,
  PaymentQueued: first,
  PaymentAuthorized: first,
  PaymentCaptured: first,
  PaymentVoided: first,
  PaymentRefunded: first,
  PaymentFailed: first,
  PaymentUnknown: first,
  PaymentInquiryRequested: first,
  PaymentDisputed: first,
};

const creates: PaymentCommand['type'][] = ['RequestPayment'];

const decider: Decider<Payment, PaymentCommand, PaymentEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const payment = { category: 'payment', decider, events, creates };
