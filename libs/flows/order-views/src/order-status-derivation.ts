import { sumOfLines, type OrderLineStatus } from './order-line-status.js';
import { type OrderStatus } from './order-status.projection.js';

/** Sets the columns that follow from the state, the quantities of the lines and the money. */
export const withDerivedStatus = (row: OrderStatus): OrderStatus => {
  const { lines } = row;
  const unitsReturned = sumOfLines(lines, 'returned');
  const fulfilled = sumOfLines(lines, 'fulfilled');
  const returnState = unitsReturned === 0 ? 'none' : unitsReturned < fulfilled ? 'partly-returned' : 'returned';
  const derived = {
    ...row,
    unitsCancelled: sumOfLines(lines, 'cancelled'),
    unitsReturned,
    returnState,
    fulfillmentState: deriveFulfillmentState(row.state, lines),
    paymentState: row.isPaidHere ? derivePaymentState(row) : deriveUntrackedPaymentState(row),
  } as const;
  return { ...derived, orderState: deriveOrderState(derived) };
};

const deriveFulfillmentState = (state: OrderStatus['state'], lines: readonly OrderLineStatus[]) => {
  if (state === 'rejected' || state === 'cancelled') return 'cancelled';
  if (state === 'recorded') return 'fulfilled';
  const toFulfill = sumOfLines(lines, 'ordered') - sumOfLines(lines, 'cancelled');
  const fulfilled = sumOfLines(lines, 'fulfilled');
  if (fulfilled > 0) return fulfilled < toFulfill ? 'partly-fulfilled' : 'fulfilled';
  return state === 'confirmed' && sumOfLines(lines, 'allocated') === toFulfill ? 'allocated' : 'unfulfilled';
};

/** For an order that is not paid through Kontor: only its returns are known. */
const deriveUntrackedPaymentState = ({ total, cancelledAmount, returnedAmount }: OrderStatus) => {
  if (returnedAmount <= 0) return 'untracked';
  return returnedAmount < total - cancelledAmount ? 'partly-refunded' : 'refunded';
};

const derivePaymentState = (row: OrderStatus): OrderStatus['paymentState'] => {
  const { capturedAmount: captured, refundedAmount: refunded } = row;
  const payable = row.total - row.cancelledAmount - row.returnedUnpaidAmount;
  if (captured === 0) return deriveUnpaidState(row.authorizedAmount, payable);
  if (refunded >= captured) return 'refunded';
  if (refunded > 0 && captured - refunded < payable) return 'partly-refunded';
  return captured - refunded >= payable ? 'paid' : 'partly-paid';
};

const deriveUnpaidState = (authorized: number, payable: number) => {
  if (payable <= 0) return 'none';
  if (authorized <= 0) return 'due';
  return authorized < payable ? 'partly-authorized' : 'authorized';
};

/** schema.org has no state for a rejected order: it is cancelled there. */
const deriveOrderState = (row: OrderStatus): OrderStatus['orderState'] => {
  const { state, holds, returnState, fulfillmentState } = row;
  if (state === 'rejected' || state === 'cancelled') return 'OrderCancelled';
  if (returnState === 'returned') return 'OrderReturned';
  if (holds.length > 0) return 'OrderProblem';
  return fulfillmentState === 'fulfilled' && row.parcelsUnderway === 0 ? 'OrderDelivered' : deriveOpenOrderState(row);
};

const deriveOpenOrderState = ({ readyForPickup, parcelsUnderway, state, paymentState }: OrderStatus) => {
  if (readyForPickup.length > 0) return 'OrderPickupAvailable';
  if (parcelsUnderway > 0) return 'OrderInTransit';
  return state === 'confirmed' && paymentState === 'due' ? 'OrderPaymentDue' : 'OrderProcessing';
};
