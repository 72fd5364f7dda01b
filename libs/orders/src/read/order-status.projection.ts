import { categoryOf, idOf } from '#event-store';
import { type FoldedProjection, type RecordedAs, readTable } from '#projections';
import { ordersOf, type ReturnEvent, type ReturnRecorded } from '#returns';
import { type Charge, type OrderEvent, type RejectionReason } from '../domain/order-messages.js';
import { evolveOrder, opened } from './order-fold.projection.js';
import { type OrderLineStatus } from './order-lines.projection.js';
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
  readonly orderState: 'OrderProcessing' | 'OrderProblem' | 'OrderDelivered' | 'OrderReturned' | 'OrderCancelled';
  /** From the recorded returns alone: no payments are recorded yet. */
  readonly paymentState: 'untracked' | 'partly-refunded' | 'refunded';
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

type AnyEvent = OrderEvent | ReturnEvent;

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const json = { type: 'jsonb' } as const;
const integer = { type: 'bigint' } as const;

const isReturn = (recorded: RecordedAs<AnyEvent>): recorded is RecordedAs<ReturnRecorded> =>
  recorded.event.type === 'ReturnRecorded';

const projectOrder = (row: OrderStatus | undefined, recorded: RecordedAs<OrderEvent>) => {
  const { event, revision } = recorded;
  if (event.type === 'OrderPlaced' || event.type === 'OrderRecorded') return opened(recorded, event);
  return row && { ...evolveOrder(row, event), orderRevision: revision };
};

export const orderStatus: FoldedProjection<OrderStatus, 'orderId', AnyEvent> = {
  name: 'order_status',
  version: 1,
  categories: ['order', 'return'],
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
  keysOf: (recorded) =>
    isReturn(recorded)
      ? ordersOf(recorded.event).map((orderId) => ({ orderId }))
      : categoryOf(recorded.stream) === 'order'
        ? [{ orderId: idOf(recorded.stream) }]
        : [],
  creates: ({ event }) => event.type === 'OrderPlaced' || event.type === 'OrderRecorded',
  project: (row, recorded) =>
    isReturn(recorded) ? row && withReturn(row, recorded.event) : projectOrder(row, recorded as RecordedAs<OrderEvent>),
  announce: (before, after) =>
    after && after.state !== 'pending' && (before === undefined || before.state === 'pending')
      ? [after.orderId, after.state]
      : undefined,
};
