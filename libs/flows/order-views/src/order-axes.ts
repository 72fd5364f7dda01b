import { unitsOf, type OrderLineStatus } from './order-lines.projection.js';
import { type OrderStatus } from './order-status.projection.js';

/** Sets what follows from the state, the quantities of the lines and the money. */
export const withAxes = (row: OrderStatus): OrderStatus => {
  const { lines } = row;
  const unitsReturned = unitsOf(lines, 'returned');
  const fulfilled = unitsOf(lines, 'fulfilled');
  const returnState = unitsReturned === 0 ? 'none' : unitsReturned < fulfilled ? 'partly-returned' : 'returned';
  const next = {
    ...row,
    unitsCancelled: unitsOf(lines, 'cancelled'),
    unitsReturned,
    returnState,
    fulfillmentState: fulfillmentStateOf(row.state, lines),
    paymentState: row.isPaidHere ? paidStateOf(row) : untrackedStateOf(row),
  } as const;
  return { ...next, orderState: orderStateOf(next) };
};

const fulfillmentStateOf = (state: OrderStatus['state'], lines: readonly OrderLineStatus[]) => {
  if (state === 'rejected' || state === 'cancelled') return 'cancelled';
  if (state === 'recorded') return 'fulfilled';
  const wanted = unitsOf(lines, 'ordered') - unitsOf(lines, 'cancelled');
  const fulfilled = unitsOf(lines, 'fulfilled');
  if (fulfilled > 0) return fulfilled < wanted ? 'partly-fulfilled' : 'fulfilled';
  return state === 'confirmed' && unitsOf(lines, 'allocated') === wanted ? 'allocated' : 'unfulfilled';
};

/** Of an order whose payment is not Kontor's business: from its returns alone. */
const untrackedStateOf = ({ total, cancelledAmount, returnedAmount }: OrderStatus) => {
  if (returnedAmount <= 0) return 'untracked';
  return returnedAmount < total - cancelledAmount ? 'partly-refunded' : 'refunded';
};

const paidStateOf = (row: OrderStatus): OrderStatus['paymentState'] => {
  const { capturedAmount: captured, refundedAmount: refunded } = row;
  const payable = row.total - row.cancelledAmount - row.returnedUnpaidAmount;
  if (captured === 0) return promisedStateOf(row.authorizedAmount, payable);
  if (refunded >= captured) return 'refunded';
  if (refunded > 0 && captured - refunded < payable) return 'partly-refunded';
  return captured - refunded >= payable ? 'paid' : 'partly-paid';
};

const promisedStateOf = (authorized: number, payable: number) => {
  if (payable <= 0) return 'none';
  if (authorized <= 0) return 'due';
  return authorized < payable ? 'partly-authorized' : 'authorized';
};

/** As in schema.org; a rejected order is a cancelled one there. */
const orderStateOf = (row: OrderStatus): OrderStatus['orderState'] => {
  const { state, holds, returnState, fulfillmentState } = row;
  if (state === 'rejected' || state === 'cancelled') return 'OrderCancelled';
  if (returnState === 'returned') return 'OrderReturned';
  if (holds.length > 0) return 'OrderProblem';
  return fulfillmentState === 'fulfilled' && row.parcelsUnderway === 0 ? 'OrderDelivered' : underwayStateOf(row);
};

const underwayStateOf = ({ readyForPickup, parcelsUnderway, state, paymentState }: OrderStatus) => {
  if (readyForPickup.length > 0) return 'OrderPickupAvailable';
  if (parcelsUnderway > 0) return 'OrderInTransit';
  return state === 'confirmed' && paymentState === 'due' ? 'OrderPaymentDue' : 'OrderProcessing';
};
