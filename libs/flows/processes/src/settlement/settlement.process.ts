/**
 * The money of an order, over all its payments.
 *
 *   1. The checkout has the tenders of a placed order authorized.
 *   2. When the order is confirmed, the authorized money is captured, or it waits until goods leave.
 *   3. As goods leave, their value is captured.
 *   4. When the order is rejected, everything is voided. When lines are cancelled, their value is voided or refunded.
 *   5. When goods come back, the return is refunded to the payments, the last one first.
 *
 *   OrderPlaced ──▶ [placed] ──OrderConfirmed──▶ [confirmed]
 *                      │
 *                      └──OrderRejected──▶ [rejected]
 *
 * The process never ends, because a return may come at any time. If a provider refuses a capture or void, the order is held for
 * a person to decide.
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { order, paymentIdOf, type OrderCommand, type OrderEvent, type Tender } from '#orders';
import { payment, type PaymentCommand, type PaymentEvent } from '#payments';
import {
  COMPLETE,
  eventsOf,
  joinInputs,
  remember,
  type CommandRefused,
  type InputOf,
  type Process,
  type Reaction,
} from '#process-manager';
import { goodsReturn, type ReturnCommand, type ReturnEvent } from '#returns';
import { OPEN_PAYMENT_OPERATIONS, ORDER_HOLDS, ORDER_RETURNS, PAYMENT_DISPUTES } from '../event-groups.js';
import { requestPayment } from '../payments/request-payment.js';
import { upcastSettlement } from './stored-settlement.js';
import {
  refundedFor,
  settleMoney,
  withAllocatedUnits,
  withLedger,
  withOperation,
  type Operation,
  type OperationRequest,
  type OrderMoney,
  type TenderLedger,
} from './tender-ledgers.js';

export interface Settlement extends OrderMoney {
  readonly orderId: string;
  readonly currency: string;
}

const inputs = joinInputs(
  eventsOf([order, payment]).except(
    'OrderRecorded',
    'FulfillmentPlanned',
    ...ORDER_HOLDS,
    'OrderLinesCancellationRequested',
    'OrderCancellationRefused',
    'OrderEditProposed',
    'OrderEditDiscarded',
    'OrderTenderDropped',
    ...ORDER_RETURNS,
    ...OPEN_PAYMENT_OPERATIONS,
    ...PAYMENT_DISPUTES,
  ),
  eventsOf([goodsReturn]).only('ReturnRefundRequested'),
);

type SettlementCommand =
  | Named<PaymentCommand, 'RequestPayment' | 'CapturePayment' | 'VoidPayment' | 'RefundPayment'>
  | Named<ReturnCommand, 'RecordReturnRefund' | 'RecordReturnRefundFailure'>
  | Named<OrderCommand, 'HoldOrder' | 'DropTender'>;

export const settlement: Process<Settlement, InputOf<typeof inputs>, SettlementCommand> = {
  name: 'settlement',
  inputs,
  instanceOf: ({ stream, event: { data } }) => ('orderId' in data ? data.orderId : idOf(stream)),
  upcast: upcastSettlement,
  react: (state, { event, stream }, orderId) => {
    if (event.type === 'OrderPlaced') return remember(state ?? begin(orderId, event.data));
    if (event.type === 'ReturnRefundRequested') return refundReturn(state, event.data);
    if (!state) return COMPLETE;
    switch (event.type) {
      case 'OrderConfirmed':
        return settle({ ...state, phase: 'confirmed' });
      case 'OrderRejected':
        return voidAll({ ...state, phase: 'rejected', payable: 0 });
      case 'OrderLinesFulfilled':
        return settle({ ...state, shippedValue: state.shippedValue + event.data.due });
      case 'OrderLinesCancelled':
        return settle(withAllocatedUnits({ ...state, payable: state.payable - event.data.refund }, event.data.lines));
      case 'OrderEditApplied':
        return settle(withEdit(state, event.data));
      case 'OrderReallocated':
        return settle(
          withAllocatedUnits(
            state,
            event.data.allocations.flatMap(({ lines }) => lines),
          ),
        );
      case 'OrderTendered':
        return requestTenders(state, event.data.tenders);
      case 'PaymentInitiated':
        return initiated(state, idOf(stream));
      case 'PaymentAuthorized':
        return authorized(state, idOf(stream), event.data);
      case 'PaymentCaptured':
      case 'PaymentVoided':
      case 'PaymentRefunded':
        return operationDone(state, idOf(stream), event);
      case 'PaymentFailed':
        return operationFailed(state, idOf(stream), event.data);
      case 'CommandRefused':
        return refused(state, event.data);
    }
  },
};

type Outcome = Reaction<Settlement, SettlementCommand>;
type PaymentData<Type extends PaymentEvent['type']> = Named<PaymentEvent, Type>['data'];

/** @returns undefined for an order that is not paid through Kontor */
const begin = (orderId: string, placed: Named<OrderEvent, 'OrderPlaced'>['data']): Settlement | undefined => {
  const { currency, capture = 'on-shipping', lines, total, tenders = [], payLater } = placed;
  if (!placed.tenders && !payLater) return undefined;
  return {
    orderId,
    currency,
    capture,
    phase: 'placed',
    onlyCharges: lines.length === 0,
    payable: total,
    unallocated: [],
    shippedValue: 0,
    ledgers: tenders.map((tender) => newLedger(orderId, tender)),
    refunds: [],
  };
};

