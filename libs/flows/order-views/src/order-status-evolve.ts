/** How each event changes the row of an order. What follows from the state, the lines and the money is derived afterwards. */
import { idOf } from '#event-store';
import { type FulfillmentEvent } from '#fulfillment';
import { saturatingAdd, lineTotal, type Cause } from '#kernel';
import {
  type Allocation,
  type LineQuantity,
  type OrderDetails,
  type OrderEvent,
  type Release,
  type Tender,
} from '#orders';
import { type PaymentEvent } from '#payments';
import { type RecordedAs } from '#projections';
import { type ReturnLine, type ReturnRecorded } from '#returns';
import { moveUnits, newLineStatus, sumOfLines } from './order-line-status.js';
import { withDerivedStatus } from './order-status-derivation.js';
import { type OrderStatus } from './order-status.projection.js';

type FirstEvent = Extract<OrderEvent, { type: 'OrderPlaced' | 'OrderRecorded' }>;
type LaterEvent = Exclude<OrderEvent, FirstEvent>;
type Data<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];

/** The row of a new order, without personal fields. */
export const newOrderStatus = (recorded: RecordedAs<OrderEvent>, { type, data }: FirstEvent): OrderStatus => {
  const { stream, envelope, recordedAt, revision } = recorded;
  const isFact = type === 'OrderRecorded';
  const lines = data.lines.map((line) => newLineStatus(line, isFact));
  return withDerivedStatus({
    ...orderHeader(data, envelope),
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
    tenderedAmount: tenderedAmount(data.tenders),
    authorizedAmount: 0,
    capturedAmount: 0,
    refundedAmount: 0,
    isPaidHere: data.tenders !== undefined || data.payLater === true,
    parcelsUnderway: 0,
    readyForPickup: [],
    unitsOrdered: sumOfLines(lines, 'ordered'),
    unitsCancelled: 0,
    unitsReturned: 0,
    holds: [],
    problems: [],
    reasons: [],
    expiresAt: isFact ? null : data.expiresAt,
    placedAt: envelope.occurredAt,
    recordedAt: new Date(recordedAt).toISOString(),
    orderRevision: revision,
  });
};

const tenderedAmount = (tenders: readonly Tender[] = []) => tenders.reduce((sum, { amount }) => sum + amount, 0);

const orderHeader = (data: OrderDetails, { channel, subject }: Cause) => ({
  channel,
  externalRef: data.externalRef ?? null,
  customerId: data.customerId ?? null,
  buyerId: data.customerId ?? subject ?? null,
  country: data.country ?? null,
  locale: data.locale ?? null,
  attributes: data.attributes ?? {},
});

