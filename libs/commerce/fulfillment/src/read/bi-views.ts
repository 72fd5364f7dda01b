import { type BiView, computed, itemsSql, plainColumns, itemColumns, stampColumns } from '#projections';
import { fulfillmentColumns, type fulfillmentLine, parcel } from './fulfillments.projection.js';

const sumOver = (quantity: keyof typeof fulfillmentLine, meaning: string) =>
  computed(
    'bigint',
    `(SELECT sum((l ->> '${quantity}')::bigint)::bigint FROM jsonb_array_elements(r.lines) AS l)`,
    meaning,
  );

export const fulfillmentBiViews: readonly BiView[] = [
  {
    name: 'fulfillment',
    comment: 'One row per fulfillment order: the lines of an order that one location serves by one method',
    columns: {
      ...plainColumns(
        fulfillmentColumns,
        'fulfillmentId',
        'orderId',
        'channel',
        'locationId',
        'method',
        'pickupAt',
        'workAt',
      ),
      ...plainColumns(
        fulfillmentColumns,
        'state',
        'held',
        'attempt',
        'reason',
        'acceptBy',
        'pickupUntil',
        'assignedAt',
      ),
      age: computed(
        'interval',
        'CASE WHEN r.is_open THEN now() - r.assigned_at END',
        'Time since it was assigned, while a location still has work on it',
      ),
      units: sumOver('assigned', 'Units that were assigned'),
      shipped: sumOver('shipped', 'Units that were shipped'),
      handed_over: sumOver('handedOver', 'Units that the buyer collected'),
      rejected: sumOver('rejected', 'Units that the location rejected'),
      cancelled: sumOver('cancelled', 'Units that were cancelled'),
      parcels: computed('integer', 'jsonb_array_length(r.parcels)', 'Number of parcels'),
      ...plainColumns(stampColumns, 'position'),
    },
    from: 'read.fulfillment r',
  },
  {
    name: 'parcel',
    comment: 'One row per parcel of a fulfillment order',
    columns: {
      ...plainColumns(fulfillmentColumns, 'fulfillmentId', 'orderId', 'channel', 'locationId'),
      ...itemColumns(parcel, 'parcelId', 'carrier', 'tracking', 'shippedAt', 'deliveredAt'),
    },
    from: `read.fulfillment r ${itemsSql('r.parcels', parcel)}`,
  },
];
