import { categoryOf, idOf } from '#event-store';
import { type FulfillmentEvent } from '#fulfillment';
import { type PaymentEvent } from '#payments';
import { column, type FoldedProjection, nullable, primary, type RecordedAs, readTable, type RowOf } from '#projections';
import { ordersOfReturn, type ReturnEvent } from '#returns';
import { CHARGE_KINDS, type OrderEvent } from '#orders';
import { described, integer, listOf, object, oneOf, text, texts, unitPrice } from '#schema';
import { orderLineSchema } from './order-line-status.js';
import {
  evolveOrder,
  evolvePayment,
  evolveRecordedReturn,
  evolveShipping,
  isBuyerVisible,
  isMoneyMovement,
  newOrderStatus,
} from './order-status-evolve.js';

export const ORDER_STATES = ['pending', 'confirmed', 'rejected', 'cancelled', 'recorded'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const orderCharge = {
  chargeId: described(text, 'Id of the charge, unique in the order'),
  kind: described(oneOf(...CHARGE_KINDS), CHARGE_KINDS.join(', ')),
  quantity: described(integer, 'As booked'),
  unitPrice,
  'title?': described(text, 'Title, for people'),
  'attributes?': described(texts, 'Facts of the charge, as the channel gave them'),
};

export const rejectionReasons = listOf(object({ code: text, 'sku?': text, 'available?': integer }));

const orderProblem = object({
  code: described(
    oneOf('exceeds-returnable', 'overpaid'),
    'exceeds-returnable: more units came back than were left; overpaid: more money was given back than was left',
  ),
  'returnId?': described(text, 'The return'),
  'reference?': described(text, 'The payment or store credit, and its operation'),
  'lineId?': described(text, 'The line'),
  'quantity?': described(integer, 'Units beyond what was left'),
  'amount?': described(integer, 'Minor units beyond what was left'),
});

export const orderColumns = {
  orderId: primary(column.text('Id of the order')),
  channel: column.text('The channel that the order came from'),
  externalRef: nullable(column.text('The number of the order in the channel')),
  customerId: nullable(column.text('A registered customer')),
  buyerId: nullable(column.text('The customer, or the random subject id of a guest; null when neither is known')),
  state: column.oneOf(
    ORDER_STATES,
    'pending, confirmed, rejected, cancelled (all lines), recorded (a sale from elsewhere, already fulfilled)',
  ),
  orderState: column.oneOf(
    [
      'OrderProcessing',
      'OrderPaymentDue',
      'OrderPickupAvailable',
      'OrderInTransit',
      'OrderProblem',
      'OrderDelivered',
      'OrderReturned',
      'OrderCancelled',
    ],
    'schema.org OrderStatus',
  ),
  paymentState: column.oneOf(
    [
      'untracked',
      'none',
      'due',
      'partly-authorized',
      'authorized',
      'partly-paid',
      'paid',
      'partly-refunded',
      'refunded',
    ],
    'untracked if the order is not paid through Kontor; none if nothing is left to pay',
  ),
  fulfillmentState: column.oneOf(
    ['unfulfilled', 'allocated', 'partly-fulfilled', 'fulfilled', 'cancelled'],
    'unfulfilled, allocated, partly-fulfilled, fulfilled or cancelled',
  ),
  returnState: column.oneOf(['none', 'partly-returned', 'returned'], 'none, partly-returned or returned'),
  lines: column.json(listOf(orderLineSchema), 'Lines with their units'),
  charges: column.json(listOf(object(orderCharge)), 'Money that is not goods, such as shipping, fees, discounts'),
  currency: column.text('ISO 4217'),
  total: column.bigint(
    'Sum of lines and charges, each rounded half up to the minor unit; in minor units, as all money',
  ),
  cancelledAmount: column.bigint('What cancelled units were worth; the total of a rejected order'),
  returnedAmount: column.bigint('What returned units that name this order were worth'),
  returnedUnpaidAmount: column.bigint('The part of it that the buyer had not paid and does not have to pay any more'),
  tenderedAmount: column.bigint('Sum of the tenders, authorized or not'),
  authorizedAmount: column.bigint('Authorized, and neither captured nor voided'),
  capturedAmount: column.bigint('Captured, also what was refunded later'),
  refundedAmount: column.bigint('Refunded of the captured amount'),
  isPaidHere: column.flag('The order is paid through Kontor'),
  parcelsUnderway: column.integer('Parcels shipped to the buyer that are not delivered as far as is known'),
  readyForPickup: column.json(listOf(text), 'Ids of fulfillment orders that are ready for the buyer to pick up'),
  unitsOrdered: column.bigint('Units of all lines'),
  unitsCancelled: column.bigint('Units that were cancelled'),
  unitsReturned: column.bigint('Returned units'),
  country: nullable(column.text('ISO 3166-1 alpha-2')),
  locale: nullable(column.text('BCP 47')),
  attributes: column.json(texts, 'Facts of the order, as the channel gave them'),
  holds: column.json(listOf(object({ holdId: text, reason: text })), 'Holds that are not released'),
  problems: column.json(
    listOf(orderProblem),
    'What has happened elsewhere beyond the order, such as at a till, and has to be looked at',
  ),
  reasons: column.json(rejectionReasons, 'Reasons of the rejection'),
  expiresAt: nullable(column.instant('Deadline of a pending checkout; null once the order is confirmed or rejected')),
  placedAt: column.instant('Business time of placing it'),
  recordedAt: column.instant('When it was recorded'),
  orderRevision: column.integer("Revision of the order's own stream; events of other streams change the row too"),
};

/**
 * One order. Amounts are in minor units; ordered = open + allocated + fulfilled + cancelled for each line, and the value of the
 * order is total − cancelled amount − returned amount.
 */
export type OrderStatus = RowOf<typeof orderColumns>;

export type OrderStatusEvent = OrderEvent | ReturnEvent | PaymentEvent | FulfillmentEvent;

const ordersOfEvent = ({ stream, event }: RecordedAs<OrderStatusEvent>): readonly string[] => {
  if (categoryOf(stream) === 'order') return [idOf(stream)];
  if (event.type === 'ReturnRecorded') return ordersOfReturn(event);
  return isMoneyMovement(event) || isBuyerVisible(event) ? [event.data.orderId] : [];
};

const projectOrder = (row: OrderStatus | undefined, recorded: RecordedAs<OrderEvent>) => {
  const { event, revision } = recorded;
  if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') return newOrderStatus(recorded, event);
  if (!row) throw new Error(`${event.type} of an order that was neither placed nor recorded`);
  return { ...evolveOrder(row, event), orderRevision: revision };
};

export const orderStatus: FoldedProjection<OrderStatus, 'orderId', OrderStatusEvent> = {
  name: 'order_status',
  version: 4,
  categories: ['order', 'return', 'payment', 'fulfillment'],
  table: readTable('order_status', orderColumns, [
    { columns: ['expiresAt'], where: `state = 'pending'` },
    { columns: ['buyerId', 'placedAt'], where: 'buyer_id IS NOT NULL' },
    { columns: ['channel', 'placedAt', 'orderId'] },
  ]),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  keysOf: (recorded) => ordersOfEvent(recorded).map((orderId) => ({ orderId })),
  creates: ({ event }) => event.type === 'OrderPlaced' || event.type === 'OrderRecorded',
  project: (row, recorded) => {
    const { event, stream } = recorded;
    if (categoryOf(stream) === 'order') return projectOrder(row, recorded as RecordedAs<OrderEvent>);
    // The order may be unknown: a return can name an order of another system, and a stream that cannot be read is parked.
    if (!row) return undefined;
    if (event.type === 'ReturnRecorded') return evolveRecordedReturn(row, event);
    if (isMoneyMovement(event)) return evolvePayment(row, event);
    return isBuyerVisible(event) ? evolveShipping(row, idOf(stream), event) : row;
  },
  announce: (before, after) =>
    after && after.state !== 'pending' && (before === undefined || before.state === 'pending')
      ? [after.orderId, after.state]
      : undefined,
};
