import { type BiView, plainColumns, stampColumns } from '#projections';
import { orderTimelineColumns } from './order-timeline.projection.js';

export const timelineBiViews: readonly BiView[] = [
  {
    name: 'order_timeline',
    comment:
      'One row per event that concerns an order: its own, those of its reservations, payments and fulfillments, returns that name it',
    columns: {
      ...plainColumns(orderTimelineColumns, 'orderId', 'position', 'type', 'text', 'channel', 'actor', 'stream'),
      ...plainColumns(stampColumns, 'revision'),
      ...plainColumns(orderTimelineColumns, 'eventId', 'commandId', 'causationId', 'correlationId'),
      ...plainColumns(orderTimelineColumns, 'occurredAt', 'recordedAt'),
    },
    from: 'read.order_timeline r',
  },
];
