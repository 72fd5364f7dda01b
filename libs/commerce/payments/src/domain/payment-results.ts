/** What is said of an operation: in any order, late, and more than once. */
import { DomainError, retryDelayMs } from '#kernel';
import { type PaymentEvent, type PaymentResult, type PaymentTerms } from './payment-messages.js';
import { type Payment, type Step } from './payment-state.js';
import { begin, doneOf, failedOf, goOn, wantedOf } from './payment-steps.js';

const checkCurrency = (result: PaymentResult, { currency }: PaymentTerms) => {
  const theirs = result.outcome === 'done' ? result.currency : undefined;
  if (theirs === undefined || theirs === currency) return;
  throw new DomainError('currency-not-of-payment', `The payment is in ${currency}, not in ${theirs}`);
};

interface Told {
  readonly payment: Readonly<Payment>;
  readonly terms: PaymentTerms;
  readonly operationId: string;
  readonly step: Step;
}

/** @throws DomainError for an operation that nobody has asked for, or other money */
export const record = (
  payment: Readonly<Payment>,
  terms: PaymentTerms,
  { operationId, ...result }: PaymentResult & { readonly operationId: string },
  now: string,
): PaymentEvent[] => {
  const step = payment.steps.get(operationId);
  if (!step) throw new DomainError('operation-not-found', `The payment has no operation ${operationId}`);
  checkCurrency(result, terms);
  const told = { payment, terms, operationId, step };
  switch (step.status) {
    case 'asked':
    case 'unknown':
      return result.outcome === 'unknown' ? unknown(told, result, now) : answer(told, result);
    case 'failed':
      return result.outcome === 'done' && result.amount > 0 ? late(told, result) : [];
    case 'waiting':
    case 'done':
      return contradiction(told, result);
  }
};

const answer = (told: Told, result: Exclude<PaymentResult, { outcome: 'unknown' }>): PaymentEvent[] => {
  const { payment, terms, operationId, step } = told;
  const wanted = wantedOf(operationId, step);
  if (result.outcome === 'declined') return goOn(payment, terms, [failedOf(terms, wanted, result.code)]);
  const { amount } = result;
  const partly = step.operation === 'authorize' && amount < step.amount;
  if (partly && amount === 0) return goOn(payment, terms, [failedOf(terms, wanted, 'nothing-authorized')]);
  const done = [doneOf(terms, wanted, result)];
  return goOn(payment, terms, partly ? done : [...done, ...dispute(told, step.amount, amount)]);
};

/** Stays under way, so that nothing overtakes it. */
const unknown = (
  { terms, operationId, step }: Told,
  { reason, attempt: told }: Extract<PaymentResult, { outcome: 'unknown' }>,
  now: string,
): PaymentEvent[] => {
  if (told !== undefined && told !== step.attempts) return [];
  const attempt = step.attempts + 1;
  const askAt = new Date(Date.parse(now) + retryDelayMs(attempt, DELAYS)).toISOString();
  const { orderId, kind } = terms;
  const data = { orderId, operationId, operation: step.operation, kind, reason, attempt, askAt };
  return [{ type: 'PaymentUnknown', data }];
};

const DELAYS = { firstMs: 5_000, maxMs: 3_600_000 };

/** Done after all, when everybody was told that it had failed. What was authorised so is given up at once. */
const late = (told: Told, result: { readonly amount: number; readonly reference?: string }): PaymentEvent[] => {
  const { payment, terms, operationId, step } = told;
  const done = doneOf(terms, wantedOf(operationId, step), result);
  if (step.operation !== 'authorize') return [done, ...dispute(told, 0, result.amount)];
  const giveUp = { operationId: `${operationId}.late`, operation: 'void', amount: result.amount, rest: true } as const;
  const after = { ...payment, totals: { ...payment.totals, authorized: payment.totals.authorized + result.amount } };
  return [done, ...begin(after, terms, giveUp)];
};

/** Silence and agreement say nothing new. */
const contradiction = (told: Told, result: PaymentResult): PaymentEvent[] => {
  if (result.outcome === 'unknown') return [];
  const expected = told.step.status === 'done' ? told.step.amount : 0;
  return dispute(told, expected, result.outcome === 'done' ? result.amount : 0);
};

const dispute = ({ terms, operationId, step }: Told, expected: number, reported: number): PaymentEvent[] => {
  if (expected === reported || step.disputed.includes(reported)) return [];
  const data = { orderId: terms.orderId, operationId, operation: step.operation, expected, reported };
  return [{ type: 'PaymentDisputed', data }];
};
