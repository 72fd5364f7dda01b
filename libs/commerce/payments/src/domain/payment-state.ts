import {
  type MoneyMovementEvent,
  type PaymentEvent,
  type PaymentOperation,
  type PaymentTerms,
  type RequestedOperation,
} from './payment-messages.js';

/** Minor units over the whole life of a payment. */
export interface PaymentTotals {
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly refunded: number;
}

export interface OperationProgress {
  readonly operation: PaymentOperation;
  /** Minor units that were requested, or that were moved once it is done. */
  readonly amount: number;
  readonly status: 'waiting' | 'requested' | 'unknown' | 'done' | 'failed';
  readonly reason?: string;
  /** The amount is replaced by all that is left when the operation's turn comes. */
  readonly rest?: true;
  /** Number of results that left the outcome unknown. */
  readonly attempts: number;
  /** When the provider is asked for an unknown outcome; undefined while it is being asked. */
  readonly askAt?: string | undefined;
  /** Reported amounts that contradict the record and for which a dispute is recorded that is not resolved. */
  readonly disputed: readonly number[];
  /** The provider's references of what it has done, and of each report that ended a dispute. */
  readonly references: readonly string[];
}

export interface Payment {
  terms: PaymentTerms | undefined;
  totals: PaymentTotals;
  /** By operation id, in the order of the requests. */
  readonly operations: Map<string, OperationProgress>;
  /** Id of the operation that has its turn: it is requested and has no outcome yet. */
  current: string | undefined;
}

export const initialState = (): Payment => ({
  terms: undefined,
  totals: { authorized: 0, captured: 0, voided: 0, refunded: 0 },
  operations: new Map(),
  current: undefined,
});

/** Minor units that may still be captured or voided. */
export const openAuthorization = ({ authorized, captured, voided }: PaymentTotals) =>
  Math.max(0, authorized - captured - voided);

/** Minor units that may still be refunded. */
export const refundableAmount = ({ captured, refunded }: PaymentTotals) => Math.max(0, captured - refunded);

const TOTAL_NAMES = { authorize: 'authorized', capture: 'captured', void: 'voided', refund: 'refunded' } as const;

export const addToTotals = <Totals extends PaymentTotals>(
  totals: Totals,
  operation: PaymentOperation,
  amount: number,
): Totals => ({ ...totals, [TOTAL_NAMES[operation]]: totals[TOTAL_NAMES[operation]] + amount });

const OPERATIONS = {
  PaymentAuthorized: 'authorize',
  PaymentCaptured: 'capture',
  PaymentVoided: 'void',
  PaymentRefunded: 'refund',
} as const satisfies Record<MoneyMovementEvent['type'], PaymentOperation>;

export const isMoneyMovement = (event: PaymentEvent): event is MoneyMovementEvent => event.type in OPERATIONS;

export const operationOf = ({ type }: MoneyMovementEvent): PaymentOperation => OPERATIONS[type];

export const evolve = (payment: Payment, event: PaymentEvent): Payment => {
  const { type, data } = event;
  switch (type) {
    case 'PaymentInitiated':
      payment.terms = data;
      return payment;
    case 'PaymentQueued':
      payment.operations.set(data.operationId, newProgress(data, 'waiting'));
      return payment;
    case 'PaymentRequested':
      payment.operations.set(data.operationId, newProgress(data, 'requested'));
      payment.current = data.operationId;
      return payment;
    case 'PaymentAuthorized':
    case 'PaymentCaptured':
    case 'PaymentVoided':
    case 'PaymentRefunded':
      return moveMoney(payment, event);
    case 'PaymentFailed':
      return endOperation(payment, data, 'failed');
    case 'PaymentUnknown':
      return updateProgress(payment, data.operationId, {
        status: 'unknown',
        attempts: data.attempt,
        askAt: data.askAt,
      });
    case 'PaymentInquiryRequested':
      return updateProgress(payment, data.operationId, { askAt: undefined });
    case 'PaymentDisputed':
      return addDispute(payment, data);
    case 'PaymentDisputeResolved':
      return resolveDispute(payment, data);
  }
};

const newProgress = (
  { operation, amount, reason, rest }: RequestedOperation & { rest?: true },
  status: 'waiting' | 'requested',
): OperationProgress => ({
  operation,
  amount,
  status,
  attempts: 0,
  disputed: [],
  references: [],
  ...(reason !== undefined && { reason }),
  ...(rest && { rest }),
});

const moveMoney = (payment: Payment, event: MoneyMovementEvent): Payment => {
  const operation = operationOf(event);
  const { operationId, amount, reference } = event.data;
  payment.totals = addToTotals(payment.totals, operation, amount);
  endOperation(payment, { operationId, operation, amount }, 'done');
  return addReference(payment, operationId, reference);
};

/** An operation ends without having been requested if it needs no provider or nothing is left for it. */
const endOperation = (
  payment: Payment,
  { operationId, operation, amount }: Pick<RequestedOperation, 'operationId' | 'operation' | 'amount'>,
  status: 'done' | 'failed',
): Payment => {
  const progress = payment.operations.get(operationId) ?? { attempts: 0, disputed: [], references: [] };
  payment.operations.set(operationId, { ...progress, operation, amount, status });
  if (payment.current === operationId) payment.current = undefined;
  return payment;
};

/** @throws Error for an operation that was never requested; no event names one */
const progressOf = ({ operations, terms }: Payment, operationId: string): OperationProgress => {
  const progress = operations.get(operationId);
  if (progress) return progress;
  throw new Error(`The payment for order ${terms?.orderId} has no operation ${operationId}`);
};

const updateProgress = (payment: Payment, operationId: string, changes: Partial<OperationProgress>): Payment => {
  payment.operations.set(operationId, { ...progressOf(payment, operationId), ...changes });
  return payment;
};

const addReference = (payment: Payment, operationId: string, reference: string | undefined): Payment =>
  reference === undefined
    ? payment
    : updateProgress(payment, operationId, {
        references: [...progressOf(payment, operationId).references, reference],
      });

const resolveDispute = (
  payment: Payment,
  { operationId, reference }: { readonly operationId: string; readonly reference?: string },
): Payment => addReference(updateProgress(payment, operationId, { disputed: [] }), operationId, reference);

const addDispute = (payment: Payment, { operationId, reported }: { operationId: string; reported: number }) =>
  updateProgress(payment, operationId, { disputed: [...progressOf(payment, operationId).disputed, reported] });