const newLedger = (orderId: string, { tenderId }: Tender): TenderLedger => ({
  paymentId: paymentIdOf(orderId, tenderId),
  tenderId,
  status: 'requested',
  authorized: 0,
  operations: {},
});

/** Requests the operations that are due. */
const settle = (state: Settlement, before: readonly SettlementCommand[] = []): Outcome => {
  const { money, requests } = settleMoney(state);
  return { state: money, commands: [...before, ...requests.map(commandFor)] };
};

const commandFor = ({ kind, refundId, ...data }: OperationRequest): SettlementCommand => {
  switch (kind) {
    case 'capture':
      return { type: 'CapturePayment', data };
    case 'void':
      return { type: 'VoidPayment', data };
    case 'refund':
      return { type: 'RefundPayment', data: { ...data, reason: refundId ?? 'cancelled' } };
  }
};

/** Voids all payments of a rejected order, including later authorizations. */
const voidAll = (state: Settlement): Outcome => {
  const paymentIds = state.ledgers.filter(({ status }) => status === 'initiated').map(({ paymentId }) => paymentId);
  return settle(
    paymentIds.reduce(withClosed, state),
    paymentIds.map((paymentId) => voidWhole(paymentId, 'rejected')),
  );
};

const withClosed = (state: Settlement, paymentId: string): Settlement =>
  withLedger(state, paymentId, (ledger) => ({ ...ledger, status: 'closed' }));

const voidWhole = (paymentId: string, operationId: string): SettlementCommand => ({
  type: 'VoidPayment',
  data: { paymentId, operationId },
});

const withEdit = (state: Settlement, { add, worth }: Named<OrderEvent, 'OrderEditApplied'>['data']): Settlement => {
  const payable = state.payable + worth;
  if (add.length === 0) return { ...state, payable };
  const units = Object.fromEntries(add.map(({ lineId, quantity }) => [lineId, quantity]));
  return { ...state, payable, unallocated: [...state.unallocated, { worth, units }] };
};

const requestTenders = (state: Settlement, tenders: readonly Tender[]): Outcome => {
  const { orderId, currency } = state;
  const fresh = tenders.filter(({ tenderId }) => !state.ledgers.some((ledger) => ledger.tenderId === tenderId));
  return {
    state: { ...state, ledgers: [...state.ledgers, ...fresh.map((tender) => newLedger(orderId, tender))] },
    commands: fresh.map((tender) => requestPayment(orderId, currency, tender)),
  };
};

const initiated = (state: Settlement, paymentId: string): Outcome => {
  const next = withLedger(state, paymentId, (ledger) =>
    ledger.status === 'closed' ? ledger : { ...ledger, status: 'initiated' },
  );
  return next.phase === 'rejected' ? voidAll(next) : remember(next);
};

/** After the checkout, a tender that is authorized only in part is dropped. */
const authorized = (
  state: Settlement,
  paymentId: string,
  { amount, requested }: PaymentData<'PaymentAuthorized'>,
): Outcome => {
  const ledger = openLedger(state, paymentId);
  if (!ledger) return remember(state);
  if (amount < requested && state.phase === 'confirmed') {
    const { state: next, commands } = declined(state, ledger, 'partly-authorized');
    return { state: next, commands: [...commands, voidWhole(paymentId, 'partly-authorized')] };
  }
  return settle(withLedger(state, paymentId, (one) => ({ ...one, authorized: amount })));
};

const openLedger = ({ ledgers }: Settlement, paymentId: string) =>
  ledgers.find((ledger) => ledger.paymentId === paymentId && ledger.status !== 'closed');

/** At the checkout a declined tender rejects the order; later, its amount becomes due again. */
const declined = (state: Settlement, { paymentId, tenderId }: TenderLedger, reason: string): Outcome => {
  const next = withClosed(state, paymentId);
  if (state.phase !== 'confirmed') return remember(next);
  return { state: next, commands: [{ type: 'DropTender', data: { orderId: state.orderId, tenderId, reason } }] };
};

const KINDS = { PaymentCaptured: 'capture', PaymentVoided: 'void', PaymentRefunded: 'refund' } as const;

