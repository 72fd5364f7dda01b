/**
 * The operations of one payment: authorize, capture, void and refund. At most one is at the provider at a time, the others
 * wait for their turn. Results arrive in any order, late, and more than once.
 */
import { amountOutOfRange, DomainError, retryDelayMs } from '#kernel';
import {
  type MoneyMovementEvent,
  type PaymentEvent,
  type PaymentOperation,
  type PaymentResult,
  type PaymentTerms,
  type Posting,
  type RequestedOperation,
  type TenderKind,
} from './payment-messages.js';
import {
  addToTotals,
  isMoneyMovement,
  openAuthorization,
  operationOf,
  type OperationProgress,
  type Payment,
  type PaymentTotals,
  refundableAmount,
} from './payment-state.js';
import { isBySettlement, isOfReturn } from './refund-origin.js';

/** With `rest`, the amount is replaced by all that is left when the operation's turn comes. */
export type OperationRequest = Pick<RequestedOperation, 'operationId' | 'operation' | 'amount' | 'reason' | 'note'> & {
  readonly rest?: true;
};

/** A till has taken the money and gives it back itself, so no provider is asked. */
const TILL_KINDS: ReadonlySet<TenderKind> = new Set(['cash', 'terminal']);

const INSTRUMENT_KINDS: ReadonlySet<TenderKind> = new Set(['gift-card', 'store-credit', 'voucher']);

export const isTakenAtTill = (kind: TenderKind) => TILL_KINDS.has(kind);

/** Whether a payment provider moves the money, rather than a till or a gift card, store credit or voucher of Kontor. */
export const isProviderKind = (kind: TenderKind) => !isTakenAtTill(kind) && !INSTRUMENT_KINDS.has(kind);

/** Requests an operation at once, or queues it while another is at the provider. */
export const requestOrQueue = (
  payment: Readonly<Payment>,
  terms: PaymentTerms,
  request: OperationRequest,
): PaymentEvent[] => {
  if (payment.current !== undefined) return [{ type: 'PaymentQueued', data: requestData(terms, request) }];
  return [requestOperation(payment.totals, terms, request)];
};

/** The codes of operations whose amount exceeds the available one. */
const EXCEEDS = {
  authorize: 'nothing-asked',
  capture: 'exceeds-authorized',
  void: 'exceeds-authorized',
  refund: 'exceeds-captured',
} as const satisfies Record<PaymentOperation, string>;

/** @throws DomainError `exceeds-authorized` or `exceeds-captured` if the amount is 0 or more than is available */
export const checkAvailable = (payment: Readonly<Payment>, { operation, amount }: OperationRequest) => {
  const available = Math.max(0, availableAmount(payment, operation));
  if (amount > 0 && amount <= available) return;
  throw new DomainError(
    EXCEEDS[operation],
    `The amount ${amount} is not between 1 and the available ${available} minor units`,
    {
      available,
    },
  );
};

/** Minor units that may be requested if all pending operations succeed. */
export const availableAmount = (payment: Readonly<Payment>, operation: PaymentOperation): number => {
  const { totals } = payment;
  if (operation === 'refund') {
    return totals.captured + pendingAmount(payment, 'capture') - totals.refunded - pendingAmount(payment, 'refund');
  }
  const authorized = totals.authorized + pendingAmount(payment, 'authorize');
  const pending = pendingAmount(payment, 'capture') + pendingAmount(payment, 'void');
  return authorized - totals.captured - totals.voided - pending;
};

/** Minor units of the pending operations of one kind. */
const pendingAmount = ({ operations }: Readonly<Payment>, kind: PaymentOperation) =>
  operations
    .values()
    .filter(({ operation, status }) => operation === kind && status !== 'done' && status !== 'failed')
    .reduce((sum, { amount }) => sum + amount, 0);

/**
 * Minor units of refunds that their order has not counted yet. Those of returns are counted by the return; a person may give
 * the same reason, but not the same id.
 */
export const uncountedRefunds = ({ operations }: Readonly<Payment>, counted: readonly string[]): number =>
  [...operations]
    .filter(([, { operation, status }]) => operation === 'refund' && status !== 'failed')
    .filter(([operationId, { reason = '' }]) => !(isBySettlement(operationId) && isOfReturn(reason)))
    .filter(([operationId]) => !counted.includes(operationId))
    .reduce((sum, [, { amount }]) => sum + amount, 0);

