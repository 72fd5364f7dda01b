import { type Asked, type Operation, type PaymentEvent, type PaymentTerms } from './payment-messages.js';

/** Totals over the life of a payment. */
export interface Totals {
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly refunded: number;
}

export interface Step {
  readonly operation: Operation;
  /** Asked for; what it came to once it is done. */
  readonly amount: number;
  readonly status: 'waiting' | 'asked' | 'unknown' | 'done' | 'failed';
  readonly reason?: string;
  readonly rest?: true;
  /** Answers without an outcome so far. */
  readonly attempts: number;
  /** When an unknown outcome is asked for again; undefined while that is being done. */
  readonly askAt?: string | undefined;
  /** Amounts that contradict ours and are flagged already. */
  readonly disputed: readonly number[];
}

export interface Payment {
  terms: PaymentTerms | undefined;
  totals: Totals;
  /** By operation id, in the order in which they were asked for. */
  readonly steps: Map<string, Step>;
  /** The operation under way. */
  current: string | undefined;
}

export const initialState = (): Payment => ({
  terms: undefined,
  totals: { authorized: 0, captured: 0, voided: 0, refunded: 0 },
  steps: new Map(),
  current: undefined,
});

/** What may still be captured or voided. */
export const openOf = ({ authorized, captured, voided }: Totals) => Math.max(0, authorized - captured - voided);

/** What may still be refunded. */
export const refundableOf = ({ captured, refunded }: Totals) => Math.max(0, captured - refunded);

const TOTAL = { authorize: 'authorized', capture: 'captured', void: 'voided', refund: 'refunded' } as const;

export const add = (totals: Totals, operation: Operation, amount: number): Totals => ({
  ...totals,
  [TOTAL[operation]]: totals[TOTAL[operation]] + amount,
});

/** What an event adds to the totals. */
export const movementOf = ({ type, data }: PaymentEvent): { operation: Operation; amount: number } | undefined => {
  switch (type) {
    case 'PaymentAuthorized':
      return { operation: 'authorize', amount: data.amount };
    case 'PaymentCaptured':
      return { operation: 'capture', amount: data.amount };
    case 'PaymentVoided':
      return { operation: 'void', amount: data.amount };
    case 'PaymentRefunded':
      return { operation: 'refund', amount: data.amount };
    case 'PaymentInitiated':
    case 'PaymentRequested':
    case 'PaymentQueued':
    case 'PaymentFailed':
    case 'PaymentUnknown':
    case 'PaymentInquiryRequested':
    case 'PaymentDisputed':
      return undefined;
  }
};

export const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  const { type, data } = event;
  switch (type) {
    case 'PaymentInitiated':
      payment.terms = data;
      return payment;
    case 'PaymentQueued':
      payment.steps.set(data.operationId, stepOf(data, 'waiting'));
      return payment;
    case 'PaymentRequested':
      payment.steps.set(data.operationId, stepOf(data, 'asked'));
      payment.current = data.operationId;
      return payment;
    case 'PaymentAuthorized':
    case 'PaymentCaptured':
    case 'PaymentVoided':
    case 'PaymentRefunded':
      return done(payment, event);
    case 'PaymentFailed':
      return end(payment, data, 'failed');
    case 'PaymentUnknown':
      return change(payment, data.operationId, { status: 'unknown', attempts: data.attempt, askAt: data.askAt });
    case 'PaymentInquiryRequested':
      return change(payment, data.operationId, { askAt: undefined });
    case 'PaymentDisputed':
      return flag(payment, data);
  }
};

const stepOf = ({ operation, amount, reason, rest }: Asked & { rest?: true }, status: 'waiting' | 'asked'): Step => ({
  ...{ operation, amount, status, attempts: 0, disputed: [] },
  ...(reason !== undefined && { reason }),
  ...(rest && { rest }),
});

const NEW: Omit<Step, 'operation' | 'amount'> = { status: 'waiting', attempts: 0, disputed: [] };

const done = (payment: Payment, event: PaymentEvent): Payment => {
  const movement = movementOf(event);
  if (!movement) return payment;
  payment.totals = add(payment.totals, movement.operation, movement.amount);
  return end(payment, { ...movement, operationId: (event.data as Asked).operationId }, 'done');
};

const end = (
  payment: Payment,
  { operationId, operation, amount }: Pick<Asked, 'operationId' | 'operation' | 'amount'>,
  status: 'done' | 'failed',
): Payment => {
  const step = payment.steps.get(operationId) ?? NEW;
  payment.steps.set(operationId, { ...step, operation, amount, status });
  if (payment.current === operationId) payment.current = undefined;
  return payment;
};

const change = (payment: Payment, operationId: string, changes: Partial<Step>): Payment => {
  const step = payment.steps.get(operationId);
  if (step) payment.steps.set(operationId, { ...step, ...changes });
  return payment;
};

const flag = (payment: Payment, { operationId, reported }: { operationId: string; reported: number }): Payment => {
  const disputed = payment.steps.get(operationId)?.disputed ?? [];
  return change(payment, operationId, { disputed: [...disputed, reported] });
};
