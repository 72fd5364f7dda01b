import { categoryOf, idOf, type Recorded, type Position } from '#event-store';
import { type AppendOnlyProjection, readTable } from '#projections';
import { fulfillmentText, type FulfillmentEvent } from '#fulfillment';
import { type OrderEvent } from '#orders';
import { orderText } from './order-text.js';
import { paymentText, type PaymentEvent } from '#payments';
import { ordersOfReturn, returnText, type ReturnEvent } from '#returns';
import { parseStockStream, stockText, type StockEvent } from '#stock';

/** An event that concerns an order: of its own stream, of its reservations, payments or fulfillments, or of a return of it. */
export interface OrderTimelineEntry {
  readonly orderId: string;
  /** Position in the log: the entries are sorted by it, and it is the cursor of pages. */
  readonly position: Position;
  readonly type: string;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  /** The channel that acted, which may be another than that of the order. */
  readonly channel: string;
  /** A sentence without personal data. */
  readonly text: string;
  readonly eventId: string;
  /** The event that made a process send the command. */
  readonly causationId: string | null;
  readonly correlationId: string;
  readonly commandId: string;
  readonly stream: string;
}

const timelineEntry = (orderId: string, text: string, recorded: Recorded): OrderTimelineEntry => {
  const { envelope } = recorded;
  return {
    orderId,
    position: recorded.position,
    type: recorded.event.type,
    occurredAt: envelope.occurredAt,
    recordedAt: new Date(recorded.recordedAt).toISOString(),
    actor: envelope.actor,
    channel: envelope.channel,
    text,
    eventId: recorded.id,
    causationId: envelope.causationId ?? null,
    correlationId: envelope.correlationId,
    commandId: envelope.commandId,
    stream: recorded.stream,
  };
};

const stockEntries = (event: StockEvent, recorded: Recorded) => {
  if (!('owner' in event.data) || event.data.owner.type !== 'order') return [];
  const { sku, locationId } = parseStockStream(recorded.stream);
  return [timelineEntry(event.data.owner.id, stockText(event, sku, locationId), recorded)];
};

const text = { type: 'text' } as const;

export const orderTimeline: AppendOnlyProjection<OrderTimelineEntry> = {
  name: 'order_timeline',
  version: 2,
  categories: ['order', 'stock', 'return', 'payment', 'fulfillment'],
  table: readTable<OrderTimelineEntry>('order_timeline', {
    orderId: { type: 'text', primary: true },
    position: { type: 'bigint', primary: true },
    type: text,
    occurredAt: { type: 'timestamptz' },
    recordedAt: { type: 'timestamptz' },
    actor: text,
    channel: text,
    text,
    eventId: text,
    causationId: { type: 'text', nullable: true },
    correlationId: text,
    commandId: text,
    stream: text,
  }),
  visibleWith: { readModel: 'order_status', column: 'orderId' },
  rowsOf: (recorded) => {
    const { stream, event } = recorded;
    switch (categoryOf(stream)) {
      case 'order':
        return [timelineEntry(idOf(stream), orderText(event as OrderEvent), recorded)];
      case 'return': {
        const about = event as ReturnEvent;
        return ordersOfReturn(about).map((id) => timelineEntry(id, returnText(about, id), recorded));
      }
      case 'fulfillment': {
        const about = event as FulfillmentEvent;
        return [timelineEntry(about.data.orderId, fulfillmentText(about), recorded)];
      }
      case 'payment': {
        const about = event as PaymentEvent;
        return [timelineEntry(about.data.orderId, paymentText(about), recorded)];
      }
      default:
        return stockEntries(event as StockEvent, recorded);
    }
  },
};