/** A result that was reported for an operation of the payment. */
interface ReportedResult {
  readonly payment: Readonly<Payment>;
  readonly terms: PaymentTerms;
  readonly operationId: string;
  readonly progress: OperationProgress;
}

/**
 * Records a result that the provider, or the stream of a gift card or voucher, reports.
 * @param now business time of the report, ISO 8601
 * @throws DomainError `operation-not-found`, `currency-not-of-payment`
 */
export const recordResult = (
  payment: Readonly<Payment>,
  terms: PaymentTerms,
  { operationId, ...result }: PaymentResult & { readonly operationId: string },
  now: string,
): PaymentEvent[] => {
  const progress = payment.operations.get(operationId);
  checkCurrency(result, terms);
  if (!progress) return recordUnrequested(payment, terms, { operationId, ...result });
  const reported = { payment, terms, operationId, progress };
  switch (progress.status) {
    case 'requested':
    case 'unknown':
      return result.outcome === 'unknown' ? stayUnknown(reported, result, now) : endOperation(reported, result);
    case 'failed':
      return result.outcome === 'done' && result.amount > 0 ? completeAfterFailure(reported, result) : [];
    case 'waiting':
    case 'done':
      return disputeContradiction(reported, result);
  }
};

/**
 * Records a movement of money that Kontor did not request, for example one that was made in the provider's dashboard. It is recorded
 * even if it is more than was available; then a person must decide.
 * @throws DomainError `operation-not-found` for a report of anything else, `amount-out-of-range` if the totals would not be exact
 */
const recordUnrequested = (
  payment: Readonly<Payment>,
  terms: PaymentTerms,
  { operationId, ...result }: PaymentResult & { readonly operationId: string },
): PaymentEvent[] => {
  const { totals } = payment;
  const operation = operationAtProvider(totals, result);
  if (result.outcome !== 'done' || operation === undefined) {
    throw new DomainError('operation-not-found', `The payment has no operation ${operationId}`);
  }
  const { amount } = result;
  const areExact = Object.values(addToTotals(totals, operation, amount)).every(Number.isSafeInteger);
  if (!areExact) throw amountOutOfRange('All movements of one kind of the payment');
  const available = operation === 'refund' ? refundableAmount(totals) : openAuthorization(totals);
  const done = doneEvent(terms, { operationId, operation, amount, reason: 'made-at-provider' }, result);
  const atProvider = { ...done, data: { ...done.data, atProvider: true } } as MoneyMovementEvent;
  if (amount <= available) return [atProvider];
  const { orderId } = terms;
  const data = { orderId, operationId, operation, expected: available, reported: amount };
  return [atProvider, { type: 'PaymentDisputed', data }];
};

/** @returns undefined where no money was moved */
const operationAtProvider = ({ captured }: PaymentTotals, result: PaymentResult) => {
  if (result.outcome !== 'done' || result.amount === 0 || result.operation === 'authorize') return undefined;
  return result.operation ?? (captured > 0 ? ('refund' as const) : undefined);
};

const checkCurrency = (result: PaymentResult, { currency }: PaymentTerms) => {
  const reported = result.outcome === 'done' ? result.currency : undefined;
  if (reported === undefined || reported === currency) return;
  throw new DomainError('currency-not-of-payment', `The payment is in ${currency}, not in ${reported}`);
};

const endOperation = (
  reported: ReportedResult,
  result: Exclude<PaymentResult, { outcome: 'unknown' }>,
): PaymentEvent[] => {
  const { payment, terms, operationId, progress } = reported;
  const request = requestOf(operationId, progress);
  if (result.outcome === 'declined') {
    return withWaitingOperations(payment, terms, [failedEvent(terms, request, result.code)]);
  }
  const { amount } = result;
  const isPartialAuthorization = progress.operation === 'authorize' && amount < progress.amount;
  if (isPartialAuthorization && amount === 0) {
    return withWaitingOperations(payment, terms, [failedEvent(terms, request, 'nothing-authorized')]);
  }
  const dispute = isPartialAuthorization ? [] : disputeAmount(reported, progress.amount, result);
  const authorized = resolveAuthorization(reported, amount, dispute.length > 0 ? [operationId] : []);
  return withWaitingOperations(payment, terms, [doneEvent(terms, request, result), ...dispute, ...authorized]);
};

