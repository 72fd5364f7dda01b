import { type FulfillmentEvent } from '#fulfillment';
import { column, type FoldedProjection, primary, readTable, type RowOf } from '#projections';

export const locationLoadColumns = {
  locationId: primary(column.text('Id of the location')),
  day: primary(column.text('UTC, `2026-01-31`')),
  assigned: column.integer('Fulfillments that were assigned to it, including those that it refused'),
};

/** Fulfillments that were assigned to a location on one day, including those that it refused. */
type LocationLoad = RowOf<typeof locationLoadColumns>;

export const locationLoad: FoldedProjection<LocationLoad, 'locationId' | 'day', FulfillmentEvent> = {
  name: 'location_load',
  version: 1,
  categories: ['fulfillment'],
  table: readTable('location_load', locationLoadColumns),
  keysOf: ({ event: { type, data }, envelope }) =>
    type === 'FulfillmentAssigned' ? [{ locationId: data.locationId, day: envelope.occurredAt.slice(0, 10) }] : [],
  project: (row, _, key) => ({ ...key, assigned: (row?.assigned ?? 0) + 1 }),
};
