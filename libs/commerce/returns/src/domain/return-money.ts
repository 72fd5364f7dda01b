/**
 * The money of a return:
 *
 *   due         = what was paid for the accepted units − fees
 *   outstanding = due − refunded
 *
 * Only one refund is pending at a time, for all that is outstanding, so nothing is refunded twice.
 */
import { DomainError, lineTotal, returnCreditIdOf } from '#kernel';
import { orderOf } from './return-goods.js';
import { definedFields } from './return-lines.js';
import { type RmaCommand } from './return-messages.js';
import { outstanding, type LineState, type Return, type ReturnEvent } from './return-state.js';

type Data<Type extends RmaCommand['type']> = Extract<RmaCommand, { type: Type }>['data'];

export const assessReturn = (
  { returnId, worth, unpaid = 0 }: Data<'AssessReturn'>,
  state: Readonly<Return>,
): ReturnEvent[] => {
  const paid = worth - unpaid;
  const fees = Math.min(state.fees, Math.max(0, paid));
  const amount = state.way === 'none' ? 0 : paid - fees;
  const { way } = state;
  return [
    { type: 'ReturnAssessed', data: { ...orderOf(state), worth, ...(unpaid > 0 && { unpaid }), fees, amount, way } },
    ...requestRefund(returnId, outstanding(state) + amount, state),
  ];
};

/** The worth of newly returned units at the prices of the request, for no more units than were approved. */
export const worthOfBlindReturn = (
  before: ReadonlyMap<string, LineState>,
  after: ReadonlyMap<string, LineState>,
  currency: string,
) =>
  [...after].reduce((all, [lineId, { unitPrice, approved, returned }]) => {
    const worth = (units: number) => lineTotal({ ...unitPrice, currency }, units).amount;
    const line = before.get(lineId);
    return all + worth(Math.min(approved, returned)) - (line ? worth(Math.min(line.approved, line.returned)) : 0);
  }, 0);

/** @returns no event if a refund is pending, or if a till pays out */
const requestRefund = (returnId: string, amount: number, state: Readonly<Return>): ReturnEvent[] => {
  if (amount <= 0 || state.pendingRefund > 0) return [];
  const { way, currency, orderId } = state;
  const refundId = `return/${returnId}/${state.refundRequests + 1}`;
  if (way === 'elsewhere') return [{ type: 'ReturnRefunded', data: { ...orderOf(state), amount, by: way } }];
  if (way === 'store-credit') return [creditRequested({ returnId, refundId, amount, currency }, state)];
  return way === 'original' && orderId !== undefined
    ? [{ type: 'ReturnRefundRequested', data: { orderId, returnId, refundId, amount, currency } }]
    : [];
};

interface RefundRequest {
  readonly returnId: string;
  readonly refundId: string;
  readonly amount: number;
  readonly currency: string;
}

const creditRequested = (request: RefundRequest, state: Readonly<Return>): ReturnEvent => {
  const { customerId, giftCardId = returnCreditIdOf(request.returnId) } = state;
  return {
    type: 'ReturnCreditRequested',
    data: { ...orderOf(state), ...definedFields({ customerId }), ...request, giftCardId },
  };
};

export const exchangeReturn = (
  { returnId, newOrderId }: Data<'ExchangeReturn'>,
  state: Readonly<Return>,
): ReturnEvent[] => {
  checkNoPendingRefund(returnId, state);
  if (state.refunded > 0)
    throw new DomainError('return-refunded', `The money of return ${returnId} has been refunded already`);
  const giftCardId = returnCreditIdOf(returnId);
  const exchanged = { ...state, way: 'store-credit' as const, giftCardId };
  return [
    { type: 'ReturnExchanged', data: { ...orderOf(state), newOrderId, giftCardId } },
    ...requestRefund(returnId, outstanding(state), exchanged),
  ];
};

/** Records an external fact, then requests what has become due since. After a failure, nothing more is requested. */
export const recordRefund = (
  { returnId, amount }: Data<'RecordReturnRefund'>,
  state: Readonly<Return>,
): ReturnEvent[] => {
  if (amount <= 0) return [];
  const by = state.way === 'store-credit' ? 'store-credit' : 'payments';
  const after = {
    ...state,
    pendingRefund: Math.max(0, state.pendingRefund - amount),
    refunded: state.refunded + amount,
  };
  return [
    { type: 'ReturnRefunded', data: { ...orderOf(state), amount, by } },
    ...(state.pendingRefund > 0 ? requestRefund(returnId, outstanding(after), after) : []),
  ];
};

export const recordRefundFailure = (
  { code }: Data<'RecordReturnRefundFailure'>,
  state: Readonly<Return>,
): ReturnEvent[] =>
  state.pendingRefund > 0 ? [{ type: 'ReturnRefundFailed', data: { ...orderOf(state), code } }] : [];

export const retryRefund = ({ returnId }: Data<'RetryReturnRefund'>, state: Readonly<Return>): ReturnEvent[] => {
  checkNoPendingRefund(returnId, state);
  return requestRefund(returnId, outstandingOrThrow(returnId, state), state);
};

export const payOutRefund = (
  { returnId, locationId }: Data<'PayOutReturn'>,
  state: Readonly<Return>,
): ReturnEvent[] => {
  checkNoPendingRefund(returnId, state);
  const amount = outstandingOrThrow(returnId, state);
  return [{ type: 'ReturnRefunded', data: { ...orderOf(state), amount, by: 'cash', locationId } }];
};

const checkNoPendingRefund = (returnId: string, { pendingRefund }: Readonly<Return>) => {
  if (pendingRefund > 0)
    throw new DomainError('refund-under-way', `${pendingRefund} minor units of return ${returnId} are being refunded`);
};

const outstandingOrThrow = (returnId: string, state: Readonly<Return>): number => {
  const amount = outstanding(state);
  if (amount > 0) return amount;
  throw new DomainError('nothing-to-refund', `Return ${returnId} has nothing left to refund`);
};
