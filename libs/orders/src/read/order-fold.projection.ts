import { idOf } from '#event-store';
import { type Cause } from '#kernel';
import { type RecordedAs } from '#projections';
import { type OrderDetails, type OrderEvent } from '../domain/order-messages.js';
import { lineStatus, moveUnits, unitsOf, type OrderLineStatus } from './order-lines.projection.js';
import { type OrderStatus } from './order-status.projection.js';

type FirstEvent = Extract<OrderEvent, { type: 'OrderPlaced' | 'OrderRecorded' }>;
type LaterEvent = Exclude<OrderEvent, FirstEvent>;

/** The row of a new order. Personal fields of the event stay behind. */
export const opened = (recorded: RecordedAs<OrderEvent>, { type, data }: FirstEvent): OrderStatus => {
  const { stream, envelope, recordedAt, revision } = recorded;
  const isFact = type === 'OrderRecorded';
  const lines = data.lines.map((line) => lineStatus(line, isFact));
  return withAxes({
    ...headOf(data, envelope),
    orderId: idOf(stream),
    state: isFact ? 'recorded' : 'pending',
    orderState: 'OrderProcessing',
    paymentState: 'untracked',
    fulfillmentState: 'unfulfilled',
    returnState: 'none',
    lines,
    charges: data.charges,
    currency: data.currency,
    total: data.total,
    cancelledAmount: 0,
    returnedAmount: 0,
    unitsOrdered: unitsOf(lines, 'ordered'),
    unitsCancelled: 0,
    unitsReturned: 0,
    holds: [],
    reasons: [],
    expiresAt: isFact ? null : data.expiresAt,
    placedAt: envelope.occurredAt,
    recordedAt: new Date(recordedAt).toISOString(),
    orderRevision: revision,
  });
};

const headOf = (data: OrderDetails, { channel, subject }: Cause) => ({
  channel,
  externalRef: data.externalRef ?? null,
  customerId: data.customerId ?? null,
  buyerId: data.customerId ?? subject ?? null,
  country: data.country ?? null,
  locale: data.locale ?? null,
  attributes: data.attributes ?? {},
});

export const evolveOrder = (row: OrderStatus, { type, data }: LaterEvent): OrderStatus => {
  switch (type) {
    case 'FulfillmentPlanned':
      return row;
    case 'OrderConfirmed': {
      const allocated = data.allocations.flatMap(({ lines }) => lines);
      const lines = moveUnits(row.lines, allocated, 'allocated', 'open');
      return withAxes({ ...row, state: 'confirmed', lines, expiresAt: null });
    }
    case 'OrderRejected': {
      const lines = row.lines.map((line) => ({ ...line, open: 0, cancelled: line.cancelled + line.open }));
      const { reasons } = data;
      return withAxes({ ...row, state: 'rejected', lines, reasons, cancelledAmount: row.total, expiresAt: null });
    }
    case 'OrderHeld':
      return withAxes({ ...row, holds: [...row.holds, { holdId: data.holdId, reason: data.reason }] });
    case 'OrderHoldReleased':
      return withAxes({ ...row, holds: row.holds.filter(({ holdId }) => holdId !== data.holdId) });
    case 'OrderLinesCancelled': {
      const released = data.releases.flatMap(({ lines }) => lines);
      const lines = moveUnits(moveUnits(row.lines, released, 'open', 'allocated'), data.lines, 'cancelled', 'open');
      const state = lines.every(({ ordered, cancelled }) => ordered === cancelled) ? 'cancelled' : row.state;
      return withAxes({ ...row, state, lines, cancelledAmount: row.cancelledAmount + data.refund });
    }
    default:
      return row;
  }
};

/** Sets what follows from the state and the quantities of the lines. */
export const withAxes = (row: OrderStatus): OrderStatus => {
  const { lines } = row;
  const unitsReturned = unitsOf(lines, 'returned');
  const fulfilled = unitsOf(lines, 'fulfilled');
  const returnState = unitsReturned === 0 ? 'none' : unitsReturned < fulfilled ? 'partly-returned' : 'returned';
  return {
    ...row,
    unitsCancelled: unitsOf(lines, 'cancelled'),
    unitsReturned,
    returnState,
    fulfillmentState: fulfillmentStateOf(row.state, lines),
    paymentState: paymentStateOf(row),
    orderState: orderStateOf({ ...row, returnState }),
  };
};

const fulfillmentStateOf = (state: OrderStatus['state'], lines: readonly OrderLineStatus[]) => {
  if (state === 'rejected' || state === 'cancelled') return 'cancelled';
  if (state === 'recorded') return 'fulfilled';
  const wanted = unitsOf(lines, 'ordered') - unitsOf(lines, 'cancelled');
  const fulfilled = unitsOf(lines, 'fulfilled');
  if (fulfilled > 0) return fulfilled < wanted ? 'partly-fulfilled' : 'fulfilled';
  return state === 'confirmed' && unitsOf(lines, 'allocated') === wanted ? 'allocated' : 'unfulfilled';
};

const paymentStateOf = ({ total, cancelledAmount, returnedAmount }: OrderStatus) => {
  if (returnedAmount <= 0) return 'untracked';
  return returnedAmount < total - cancelledAmount ? 'partly-refunded' : 'refunded';
};

/** As in schema.org; a rejected order is a cancelled one there. */
const orderStateOf = ({ state, holds, returnState }: OrderStatus) => {
  if (state === 'rejected' || state === 'cancelled') return 'OrderCancelled';
  if (returnState === 'returned') return 'OrderReturned';
  if (holds.length > 0) return 'OrderProblem';
  return state === 'recorded' ? 'OrderDelivered' : 'OrderProcessing';
};
