/**
 * The money of one order: how much is to be captured, voided and refunded, over all its payments. Pure arithmetic on minor
 * units. It names the operations of each payment, so that a repeat requests the same ones.
 *
 *   due to be captured = value shipped, or what is payable where the order captures at once
 *   to capture         = due − net captured                         at most what is open of each payment, in their order
 *   to void            = open − (payable − net captured)            from the last payment on
 *   to refund          = captured − payable − refunded for cancellations, and what returns request; from the last on
 */
import { type CapturePolicy, type LineQuantity } from '#orders';

type OperationKind = 'capture' | 'void' | 'refund';

export interface Operation {
  readonly kind: OperationKind;
  readonly amount: number;
  readonly status: 'requested' | 'done' | 'failed';
  /** The refund of a return that it is for. */
  readonly refundId?: string;
  /** It was requested elsewhere, for example by a clerk. */
  readonly manual?: true;
}

/** One payment of the order, with every operation that moves its money. */
export interface TenderLedger {
  readonly paymentId: string;
  readonly tenderId: string;
  /** `closed`: declined, or voided as a whole. */
  readonly status: 'requested' | 'initiated' | 'closed';
  readonly authorized: number;
  readonly operations: Readonly<Record<string, Operation>>;
}

interface ReturnRefund {
  readonly refundId: string;
  readonly returnId: string;
  readonly amount: number;
  /** It waits for a person to decide. */
  readonly failed?: true;
}

/** Lines that an edit has added and that are not captured before all their units are allocated, because they may be sold out. */
export interface UnallocatedLines {
  readonly worth: number;
  /** Units that are not allocated yet, by line. */
  readonly units: Readonly<Record<string, number>>;
}

export interface OrderMoney {
  readonly capture: CapturePolicy;
  readonly phase: 'placed' | 'confirmed' | 'rejected';
  /** The order has no goods. */
  readonly onlyCharges: boolean;
  /** The total less cancelled lines, plus lines that edits have added. */
  readonly payable: number;
  readonly unallocated: readonly UnallocatedLines[];
  /** Value of the units that have left. */
  readonly shippedValue: number;
  /** In the order of the tenders. */
  readonly ledgers: readonly TenderLedger[];
  readonly refunds: readonly ReturnRefund[];
}

/** An operation of a payment that is to be requested. */
export interface OperationRequest {
  readonly paymentId: string;
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly amount: number;
  readonly refundId?: string;
}

/** @returns the operations that are due now, and the money after they are requested */
export const settleMoney = <M extends OrderMoney>(money: M): { money: M; requests: readonly OperationRequest[] } => {
  let current = money;
  const all: OperationRequest[] = [];
  for (;;) {
    const requests = [toCapture, toVoid, toRefundForCancellations, toRefundForReturns]
      .values()
      .map((next) => next(current))
      .find((found) => found.length > 0);
    if (!requests) return { money: current, requests: all };
    all.push(...requests);
    for (const { paymentId, operationId, kind, amount, refundId } of requests) {
      const operation: Operation = { kind, amount, status: 'requested', ...(refundId !== undefined && { refundId }) };
      current = withOperation(current, paymentId, operationId, operation);
    }
  }
};

const toCapture = (money: OrderMoney): OperationRequest[] => {
  const { phase, capture, onlyCharges, payable, unallocated, shippedValue, ledgers } = money;
  if (phase !== 'confirmed') return [];
  const allocated = payable - sum(unallocated.map(({ worth }) => worth));
  const due = capture === 'now' || onlyCharges ? allocated : shippedValue;
  return split(due - netCaptured(ledgers), ledgers, openAmount, { kind: 'capture' });
};

const toVoid = ({ phase, payable, ledgers }: OrderMoney): OperationRequest[] => {
  if (phase === 'placed') return [];
  const needed = Math.max(0, payable - netCaptured(ledgers));
  return split(sum(ledgers.map(openAmount)) - needed, ledgers.toReversed(), openAmount, { kind: 'void' });
};

/** Refunds the captured amount in excess of the payable one. A failed refund is not repeated: a person decides. */
const toRefundForCancellations = (money: OrderMoney): OperationRequest[] => {
  const { phase, payable, ledgers } = money;
  if (phase === 'placed') return [];
  const refunded = refundedFor(money, undefined, ['requested', 'done', 'failed']);
  const excess = sum(ledgers.map(captured)) - payable - refunded;
  return split(excess, ledgers.toReversed(), refundable, { kind: 'refund' });
};

