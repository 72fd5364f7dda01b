import { categoryOf, idOf, type Recorded } from '#event-store';
import { type AppendOnlyProjection, column, nullable, primary, readTable, type RowOf } from '#projections';
import { fulfillmentText, type FulfillmentEvent } from '#fulfillment';
import { type OrderEvent } from '#orders';
import { orderText } from './order-text.js';
import { paymentText, type PaymentEvent } from '#payments';
import { ordersOfReturn, returnText, type ReturnEvent } from '#returns';
import { parseStockStream, stockText, type StockEvent } from '#stock';

export const orderTimelineColumns = {
  orderId: primary(column.text('The order')),
  position: primary(column.position('Position in the log: entries are sorted by it, and it is the cursor of pages')),
  type: column.text('Type of the event'),
  occurredAt: column.instant('Business time'),
  recordedAt: column.instant('When it was recorded'),
  actor: column.text('Who acted: an API key or a process'),
  channel: column.text('The channel that acted, which may be another than that of the order'),
  text: column.text('A sentence for people, without personal data'),
  eventId: column.text('Id of the event'),
  causationId: nullable(column.text('The event that made a process send the command')),
  correlationId: column.text('The conversation that the event belongs to'),
  commandId: column.text('The command that led to the event'),
  stream: column.text('The stream of the event'),
};

/** An event that concerns an order: of its own stream, of its reservations, payments or fulfillments, or of a return of it. */
export type OrderTimelineEntry = RowOf<typeof orderTimelineColumns>;

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

export const orderTimeline: AppendOnlyProjection<OrderTimelineEntry> = {
  name: 'order_timeline',
  version: 2,
  categories: ['order', 'stock', 'return', 'payment', 'fulfillment'],
  table: readTable('order_timeline', orderTimelineColumns),
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
