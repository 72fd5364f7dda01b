import { type BiView } from '#projections';

export const timelineBiViews: readonly BiView[] = [
  {
    name: 'order_timeline',
    comment:
      'One row per event that concerns an order: its own, those of its reservations, payments and fulfillments, returns that name it',
    columns: {
      occurred_at: 'Business time',
      recorded_at: 'When it was recorded',
      channel: 'The channel that acted',
      text: 'A sentence for people',
      position: 'Position in the log',
    },
    sql: `
      SELECT order_id, position, type, text, channel, actor, stream, revision, event_id, command_id, causation_id,
             correlation_id, occurred_at, recorded_at
      FROM read.order_timeline`,
  },
];
