import { categoryOf, idOf } from '#event-store';
import { type FulfillmentEvent } from '#fulfillment';
import { type PaymentEvent } from '#payments';
import { type FoldedProjection, type RecordedAs, readTable } from '#projections';
import { ordersOfReturn, type ReturnEvent } from '#returns';
import { type Charge, type OrderEvent, type RejectionReason } from '#orders';
import { type OrderLineStatus } from './order-line-status.js';
import {
  evolveOrder,
  evolvePayment,
  evolveRecordedReturn,
  evolveShipping,
  isBuyerVisible,
  isMoneyMovement,
  newOrderStatus,
} from './order-status-evolve.js';

export type OrderState = 'pending' | 'confirmed' | 'rejected' | 'cancelled' | 'recorded';

/**
 * One order. Amounts are in minor units; ordered = open + allocated + fulfilled + cancelled for each line, and the value of the
 * order is total − cancelled amount − returned amount.
 */
export interface OrderStatus {
  readonly orderId: string;
  /** The channel that the order came from. */
  readonly channel: string;
  /** The number of the order in the channel. */
  readonly externalRef: string | null;
  /** A registered customer. */
  readonly customerId: string | null;
  /** The customer, or else the guest's random subject id. */
  readonly buyerId: string | null;
  readonly state: OrderState;
  /** schema.org OrderStatus. */
  readonly orderState:
    | 'OrderProcessing'
    | 'OrderPaymentDue'
    | 'OrderPickupAvailable'
    | 'OrderInTransit'
    | 'OrderProblem'
    | 'OrderDelivered'
    | 'OrderReturned'
    | 'OrderCancelled';
  /** `untracked` if the order is not paid through Kontor; `none` if nothing is left to pay. */
  readonly paymentState:
    | 'untracked'
    | 'none'
    | 'due'
    | 'partly-authorized'
    | 'authorized'
    | 'partly-paid'
    | 'paid'
    | 'partly-refunded'
    | 'refunded';
  readonly fulfillmentState: 'unfulfilled' | 'allocated' | 'partly-fulfilled' | 'fulfilled' | 'cancelled';
  readonly returnState: 'none' | 'partly-returned' | 'returned';
  readonly lines: readonly OrderLineStatus[];
  readonly charges: readonly Charge[];
  /** ISO 4217. */
  readonly currency: string;
  readonly total: number;
  /** Value of the cancelled units; of a rejected order its total. */
  readonly cancelledAmount: number;
  /** Value of the returned units. */
  readonly returnedAmount: number;
  /** The part of it that the buyer had not paid and does not have to pay any more. */
  readonly returnedUnpaidAmount: number;
  /** Sum of the tenders, authorized or not. */
  readonly tenderedAmount: number;
  /** Authorized, and neither captured nor voided. */
  readonly authorizedAmount: number;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
  /** Whether the order is paid through Kontor. */
  readonly isPaidHere: boolean;
  /** Parcels shipped to the buyer that are not delivered as far as is known. */
  readonly parcelsUnderway: number;
  /** Ids of fulfillments that are ready for the buyer to pick up. */
  readonly readyForPickup: readonly string[];
  readonly unitsOrdered: number;
  readonly unitsCancelled: number;
  readonly unitsReturned: number;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** BCP 47. */
  readonly locale: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly holds: readonly { readonly holdId: string; readonly reason: string }[];
  /** Reasons of the rejection. */
  readonly reasons: readonly RejectionReason[];
  /** Deadline of a pending checkout, ISO 8601; null once the order is confirmed or rejected. */
  readonly expiresAt: string | null;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly placedAt: string;
  readonly recordedAt: string;
  /** Revision of the order's own stream. Events of other streams change the row too: the ETag includes `position`. */
  readonly orderRevision: number;
}

export type OrderStatusEvent = OrderEvent | ReturnEvent | PaymentEvent | FulfillmentEvent;

const text = { type: 'text' } as const;
const nullableText = { type: 'text', nullable: true } as const;
const json = { type: 'jsonb' } as const;
const integer = { type: 'bigint' } as const;

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
  version: 3,
  categories: ['order', 'return', 'payment', 'fulfillment'],
  table: readTable<OrderStatus>(
    'order_status',
    {
      orderId: { type: 'text', primary: true },
      channel: text,
      externalRef: nullableText,
      customerId: nullableText,
      buyerId: nullableText,
      state: text,
      orderState: text,
      paymentState: text,
      fulfillmentState: text,
      returnState: text,
      lines: json,
      charges: json,
      currency: text,
      total: integer,
      cancelledAmount: integer,
      returnedAmount: integer,
      returnedUnpaidAmount: integer,
      tenderedAmount: integer,
      authorizedAmount: integer,
      capturedAmount: integer,
      refundedAmount: integer,
      isPaidHere: { type: 'boolean' },
      parcelsUnderway: { type: 'integer' },
      readyForPickup: json,
      unitsOrdered: integer,
      unitsCancelled: integer,
      unitsReturned: integer,
      country: nullableText,
      locale: nullableText,
      attributes: json,
      holds: json,
      reasons: json,
      expiresAt: { type: 'timestamptz', nullable: true },
      placedAt: { type: 'timestamptz' },
      recordedAt: { type: 'timestamptz' },
      orderRevision: { type: 'integer' },
    },
    [
      { columns: ['expiresAt'], where: `state = 'pending'` },
      { columns: ['buyerId', 'placedAt'], where: 'buyer_id IS NOT NULL' },
      { columns: ['channel', 'placedAt', 'orderId'] },
    ],
  ),
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