/** What the provider captures was authorized, whatever it said before. It says nothing about the rest of the authorization. */
const resolveAuthorization = (
  { payment, terms, progress: { operation } }: ReportedResult,
  amount: number,
  newlyDisputed: readonly string[],
): PaymentEvent[] => {
  const authorization = payment.operations.get('authorize');
  if (operation !== 'capture' || !authorization?.disputed.length) return [];
  if (openAuthorization(payment.totals) > amount) return [];
  return [
    disputeResolved({ payment, terms, operationId: 'authorize', progress: authorization }, undefined, newlyDisputed),
  ];
};

const disputeResolved = (
  { payment, terms: { orderId }, operationId, progress: { operation, amount } }: ReportedResult,
  reference: string | undefined,
  newlyDisputed: readonly string[] = [],
): PaymentEvent => {
  const isDisputed = [...payment.operations].flatMap(([id, { disputed }]) => (disputed.length > 0 ? [id] : []));
  const others = [...isDisputed, ...newlyDisputed].filter((id) => id !== operationId);
  const data = {
    orderId,
    operationId,
    operation,
    amount,
    ...(reference !== undefined && { reference }),
    ...(others.length > 0 && { othersDisputed: true as const }),
  };
  return { type: 'PaymentDisputeResolved', data };
};

const INQUIRY_DELAYS = { firstMs: 5_000, maxMs: 3_600_000 };

/** The operation keeps its turn, so that none overtakes it while its outcome is unknown. */
const stayUnknown = (
  { terms, operationId, progress }: ReportedResult,
  { reason, attempt: answered }: Extract<PaymentResult, { outcome: 'unknown' }>,
  now: string,
): PaymentEvent[] => {
  if (answered !== undefined && answered !== progress.attempts) return [];
  const attempt = progress.attempts + 1;
  const askAt = new Date(Date.parse(now) + retryDelayMs(attempt, INQUIRY_DELAYS)).toISOString();
  const { orderId, kind } = terms;
  const data = { orderId, operationId, operation: progress.operation, kind, reason, attempt, askAt };
  return [{ type: 'PaymentUnknown', data }];
};

/** Records that an operation succeeded although its failure is on record. A late authorization is voided at once. */
const completeAfterFailure = (
  reported: ReportedResult,
  result: { readonly amount: number; readonly reference?: string },
): PaymentEvent[] => {
  const { payment, terms, operationId, progress } = reported;
  const done = doneEvent(terms, requestOf(operationId, progress), result);
  if (progress.operation !== 'authorize') return [done, ...disputeAmount(reported, 0, { outcome: 'done', ...result })];
  const voidAll = {
    operationId: `${operationId}.late`,
    operation: 'void',
    amount: result.amount,
    rest: true,
  } as const;
  const totals = addToTotals(payment.totals, 'authorize', result.amount);
  return [done, ...requestOrQueue({ ...payment, totals }, terms, voidAll)];
};

type KnownResult = Exclude<PaymentResult, { outcome: 'unknown' }>;

/** Records a dispute if the result contradicts the record, and its end if it agrees again. */
const disputeContradiction = (reported: ReportedResult, result: PaymentResult): PaymentEvent[] => {
  if (result.outcome === 'unknown') return [];
  const { progress } = reported;
  const expected = progress.status === 'done' ? progress.amount : 0;
  const agrees = result.outcome === 'done' && result.amount === expected && isNewReport(progress, result);
  if (agrees && progress.disputed.length > 0) return [disputeResolved(reported, result.reference)];
  return disputeAmount(reported, expected, result);
};

/** A late or repeated report has a reference that is on record, or none. It says nothing about a dispute. */
const isNewReport = ({ references }: OperationProgress, { reference }: { readonly reference?: string }) =>
  reference !== undefined && !references.includes(reference);

const disputeAmount = (report: ReportedResult, expected: number, result: KnownResult): PaymentEvent[] => {
  const { terms, operationId, progress } = report;
  const reported = result.outcome === 'done' ? result.amount : 0;
  if (expected === reported || progress.disputed.includes(reported)) return [];
  const missing = missingAmount(report, expected - reported);
  const data = {
    orderId: terms.orderId,
    operationId,
    operation: progress.operation,
    expected,
    reported,
    ...(missing > 0 && { missing }),
    ...(result.outcome === 'declined' && { code: result.code }),
  };
  return [{ type: 'PaymentDisputed', data }];
};

