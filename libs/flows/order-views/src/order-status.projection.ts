import { categoryOf, idOf } from '#event-store';
import { type FulfillmentEvent } from '#fulfillment';
import { type PaymentEvent } from '#payments';
import { type FoldedProjection, type RecordedAs, readTable } from '#projections';
import { type ReturnEvent, type ReturnRecorded } from '#returns';
import { type Charge, type OrderEvent, type RejectionReason } from '#orders';
import { evolveOrder, opened } from './order-fold.projection.js';
import { isSeenByBuyer, withGoods } from './order-goods.projection.js';
import { type OrderLineStatus } from './order-lines.projection.js';
import { movesMoney, withPayment } from './order-payments.projection.js';
import { withReturn } from './order-returns.projection.js';

export type OrderState = 'pending' | 'confirmed' | 'rejected' | 'cancelled' | 'recorded';

/**
 * One order. Money is in minor units; per line ordered = open + allocated + fulfilled + cancelled.
 * What is left of the total: total − cancelled amount − returned amount.
 */
export interface OrderStatus {
  readonly orderId: string;
  /** The channel that the order came from. */
  readonly channel: string;
  /** The channel's own number. */
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
  /** `untracked` where payment is not Kontor's business; `none` where nothing is to be paid any more. */
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
  /** What the cancelled units were worth; the whole total of a rejected order. */
  readonly cancelledAmount: number;
  /** What the returned units that name this order were worth. */
  readonly returnedAmount: number;
  /** Of that, what the buyer had not paid and need not pay any more. */
  readonly returnedUnpaidAmount: number;
  /** Offered by the buyer, whether it was authorised or not. */
  readonly tenderedAmount: number;
  /** Authorised, and neither captured nor given up. */
  readonly authorizedAmount: number;
  readonly capturedAmount: number;
  readonly refundedAmount: number;
  /** Payment is Kontor's business. */
  readonly isPaidHere: boolean;
  /** Shipped to the buyer and not known to be delivered. */
  readonly parcelsUnderway: number;
  /** Fulfilment orders that wait for the buyer. */
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
  /** Why it was rejected. */
  readonly reasons: readonly RejectionReason[];
  /** Deadline of a pending checkout, ISO 8601; null once the order has its answer. */
  readonly expiresAt: string | null;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly placedAt: string;
  readonly recordedAt: string;
  /** Revision of the order's own stream: its ETag together with `position`, as returns touch the row too. */
  readonly orderRevision: number;
}

export type EventOfOrder = OrderEvent | ReturnEvent | PaymentEvent | FulfillmentEvent;

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const json = { type: 'jsonb' } as const;
const integer = { type: 'bigint' } as const;

/** The orders that the lines of a recorded return were sold in. */
const ordersOf = ({ data }: ReturnRecorded) => [
  ...new Set(data.lines.flatMap(({ original }) => (original ? [original.orderId] : []))),
];

/** The orders that an event says something of. */
const ordersIn = ({ stream, event }: RecordedAs<EventOfOrder>): readonly string[] => {
  if (categoryOf(stream) === 'order') return [idOf(stream)];
  if (event.type === 'ReturnRecorded') return ordersOf(event);
  return movesMoney(event) || isSeenByBuyer(event) ? [event.data.orderId] : [];
};

const projectOrder = (row: OrderStatus | undefined, recorded: RecordedAs<OrderEvent>) => {
  const { event, revision } = recorded;
  if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') return opened(recorded, event);
  return row && { ...evolveOrder(row, event), orderRevision: revision };
};

export const orderStatus: FoldedProjection<OrderStatus, 'orderId', EventOfOrder> = {
  name: 'order_status',
  version: 3,
  categories: ['order', 'return', 'payment', 'fulfillment'],
  table: readTable<OrderStatus>(
    'order_status',
    {
      orderId: { type: 'text', primary: true },
      channel: text,
      externalRef: maybe,
      customerId: maybe,
      buyerId: maybe,
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
      country: maybe,
      locale: maybe,
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
  keysOf: (recorded) => ordersIn(recorded).map((orderId) => ({ orderId })),
  creates: ({ event }) => event.type === 'OrderPlaced' || event.type === 'OrderRecorded',
  project: (row, recorded) => {
    const { event, stream } = recorded;
    if (categoryOf(stream) === 'order') return projectOrder(row, recorded as RecordedAs<OrderEvent>);
    if (event.type === 'ReturnRecorded') return row && withReturn(row, event);
    if (movesMoney(event)) return row && withPayment(row, event);
    return row && isSeenByBuyer(event) ? withGoods(row, idOf(stream), event) : row;
  },
  announce: (before, after) =>
    after && after.state !== 'pending' && (before === undefined || before.state === 'pending')
      ? [after.orderId, after.state]
      : undefined,
};