/** @throws Error if the event moves units of a line that the order does not have */
export const evolveOrder = (row: OrderStatus, { type, data }: LaterEvent): OrderStatus => {
  switch (type) {
    case 'FulfillmentPlanned':
      return row;
    case 'OrderConfirmed':
      return withDerivedStatus({ ...allocate(row, data), state: 'confirmed', expiresAt: null });
    case 'OrderRejected':
      return rejectOrder(row, data);
    case 'OrderHeld':
      return withDerivedStatus({ ...row, holds: [...row.holds, { holdId: data.holdId, reason: data.reason }] });
    case 'OrderHoldReleased':
      return withDerivedStatus({ ...row, holds: row.holds.filter(({ holdId }) => holdId !== data.holdId) });
    case 'OrderLinesCancelled':
      return cancelLines(row, data);
    case 'OrderReallocated':
      return withDerivedStatus(allocate(release(row, data), data));
    case 'OrderLinesFulfilled':
      return withDerivedStatus({ ...row, lines: moveUnits(row.lines, data.lines, 'fulfilled', 'allocated') });
    case 'OrderRefundRecorded': // its money is counted from PaymentRefunded
    case 'OrderReturnRecorded':
      return withProblems(row, data); // its units are counted from ReturnRecorded
    case 'OrderLinesReturned':
      return withDerivedStatus({
        ...withProblems(row, data),
        lines: moveUnits(row.lines, data.lines, 'returned'),
        returnedAmount: saturatingAdd(row.returnedAmount, data.refund),
        returnedUnpaidAmount: row.returnedUnpaidAmount + (data.unpaid ?? 0),
      });
    case 'OrderEditApplied':
      return applyEdit(row, data);
    case 'OrderTendered':
      return withDerivedStatus({ ...row, tenderedAmount: row.tenderedAmount + tenderedAmount(data.tenders) });
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

interface GivenBeyondOrder {
  readonly returnId?: string;
  readonly reference?: string;
  readonly excess?: readonly LineQuantity[];
  readonly overpaid?: number;
}

/** Names what goes beyond the order, for a person to look at. */
const withProblems = (row: OrderStatus, beyond: GivenBeyondOrder): OrderStatus => {
  const { returnId, reference, excess = [], overpaid = 0 } = beyond;
  const source = { ...(returnId !== undefined && { returnId }), ...(reference !== undefined && { reference }) };
  const units = excess.map((line) => ({ code: 'exceeds-returnable' as const, ...source, ...line }));
  const money = overpaid > 0 ? [{ code: 'overpaid' as const, ...source, amount: overpaid }] : [];
  return units.length + money.length > 0 ? { ...row, problems: [...row.problems, ...units, ...money] } : row;
};

const allocate = (row: OrderStatus, { allocations }: { readonly allocations: readonly Allocation[] }): OrderStatus => ({
  ...row,
  lines: moveUnits(
    row.lines,
    allocations.flatMap(({ lines }) => lines),
    'allocated',
    'open',
  ),
});

const release = (row: OrderStatus, { releases }: { readonly releases: readonly Release[] }): OrderStatus => ({
  ...row,
  lines: moveUnits(
    row.lines,
    releases.flatMap(({ lines }) => lines),
    'open',
    'allocated',
  ),
});

const rejectOrder = (row: OrderStatus, { reasons }: Data<'OrderRejected'>): OrderStatus => {
  const lines = row.lines.map((line) => ({ ...line, open: 0, cancelled: line.cancelled + line.open }));
  return withDerivedStatus({
    ...row,
    state: 'rejected',
    lines,
    reasons,
    cancelledAmount: row.total,
    expiresAt: null,
  });
};

const cancelLines = (row: OrderStatus, data: Data<'OrderLinesCancelled'>): OrderStatus => {
  const lines = moveUnits(release(row, data).lines, data.lines, 'cancelled', 'open');
  const state = lines.every(({ ordered, cancelled }) => ordered === cancelled) ? 'cancelled' : row.state;
  return withDerivedStatus({ ...row, state, lines, cancelledAmount: row.cancelledAmount + data.refund });
};

const applyEdit = (row: OrderStatus, { add, worth }: Data<'OrderEditApplied'>): OrderStatus => {
  const lines = [...row.lines, ...add.map((line) => newLineStatus(line, false))];
  return withDerivedStatus({ ...row, lines, total: row.total + worth, unitsOrdered: sumOfLines(lines, 'ordered') });
};

export type MoneyMovement = Extract<
  PaymentEvent,
  { type: 'PaymentAuthorized' | 'PaymentCaptured' | 'PaymentVoided' | 'PaymentRefunded' }
>;

const MONEY_MOVEMENT_TYPES: ReadonlySet<string> = new Set([
  'PaymentAuthorized',
  'PaymentCaptured',
  'PaymentVoided',
  'PaymentRefunded',
]);

export const isMoneyMovement = (event: { readonly type: string }): event is MoneyMovement =>
  MONEY_MOVEMENT_TYPES.has(event.type);

export const evolvePayment = (row: OrderStatus, { type, data }: MoneyMovement): OrderStatus => {
  const { amount } = data;
  switch (type) {
    case 'PaymentAuthorized':
      return withDerivedStatus({ ...row, authorizedAmount: row.authorizedAmount + amount });
    case 'PaymentVoided':
      return withDerivedStatus({ ...row, authorizedAmount: row.authorizedAmount - amount });
    case 'PaymentCaptured':
      return withDerivedStatus({
        ...row,
        authorizedAmount: row.authorizedAmount - amount,
        capturedAmount: saturatingAdd(row.capturedAmount, amount),
      });
    case 'PaymentRefunded':
      return withDerivedStatus({ ...row, refundedAmount: saturatingAdd(row.refundedAmount, amount) });
  }
};

/** The events of a fulfillment that change what the buyer sees of the order. */
export type BuyerVisibleEvent = Extract<
  FulfillmentEvent,
  { type: 'ParcelShipped' | 'ParcelDelivered' | 'ReadyForPickup' | 'HandedOver' | 'PickupExpired' }
>;

const BUYER_VISIBLE_TYPES: ReadonlySet<string> = new Set([
  'ParcelShipped',
  'ParcelDelivered',
  'ReadyForPickup',
  'HandedOver',
  'PickupExpired',
]);

export const isBuyerVisible = (event: { readonly type: string }): event is BuyerVisibleEvent =>
  BUYER_VISIBLE_TYPES.has(event.type);

/** Follows the parcels and pickups of the order. A parcel to a store is not on its way to the buyer yet. */
export const evolveShipping = (
  row: OrderStatus,
  fulfillmentId: string,
  { type, data }: BuyerVisibleEvent,
): OrderStatus => {
  switch (type) {
    case 'ParcelShipped':
      return data.pickupAt === undefined
        ? withDerivedStatus({ ...row, parcelsUnderway: row.parcelsUnderway + 1 })
        : row;
    case 'ParcelDelivered':
      return withDerivedStatus({ ...row, parcelsUnderway: Math.max(0, row.parcelsUnderway - 1) });
    case 'ReadyForPickup':
      return withDerivedStatus({ ...row, readyForPickup: [...otherPickups(row, fulfillmentId), fulfillmentId] });
    case 'HandedOver':
    case 'PickupExpired':
      return withDerivedStatus({ ...row, readyForPickup: otherPickups(row, fulfillmentId) });
  }
};

const otherPickups = ({ readyForPickup }: OrderStatus, fulfillmentId: string) =>
  readyForPickup.filter((id) => id !== fulfillmentId);

/** Adds a recorded return to the lines of this order that it names; other lines of it were sold elsewhere. */
export const evolveRecordedReturn = (row: OrderStatus, { data }: ReturnRecorded): OrderStatus => {
  const sold = new Set(row.lines.map(({ lineId }) => lineId));
  const returned = data.lines.flatMap((line) => {
    const { original, quantity } = line;
    return original?.orderId === row.orderId && sold.has(original.lineId)
      ? [
          {
            lineId: original.lineId,
            quantity,
            amount: data.currency === row.currency ? lineAmount(line, row.currency) : 0,
          },
        ]
      : [];
  });
  return withDerivedStatus({
    ...row,
    lines: moveUnits(row.lines, returned, 'returned'),
    returnedAmount: returned.reduce((sum, { amount }) => saturatingAdd(sum, amount), row.returnedAmount),
  });
};

const lineAmount = ({ unitPrice, quantity }: ReturnLine, currency: string) =>
  lineTotal({ ...unitPrice, currency }, quantity).amount;