/** Of an authorization, only what is neither captured nor voided was still counted on. */
const missingAmount = ({ payment, progress }: ReportedResult, contradicted: number) => {
  if (progress.operation === 'authorize') return Math.min(contradicted, openAuthorization(payment.totals));
  return progress.operation === 'capture' ? contradicted : 0;
};

/** Starts waiting operations after `ended`, up to the first that needs the provider. */
const withWaitingOperations = (payment: Readonly<Payment>, terms: PaymentTerms, ended: readonly PaymentEvent[]) => {
  const events = [...ended];
  let totals = ended.reduce(totalsAfter, payment.totals);
  for (const [operationId, progress] of payment.operations) {
    if (progress.status !== 'waiting') continue;
    const next = requestOperation(totals, terms, requestOf(operationId, progress));
    events.push(next);
    if (next.type === 'PaymentRequested') break;
    totals = totalsAfter(totals, next);
  }
  return events;
};

const totalsAfter = (totals: PaymentTotals, event: PaymentEvent): PaymentTotals =>
  isMoneyMovement(event) ? addToTotals(totals, operationOf(event), event.data.amount) : totals;

/** Fails the operation if nothing is left for it, completes it at once if no provider is needed, else requests it. */
const requestOperation = (
  totals: PaymentTotals,
  terms: PaymentTerms,
  { rest, ...request }: OperationRequest,
): PaymentEvent => {
  const amount = possibleAmount(totals, { ...request, ...(rest && { rest }) });
  if (amount === 0 && request.operation !== 'void') return failedEvent(terms, request, EXCEEDS[request.operation]);
  const possible = { ...request, amount };
  if (amount === 0 || isTakenAtTill(terms.kind)) return doneEvent(terms, possible, { amount });
  return { type: 'PaymentRequested', data: requestData(terms, possible) };
};

/** Minor units of the operation when its turn comes; 0 if it is no longer possible. */
const possibleAmount = (totals: PaymentTotals, { operation, amount, rest }: OperationRequest): number => {
  if (operation === 'authorize') return amount;
  if (operation === 'void') return rest ? openAuthorization(totals) : Math.min(amount, openAuthorization(totals));
  const available = operation === 'capture' ? openAuthorization(totals) : refundableAmount(totals);
  return amount <= available ? amount : 0;
};

const requestData = ({ orderId, kind, currency, instrumentId }: PaymentTerms, request: OperationRequest) => {
  const instrument = instrumentId !== undefined && { instrumentId };
  return { orderId, ...request, kind, currency, ...instrument };
};

const requestOf = (operationId: string, { operation, amount, reason, rest }: OperationProgress): OperationRequest => ({
  operationId,
  operation,
  amount,
  ...(reason !== undefined && { reason }),
  ...(rest && { rest }),
});

const failedEvent = (
  { orderId }: PaymentTerms,
  { operationId, operation, amount }: OperationRequest,
  code: string,
): PaymentEvent => ({ type: 'PaymentFailed', data: { orderId, operationId, operation, amount, code } });

const doneEvent = (
  { orderId, currency }: PaymentTerms,
  { operationId, operation, amount: requested, reason = '' }: OperationRequest,
  { amount, reference }: { readonly amount: number; readonly reference?: string },
): MoneyMovementEvent => {
  const postings = postingsOf(operation, amount);
  const data = { orderId, operationId, amount, currency, ...(reference !== undefined && { reference }), postings };
  switch (operation) {
    case 'authorize':
      return { type: 'PaymentAuthorized', data: { ...data, requested } };
    case 'capture':
      return { type: 'PaymentCaptured', data };
    case 'void':
      return { type: 'PaymentVoided', data };
    case 'refund':
      return { type: 'PaymentRefunded', data: { ...data, reason } };
  }
};

/** The accounts that each operation moves money from and to. */
const ACCOUNTS = {
  authorize: ['payer', 'authorized'],
  capture: ['authorized', 'captured'],
  void: ['authorized', 'payer'],
  refund: ['captured', 'payer'],
} as const satisfies Record<PaymentOperation, readonly [Posting['account'], Posting['account']]>;

const postingsOf = (operation: PaymentOperation, amount: number): readonly Posting[] => {
  const [from, to] = ACCOUNTS[operation];
  return [
    { account: from, amount: 0 - amount },
    { account: to, amount },
  ];
};
