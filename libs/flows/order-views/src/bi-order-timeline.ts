import { type BiView, shown, stampColumns } from '#projections';
import { orderTimelineColumns } from './order-timeline.projection.js';

export const timelineBiViews: readonly BiView[] = [
  {
    name: 'order_timeline',
    comment:
      'One row per event that concerns an order: its own, those of its reservations, payments and fulfillments, returns that name it',
    columns: {
      ...shown(orderTimelineColumns, 'orderId', 'position', 'type', 'text', 'channel', 'actor', 'stream'),
      ...shown(stampColumns, 'revision'),
      ...shown(orderTimelineColumns, 'eventId', 'commandId', 'causationId', 'correlationId'),
      ...shown(orderTimelineColumns, 'occurredAt', 'recordedAt'),
    },
    from: 'read.order_timeline r',
  },
];
