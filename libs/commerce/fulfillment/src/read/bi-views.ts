import { type BiView } from '#projections';

export const fulfillmentBiViews: readonly BiView[] = [
  {
    name: 'fulfillment',
    comment: 'One row per fulfillment order: the lines of an order that one location serves by one method',
    columns: {
      channel: 'The channel that sold it',
      location_id: 'The location that has the goods',
      pickup_at: 'The pickup location if it is another one',
      work_at: 'The location that does the next step',
      state: 'assigned, accepted, shipped, delivered, arrived, ready, handed-over, rejected, cancelled, expired',
      attempt: 'How often these units have been assigned: more than once after a rejection',
      reason: 'The reason of the last rejection',
      age: 'Time since it was assigned, while a location still has work on it',
      assigned_at: 'Business time',
    },
    sql: `
      SELECT f.fulfillment_id, f.order_id, f.channel, f.location_id, f.method, f.pickup_at, f.work_at, f.state, f.held,
             f.attempt, f.reason, f.accept_by, f.pickup_until, f.assigned_at,
             CASE WHEN f.is_open THEN now() - f.assigned_at END AS age,
             u.units, u.shipped, u.handed_over, u.rejected, u.cancelled, jsonb_array_length(f.parcels) AS parcels,
             f.position
      FROM read.fulfillment f
      CROSS JOIN LATERAL (
        SELECT sum(assigned)::bigint AS units, sum(shipped)::bigint AS shipped, sum("handedOver")::bigint AS handed_over,
               sum(rejected)::bigint AS rejected, sum(cancelled)::bigint AS cancelled
        FROM jsonb_to_recordset(f.lines) AS l(assigned bigint, shipped bigint, "handedOver" bigint, rejected bigint,
                                              cancelled bigint)) AS u`,
  },
  {
    name: 'parcel',
    comment: 'One row per parcel of a fulfillment order',
    columns: { shipped_at: 'Business time', delivered_at: 'Business time, as the carrier reported' },
    sql: `
      SELECT f.fulfillment_id, f.order_id, f.channel, f.location_id, p."parcelId" AS parcel_id, p.carrier, p.tracking,
             p."shippedAt" AS shipped_at, p."deliveredAt" AS delivered_at
      FROM read.fulfillment f
      CROSS JOIN LATERAL jsonb_to_recordset(f.parcels) AS p("parcelId" text, carrier text, tracking text,
                                                            "shippedAt" timestamptz, "deliveredAt" timestamptz)`,
  },
];