const operationDone = (
  state: Settlement,
  paymentId: string,
  { type, data }: Named<PaymentEvent, 'PaymentCaptured' | 'PaymentVoided' | 'PaymentRefunded'>,
): Outcome => {
  const { operationId, amount } = data;
  const before = operationOf(state, paymentId, operationId);
  if (before?.status === 'done') return remember(state);
  const done: Operation = { kind: KINDS[type], amount, status: 'done', ...(!before && { manual: true }) };
  const next = withOperation(state, paymentId, operationId, done);
  const refund = next.refunds.find(({ refundId }) => refundId === before?.refundId);
  if (!refund) return settle(next);
  const { returnId, refundId } = refund;
  return settle(next, [
    { type: 'RecordReturnRefund', data: { returnId, amount } },
    ...failureOf(next, refundId, 'refund-failed'),
  ]);
};

const operationOf = ({ ledgers }: Settlement, paymentId: string, operationId: string) =>
  ledgers.find((ledger) => ledger.paymentId === paymentId)?.operations[operationId];

interface FailedOperation {
  readonly operation: PaymentData<'PaymentFailed'>['operation'];
  readonly operationId: string;
  readonly amount: number;
  readonly code: string;
}

/** A failed capture or void holds the order until a person has decided. */
const operationFailed = (state: Settlement, paymentId: string, failure: FailedOperation): Outcome => {
  const { operation, operationId, amount, code } = failure;
  const ledger = openLedger(state, paymentId);
  const before = ledger?.operations[operationId];
  if (!ledger || before?.status === 'failed') return remember(state);
  if (operation === 'authorize') return declined(state, ledger, code);
  const next = withOperation(state, paymentId, operationId, { kind: operation, amount, status: 'failed' });
  if (before?.refundId !== undefined) return refundFailed(next, before.refundId, code);
  const reason = `payment-${operation}-failed`;
  const hold = { orderId: state.orderId, holdId: reason, reason, note: `${paymentId}: ${code}` };
  return settle(next, [{ type: 'HoldOrder', data: hold }]);
};

const refundFailed = (state: Settlement, refundId: string, code: string): Outcome => {
  const refunds = state.refunds.map((one) => (one.refundId === refundId ? { ...one, failed: true as const } : one));
  const next = { ...state, refunds };
  return { state: next, commands: failureOf(next, refundId, code) };
};

/** Reports a failed refund to the return once none of its operations is pending. */
const failureOf = (state: Settlement, refundId: string, code: string): SettlementCommand[] => {
  const refund = state.refunds.find((one) => one.refundId === refundId);
  if (!refund?.failed || refundedFor(state, refundId, ['requested']) > 0) return [];
  return [{ type: 'RecordReturnRefundFailure', data: { returnId: refund.returnId, code } }];
};

/** Refunds at most the captured amount; the rest is reported as failed for a person to handle. */
const refundReturn = (
  state: Settlement | undefined,
  { refundId, returnId, amount }: Named<ReturnEvent, 'ReturnRefundRequested'>['data'],
): Outcome => {
  if (!state) {
    const data = { returnId, code: 'nothing-captured' };
    return { state: undefined, commands: [{ type: 'RecordReturnRefundFailure', data }] };
  }
  if (state.refunds.some((one) => one.refundId === refundId)) return remember(state);
  const { money: next, requests } = settleMoney({
    ...state,
    refunds: [...state.refunds, { refundId, returnId, amount }],
  });
  const commands = requests.map(commandFor);
  if (refundedFor(next, refundId) >= amount) return { state: next, commands };
  const failure = refundFailed(next, refundId, 'exceeds-captured');
  return { ...failure, commands: [...commands, ...failure.commands] };
};

const refused = (state: Settlement, { command, code }: CommandRefused<SettlementCommand>['data']): Outcome => {
  switch (command.type) {
    case 'CapturePayment':
      return operationRefused(state, { operation: 'capture', ...command.data, code });
    case 'VoidPayment':
      return operationRefused(state, { operation: 'void', ...command.data, code });
    case 'RefundPayment':
      return operationRefused(state, { operation: 'refund', ...command.data, code });
    case 'RequestPayment':
    case 'RecordReturnRefund':
    case 'RecordReturnRefundFailure':
    case 'HoldOrder':
    case 'DropTender':
      return remember(state);
  }
};

/** The operation is no longer possible because of another one that was requested elsewhere, for example by a clerk. */
const operationRefused = (
  state: Settlement,
  refusal: Omit<FailedOperation, 'amount'> & { readonly paymentId: string },
): Outcome => {
  const { paymentId, operation, operationId, code } = refusal;
  const requested = operationOf(state, paymentId, operationId);
  if (requested?.status !== 'requested') return remember(state);
  return operationFailed(state, paymentId, { operation, operationId, code, amount: requested.amount });
};
