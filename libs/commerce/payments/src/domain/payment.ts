/**
 * A payment: stream `payment-<paymentId>`, one per tender of an order.
 *
 *   authorized ≥ captured + voided,  captured ≥ refunded,  Σ postings = 0 in every event that moves money
 *
 * A report of the provider is recorded even if it violates the first two, together with `PaymentDisputed`.
 */
import {
  DomainError,
  WIDENED,
  type Decider,
  type DecisionCause,
  type EventDefinition,
  type EventDefinitions,
} from '#kernel';
import { type PaymentCommand, type PaymentEvent, type PaymentTerms } from './payment-messages.js';
import {
  availableAmount,
  checkAvailable,
  isTakenAtTill,
  uncountedRefunds,
  type OperationRequest,
  recordResult,
  requestOrQueue,
} from './payment-operations.js';
import { addToTotals, evolve, initialState, type Payment } from './payment-state.js';

type CommandData<Type extends PaymentCommand['type']> = Extract<PaymentCommand, { type: Type }>['data'];

const decide = (command: PaymentCommand, payment: Readonly<Payment>, { decidedAt }: DecisionCause): PaymentEvent[] => {
  if (command.type === 'RequestPayment') return requestPayment(command.data, payment);
  const { terms } = payment;
  const { paymentId } = command.data;
  if (!terms) throw new DomainError('payment-not-found', `There is no payment ${paymentId}`);
  return decideChange(command, { payment, terms, decidedAt });
};

/** A tender that a till has taken is authorized and captured at once. Other tenders start with a requested authorization. */
const requestPayment = (
  { paymentId, ...terms }: CommandData<'RequestPayment'>,
  payment: Readonly<Payment>,
): PaymentEvent[] => {
  if (payment.terms) {
    if (isSame(payment.terms, terms)) return [];
    throw new DomainError('payment-exists', `There is another payment ${paymentId}`);
  }
  const authorization = { operation: 'authorize', operationId: 'authorize', amount: terms.amount } as const;
  const initiated: PaymentEvent = { type: 'PaymentInitiated', data: terms };
  const authorized = requestOrQueue(payment, terms, authorization);
  if (!isTakenAtTill(terms.kind)) return [initiated, ...authorized];
  const totals = addToTotals(payment.totals, 'authorize', terms.amount);
  const capture = { ...authorization, operation: 'capture', operationId: 'capture' } as const;
  return [initiated, ...authorized, ...requestOrQueue({ ...payment, totals }, terms, capture)];
};

const isSame = (a: PaymentTerms, b: PaymentTerms) =>
  a.orderId === b.orderId && a.kind === b.kind && a.amount === b.amount && a.currency === b.currency;

interface ExistingPayment {
  readonly payment: Readonly<Payment>;
  readonly terms: PaymentTerms;
  /** By Kontor's clock, ISO 8601. */
  readonly decidedAt: string;
}

const decideChange = (
  { type, data }: Exclude<PaymentCommand, { type: 'RequestPayment' }>,
  existing: ExistingPayment,
): PaymentEvent[] => {
  const { payment, terms, decidedAt } = existing;
  switch (type) {
    case 'CapturePayment':
      return addOperation({ ...data, operation: 'capture' }, existing);
    case 'VoidPayment':
      return addOperation(voidRequest(data, payment), existing);
    case 'RefundPayment':
      return refund(data, existing);
    case 'RecordPaymentResult':
      return recordResult(payment, terms, data, decidedAt);
    case 'ResolvePayment':
      return inquire(existing);
  }
};

const voidRequest = (
  { operationId, amount }: CommandData<'VoidPayment'>,
  payment: Readonly<Payment>,
): OperationRequest => {
  if (amount !== undefined) return { operationId, operation: 'void', amount };
  return { operationId, operation: 'void', amount: Math.max(0, availableAmount(payment, 'void')), rest: true };
};

/** @throws DomainError `nothing-due`, or as {@link addOperation} */
const refund = ({ order, ...request }: CommandData<'RefundPayment'>, existing: ExistingPayment): PaymentEvent[] => {
  const events = addOperation({ ...request, operation: 'refund' }, existing);
  if (!order || events.length === 0) return events;
  const due = Math.max(0, order.left - uncountedRefunds(existing.payment, order.counted));
  if (request.amount <= due) return events;
  const message = due > 0 ? `Only ${due} minor units of the order are left` : 'Nothing of the order is left';
  throw new DomainError('nothing-due', message, { due, requested: request.amount });
};

/** @throws DomainError `operation-exists`, or as {@link checkAvailable} */
const addOperation = (
  { operationId, operation, amount, reason, note, rest }: OperationRequest,
  { payment, terms }: ExistingPayment,
): PaymentEvent[] => {
  const existing = payment.operations.get(operationId);
  if (existing?.operation === operation) return [];
  if (existing) throw new DomainError('operation-exists', `Operation ${operationId} is of another kind`);
  const reasons = { ...(reason !== undefined && { reason }), ...(note !== undefined && { note }) };
  const request = { operationId, operation, amount, ...reasons, ...(rest && { rest }) };
  if (!rest) checkAvailable(payment, request);
  return requestOrQueue(payment, terms, request);
};

/** Requests an inquiry if the outcome of the current operation is unknown and `askAt` has come. */
const inquire = ({ payment, terms, decidedAt }: ExistingPayment): PaymentEvent[] => {
  const { current } = payment;
  const progress = current === undefined ? undefined : payment.operations.get(current);
  if (current === undefined || progress?.askAt === undefined || progress.askAt > decidedAt) return [];
  const { operation, attempts } = progress;
  const { orderId, kind } = terms;
  const data = { orderId, operationId: current, operation, kind, attempt: attempts };
  return [{ type: 'PaymentInquiryRequested', data }];
};

const inVersion1: EventDefinition = { version: 1 };
const widened: EventDefinition = { version: 2, upcast: WIDENED };
const noted: EventDefinition = { ...widened, personal: { contract: ['note'] } };

const events: EventDefinitions<PaymentEvent> = {
  PaymentInitiated: { ...widened, personal: { contract: ['token'] }, sealedSince: { token: 2 }, first: true },
  PaymentRequested: noted,
  PaymentQueued: noted,
  PaymentAuthorized: inVersion1,
  PaymentCaptured: widened,
  PaymentVoided: widened,
  PaymentRefunded: widened,
  PaymentFailed: inVersion1,
  PaymentUnknown: inVersion1,
  PaymentInquiryRequested: inVersion1,
  PaymentDisputed: widened,
  PaymentDisputeResolved: inVersion1,
};

const creates: PaymentCommand['type'][] = ['RequestPayment'];

const decider: Decider<Payment, PaymentCommand, PaymentEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const payment = { category: 'payment', decider, events, creates };