const toRefundForReturns = (money: OrderMoney): OperationRequest[] => {
  for (const { refundId, amount, failed } of money.refunds) {
    const missing = failed ? 0 : amount - refundedFor(money, refundId);
    const requests = split(missing, money.ledgers.toReversed(), refundable, { kind: 'refund', refundId });
    if (requests.length > 0) return requests;
  }
  return [];
};

/** Splits an amount over payments in their order, up to the available amount of each. */
const split = (
  amount: number,
  ledgers: readonly TenderLedger[],
  available: (ledger: TenderLedger) => number,
  operation: Pick<OperationRequest, 'kind' | 'refundId'>,
): OperationRequest[] => {
  let rest = amount;
  return ledgers.flatMap((ledger) => {
    const part = Math.min(rest, available(ledger));
    if (part <= 0) return [];
    rest -= part;
    const operationId = `settle/${Object.keys(ledger.operations).length}`;
    return [{ ...operation, paymentId: ledger.paymentId, operationId, amount: part }];
  });
};

/** The amount that is authorized and neither captured nor voided. 0 after a failure, because a person decides then. */
const openAmount = (ledger: TenderLedger) => {
  const hasFailed = ({ kind, status }: Operation) => kind !== 'refund' && status === 'failed';
  if (ledger.status === 'closed' || Object.values(ledger.operations).some(hasFailed)) return 0;
  const voided = totalOf(ledger, ({ kind, status }) => kind === 'void' && status !== 'failed');
  return ledger.authorized - captured(ledger) - voided;
};

/** A capture that is requested counts as done. */
const captured = (ledger: TenderLedger) =>
  totalOf(ledger, ({ kind, status }) => kind === 'capture' && status !== 'failed');

const refundable = (ledger: TenderLedger) =>
  totalOf(ledger, ({ kind, status }) => kind === 'capture' && status === 'done') -
  totalOf(ledger, ({ kind, status }) => kind === 'refund' && status !== 'failed');

/** The captured amount less refunds for cancellations. */
const netCaptured = (ledgers: readonly TenderLedger[]) =>
  sum(ledgers.map((ledger) => captured(ledger) - totalOf(ledger, isRefundForCancellation)));

const isRefundForCancellation = ({ kind, status, refundId, manual }: Operation) =>
  kind === 'refund' && status !== 'failed' && !refundId && !manual;

/** The amount of the operations of one refund of a return or, without an id, of refunds for cancellations. */
export const refundedFor = (
  { ledgers }: OrderMoney,
  refundId: string | undefined,
  statuses: readonly Operation['status'][] = ['requested', 'done'],
) =>
  sum(
    ledgers.map((ledger) =>
      totalOf(ledger, (one) => one.kind === 'refund' && one.refundId === refundId && statuses.includes(one.status)),
    ),
  );

const totalOf = ({ operations }: TenderLedger, counts: (operation: Operation) => boolean) =>
  sum(
    Object.values(operations)
      .filter(counts)
      .map(({ amount }) => amount),
  );

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

export const withLedger = <M extends OrderMoney>(
  money: M,
  paymentId: string,
  change: (ledger: TenderLedger) => TenderLedger,
): M => ({
  ...money,
  ledgers: money.ledgers.map((ledger) => (ledger.paymentId === paymentId ? change(ledger) : ledger)),
});

/** Adds or replaces an operation, which keeps its refund id. */
export const withOperation = <M extends OrderMoney>(
  money: M,
  paymentId: string,
  operationId: string,
  operation: Operation,
): M =>
  withLedger(money, paymentId, (ledger) => {
    const { refundId } = ledger.operations[operationId] ?? operation;
    const complete = { ...operation, ...(refundId !== undefined && { refundId }) };
    return { ...ledger, operations: { ...ledger.operations, [operationId]: complete } };
  });

/** Removes units that are allocated or cancelled from the unallocated lines. */
export const withAllocatedUnits = <M extends OrderMoney>(money: M, allocated: readonly LineQuantity[]): M => ({
  ...money,
  unallocated: money.unallocated
    .map(({ worth, units }) => ({ worth, units: subtract(units, allocated) }))
    .filter(({ units }) => Object.values(units).some((quantity) => quantity > 0)),
});

const subtract = (units: UnallocatedLines['units'], allocated: readonly LineQuantity[]) =>
  Object.fromEntries(
    Object.entries(units).map(([lineId, quantity]) => [
      lineId,
      quantity - sum(allocated.filter((one) => one.lineId === lineId).map((one) => one.quantity)),
    ]),
  );
