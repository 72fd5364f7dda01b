import { idOf } from '#event-store';
import { type Cause } from '#kernel';
import { type RecordedAs } from '#projections';
import { type OrderDetails, type OrderEvent, type Tender } from '#orders';
import { withAxes } from './order-axes.js';
import { lineStatus, moveUnits, unitsOf } from './order-lines.projection.js';
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
    returnedUnpaidAmount: 0,
    tenderedAmount: amountOf(data.tenders),
    authorizedAmount: 0,
    capturedAmount: 0,
    refundedAmount: 0,
    isPaidHere: data.tenders !== undefined || data.payLater === true,
    parcelsUnderway: 0,
    readyForPickup: [],
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

const amountOf = (tenders: readonly Tender[] = []) => tenders.reduce((all, { amount }) => all + amount, 0);

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
    case 'OrderReallocated': {
      const released = data.releases.flatMap(({ lines }) => lines);
      const allocated = data.allocations.flatMap(({ lines }) => lines);
      const open = moveUnits(row.lines, released, 'open', 'allocated');
      return withAxes({ ...row, lines: moveUnits(open, allocated, 'allocated', 'open') });
    }
    case 'OrderLinesFulfilled':
      return withAxes({ ...row, lines: moveUnits(row.lines, data.lines, 'fulfilled', 'allocated') });
    case 'OrderLinesReturned': {
      const lines = moveUnits(row.lines, data.lines, 'returned');
      const returnedAmount = row.returnedAmount + data.refund;
      const returnedUnpaidAmount = row.returnedUnpaidAmount + (data.unpaid ?? 0);
      return withAxes({ ...row, lines, returnedAmount, returnedUnpaidAmount });
    }
    case 'OrderEditApplied': {
      const lines = [...row.lines, ...data.add.map((line) => lineStatus(line, false))];
      return withAxes({ ...row, lines, total: row.total + data.worth, unitsOrdered: unitsOf(lines, 'ordered') });
    }
    case 'OrderTendered':
      return withAxes({ ...row, tenderedAmount: row.tenderedAmount + amountOf(data.tenders) });
    case 'OrderTenderDropped':
    case 'OrderLinesCancellationRequested':
    case 'OrderCancellationRefused':
    case 'OrderReturnAnnounced':
    case 'OrderReturnRefused':
    case 'OrderReturnWithdrawn':
    case 'OrderEditProposed':
    case 'OrderEditDiscarded':
      return row;
  }
};
